"""A server whose letters go to a mail server of the tests' own, over TLS and after a login."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from messenger.model import SYSTEM
from messenger.protocol.accounts import SetPassword, UpdateUser
from tests.live.conftest import Stage
from tests.live.conftest import make_stage as make_stage
from tests.live.conftest import outgoing as outgoing
from tests.mail.service import PASSWORD, USER, MailService, mail_service, trusting
from tests.outgoing.https import certificate


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def mail_tls(papers: tuple[Path, Path]) -> ssl.SSLContext:
    return trusting(papers)


@pytest.fixture
async def service(papers: tuple[Path, Path]) -> AsyncIterator[MailService]:
    async with mail_service(papers) as service:
        yield service


@pytest.fixture
def settings(service: MailService) -> dict[str, str]:
    return {
        "SMTP_URL": f"smtps://{USER}@127.0.0.1:{service.port}",
        "SMTP_PASSWORD": PASSWORD,
        "MAIL_FROM": "messenger@example.org",
        "BASE_URL": "https://chat.example.org",
        "MESSAGE_RATE_LIMIT": "100000/10s",
        "WRITE_RATE_LIMIT": "100000/10s",
        "AUTH_RATE_LIMIT_MAX_REQUESTS": "1000",
    }


class Office:
    """A stage, the mail server, and people with addresses."""

    def __init__(self, stage: Stage, service: MailService, http: aiohttp.ClientSession) -> None:
        self.stage = stage
        self.service = service
        self.http = http

    @property
    def server(self) -> Any:
        return self.stage.server

    async def rest(
        self, method: str, path: str, body: Any = None, name: str | None = None, **asked: Any
    ) -> tuple[int, Any]:
        """The status, and the data or the error."""
        headers = dict(asked.pop("headers", {}))
        if name is not None:
            who = await self.stage.person(name)
            token = self.server.tokens.access(who.user_id, who.session_id)
            headers["Authorization"] = f"Bearer {token}"
        url = f"{self.stage.base}/api/v1{path}"
        async with self.http.request(method, url, json=body, headers=headers, **asked) as answer:
            said = await answer.json()
            return answer.status, said.get("data", said.get("error"))

    async def person(self, name: str, *, proved: bool = True, password: str | None = None) -> int:
        """Somebody with an address at `b.org`; their id."""
        who = await self.stage.person(name)
        address = f"{name}@b.org"
        await self.server.directory.ask(SYSTEM, UpdateUser(user_id=who.user_id, email=address))
        if proved:
            change = UpdateUser(user_id=who.user_id, verified_email=address)
            await self.server.directory.ask(SYSTEM, change)
        if password is not None:
            hashed = await self.server.passwords.hash(password)
            command = SetPassword(
                user_id=who.user_id, password_hash=hashed, keep_session=who.session_id
            )
            await self.server.directory.ask(SYSTEM, command)
        return who.user_id


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def office(
    make_stage: Callable[[], Awaitable[Stage]],
    service: MailService,
    http: aiohttp.ClientSession,
) -> Office:
    return Office(await make_stage(), service, http)

"""A server whose pushes go to a push service of the tests' own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from messenger.outgoing.requests import Outgoing
from tests.live.conftest import Stage
from tests.live.conftest import mail_tls as mail_tls
from tests.live.conftest import make_stage as make_stage
from tests.live.conftest import settings as settings
from tests.outgoing.https import certificate
from tests.push.service import Browser, PushService, house_door, push_service
from tests.waiting import until


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def outgoing(papers: tuple[Path, Path]) -> Callable[[], Outgoing]:
    return house_door(papers[1])


class Room:
    """A stage, the push service, and people who have devices there."""

    def __init__(self, stage: Stage, service: PushService, http: aiohttp.ClientSession) -> None:
        self.stage = stage
        self.service = service
        self.http = http

    async def rest(
        self, name: str, method: str, path: str, session: str | None = None, **asked: Any
    ) -> Any:
        """The status, and the data or the error."""
        who = await self.stage.person(name)
        token = self.stage.server.tokens.access(who.user_id, session or who.session_id)
        headers = {"Authorization": f"Bearer {token}", "User-Agent": "Firefox/150"}
        url = f"{self.stage.base}/api/v1{path}"
        async with self.http.request(method, url, headers=headers, **asked) as answer:
            body = await answer.json()
            return answer.status, body.get("data", body.get("error"))

    async def subscribe(
        self,
        name: str,
        device: str | None = None,
        locale: str = "ru",
        session: str | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Subscribe a device, called as the person where there is no other name."""
        await self.settle()
        browser = self.service.browsers.get(device or name) or self.service.browser(device or name)
        body = {**self.said(browser), "locale": locale, **more}
        status, data = await self.rest(name, "POST", "/push/subscriptions", session, json=body)
        assert status == 200, data
        found: dict[str, Any] = data
        return found

    async def settle(self) -> None:
        """What happened so far was decided: nobody is told of it who subscribes after."""
        pusher = self.stage.server.pusher
        await until(lambda: not pusher.busy)

    def said(self, browser: Browser) -> dict[str, Any]:
        return {
            "endpoint": browser.endpoint,
            "keys": browser.keys(),
            "key": self.stage.server.push.vapid.public,
        }


@pytest.fixture
async def room(
    make_stage: Callable[[], Awaitable[Stage]], papers: tuple[Path, Path]
) -> AsyncIterator[Room]:
    stage = await make_stage()
    async with (
        push_service(*papers, lambda: stage.server.push.vapid.public) as service,
        aiohttp.ClientSession() as http,
    ):
        yield Room(stage, service, http)

"""A mail server of the tests' own (aiosmtpd): with TLS or STARTTLS, a login, and bad moods."""

import asyncio
import email
import email.policy
import re
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.waiting import PATIENCE

USER, PASSWORD = "messenger", "p@ss:wörd"


class Taken:
    """A letter that the server took: for whom, and how it reads."""

    def __init__(self, recipient: str, raw: bytes) -> None:
        self.recipient = recipient
        self.raw = raw
        read = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        self.read = read

    def part(self, kind: str) -> str:
        body = self.read.get_body((kind,))
        assert body is not None
        return str(body.get_content())

    def link(self, pattern: str) -> str:
        found = re.search(pattern, self.part("plain"))
        assert found, self.part("plain")
        return found[1]


class MailService:
    """What listens, what it took, and how it answers to a recipient or a letter."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[Taken] = []
        self.visits = 0
        self.answers: dict[str, str] = {}
        """By address: what a recipient is refused with."""
        self.hangs = False
        self.refuses_login = False
        self.cuts = 0
        """So many letters are taken, and the line is cut before that is said."""
        self.heard: Callable[[str, str], None] = lambda step, recipient: None
        """Hears of a letter that it was `addressed` to somebody, then that it was `taken`."""
        self._news = asyncio.Event()

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        refusal = self.answers.get(address)
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        self.heard("addressed", address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.taken.append(Taken(envelope.rcpt_tos[0], envelope.content))
        self._news.set()
        self.heard("taken", envelope.rcpt_tos[0])
        if self.cuts:
            self.cuts -= 1
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Any, envelope: Any, mechanism: str, auth: Any
    ) -> AuthResult:
        assert isinstance(auth, LoginPassword)
        given = auth.login.decode(), auth.password.decode()
        good = given == (USER, PASSWORD) and not self.refuses_login
        return AuthResult(success=good, handled=False)

    async def expect(self, count: int = 1, within: float = PATIENCE) -> Taken:
        """The letter of that number."""
        async with asyncio.timeout(within):
            while len(self.taken) < count:
                self._news.clear()
                await self._news.wait()
        return self.taken[count - 1]


@asynccontextmanager
async def mail_service(
    papers: tuple[Path, Path] | None = None, *, implicit: bool = True, login: bool = True
) -> AsyncIterator[MailService]:
    """`papers` are key and certificate; `implicit` TLS from the first byte, else STARTTLS."""
    service, tls = MailService(), None
    if papers is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(papers[1], papers[0])
    loop = asyncio.get_running_loop()

    def connection() -> asyncio.Protocol:
        service.visits += 1
        if service.hangs:
            return asyncio.Protocol()
        # It does not know that implicit TLS is TLS.
        warnings.simplefilter("ignore", UserWarning)
        return SMTP(
            service,
            hostname="mail.test",
            loop=loop,
            tls_context=None if implicit else tls,
            require_starttls=tls is not None and not implicit,
            authenticator=service.authenticate if login else None,
            auth_required=login,
            auth_require_tls=login and not implicit,
        )

    listening = await loop.create_server(connection, "127.0.0.1", 0, ssl=tls if implicit else None)
    service.port = listening.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        listening.close()


def trusting(papers: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(papers[1]))
    context.check_hostname = False
    return context


Clock = Callable[[], Any]

"""Hands letters to the mail server (RFC 5321, RFC 6409), each step within its time.

What goes wrong is a `Failed` that says at which step, in words for an operator, and whether to try
again. aiosmtplib is imported when the first letter is sent: most servers send none.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal

from messenger.config.mail_server import MailServer

if TYPE_CHECKING:
    import aiosmtplib

CONNECT_WITHIN: Final = 10.0
STEP_WITHIN: Final = 15.0
"""Seconds for each command; for a letter's content, which is small, as well."""
LEAVE_WITHIN: Final = 2.0
CLOSING: Final = 421
"""The server ends the connection (RFC 5321 §3.8), whatever it was asked."""

Step = Literal["dns", "connect", "tls", "login", "sender", "recipient", "content"]
OF_THE_SERVER: Final = frozenset[Step]({"dns", "connect", "tls", "login", "sender"})
"""Steps that fail for every letter alike: the others wait as well."""


class Failed(Exception):
    """A letter was not taken, at a step and for a reason in words; `code` is the server's."""

    def __init__(
        self, step: Step, words: str, code: int | None = None, unsure: bool = False
    ) -> None:
        super().__init__(words)
        self.step = step
        self.code = code
        self.unsure = unsure
        """Whether it may have been taken all the same."""

    @property
    def of_server(self) -> bool:
        if self.step in OF_THE_SERVER or self.code == CLOSING:
            return True
        return self.code is None and not self.unsure

    @property
    def lasting(self) -> bool:
        """Whether the same letter would be refused again (RFC 5321 §4.2.1: 5yz)."""
        return not self.of_server and self.code is not None and self.code >= 500


class Line:
    """One connection to the mail server; letters go over it one after the other."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext | None = None) -> None:
        """`tls` is for tests, whose certificates nobody else trusts."""
        self.server = server
        self.tls = tls
        self._client: aiosmtplib.SMTP | None = None

    def __repr__(self) -> str:
        return f"<Line to {self.server}, {'open' if self._client else 'closed'}>"

    async def __aenter__(self) -> "Line":
        try:
            await self._open()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._close()

    async def _open(self) -> None:
        import aiosmtplib

        server = self.server
        await self._resolve()
        self._client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=False,
            tls_context=self._context(),
            timeout=STEP_WITHIN,
        )
        await self._step("connect", self._client.connect(timeout=CONNECT_WITHIN))
        if server.security == "starttls":
            await self._step("tls", self._client.starttls())
        if server.username is not None:
            login = self._client.login(server.username, server.password or "")
            await self._step("login", login)

    def _context(self) -> ssl.SSLContext | None:
        if self.server.security == "plain":
            return None
        return self.tls or ssl.create_default_context()

    async def _resolve(self) -> None:
        """Look the name up first: no other failure would say that it is the name."""
        host, port = self.server.host, self.server.port
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await asyncio.get_running_loop().getaddrinfo(host, port)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise Failed(
                "dns", f"{host} has no address here: mend the name in SMTP_URL, or the resolver."
            ) from error

    async def send(
        self,
        letter: EmailMessage,
        sender: str,
        recipient: str,
        begin: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Hand a letter in; raises Failed. The server has it when this returns.

        `begin` is waited for before the content leaves: up to there nobody can have the letter.
        """
        client = self._client
        assert client is not None
        try:
            await self._step("sender", client.mail(sender))
            await self._step("recipient", client.rcpt(recipient))
            if begin is not None:
                await begin()
            await self._step("content", client.data(letter.as_bytes()))
        except Failed as error:
            if error.code is not None:
                # The line is good for the next letter; where it is not, that one will say so.
                with contextlib.suppress(Failed):
                    await self._step("content", client.rset())
            raise

    async def _step(self, step: Step, work: "asyncio.Future[object] | object") -> None:
        import aiosmtplib

        try:
            async with asyncio.timeout(STEP_WITHIN + 1):
                await work  # type: ignore[misc]
        except (TimeoutError, aiosmtplib.SMTPTimeoutError) as error:
            raise Failed(
                step, f"{self._named} did not answer in time.", None, step == "content"
            ) from error
        except aiosmtplib.SMTPAuthenticationError as error:
            words = f"{self._named} refused name or password: {said(error)}."
            raise Failed("login", f"{words} Mend them in SMTP_URL.", error.code) from error
        except aiosmtplib.SMTPResponseException as error:
            raise Failed(step, self._refused(step, error), error.code) from error
        except (ssl.SSLError, ssl.CertificateError) as error:
            raise Failed("tls", self._no_tls(error)) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise self._broken(step, error) from error

    @property
    def _named(self) -> str:
        return f"{self.server.host}:{self.server.port}"

    def _refused(self, step: Step, error: "aiosmtplib.SMTPResponseException") -> str:
        whom = {
            "connect": "a connection",
            "tls": "STARTTLS",
            "login": "the login",
            "sender": "the sender (MAIL_FROM)",
            "recipient": "the recipient",
        }.get(step, "the letter")
        return f"{self._named} refused {whom}: {said(error)}."

    def _broken(self, step: Step, error: Exception) -> Failed:
        cause = error.__cause__ or error.__context__ or error
        if isinstance(cause, ssl.SSLError):
            return Failed("tls", self._no_tls(cause))
        if step == "tls":
            return Failed(
                "tls",
                f"{self._named} offers no STARTTLS: use smtps://, or another port."
                " `?tls=off` sends in the clear.",
            )
        if step == "login":
            return Failed("login", f"{self._named} takes no login this way ({error}).")
        words = f"{self._named} cannot be reached ({reason(cause)})."
        if step == "connect":
            words += " Is the port right, and open to this machine?"
        return Failed(step, words, None, step == "content")

    def _no_tls(self, error: Exception) -> str:
        why = getattr(error, "verify_message", None) or getattr(error, "reason", None) or error
        return (
            f"TLS with {self._named} failed ({why}): is it the right port"
            " (smtps:// is 465, STARTTLS 587), and the certificate good for this name?"
        )

    async def _close(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        try:
            async with asyncio.timeout(LEAVE_WITHIN):
                if client.is_connected:
                    await client.quit()
        except Exception:
            # It has what it took; a farewell that is not heard changes nothing.
            pass
        finally:
            client.close()


def said(error: "aiosmtplib.SMTPResponseException") -> str:
    """What the server answered, on one line."""
    text = " ".join(str(error.message).split())[:300].rstrip(".")
    return f"{error.code} {text}"


def reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:200] or type(error).__name__

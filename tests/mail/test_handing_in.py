"""Letters as the mail server gets them, and the words for what goes wrong on the way."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from messenger.config import mail_server
from messenger.config.mail_server import MailServer, Sender
from messenger.mail import smtp
from messenger.mail.letter import Button, Group, Letter, message
from messenger.mail.smtp import Failed, Line
from tests.mail.service import PASSWORD, USER, mail_service, trusting
from tests.outgoing.https import certificate
from tests.waiting import PATIENCE

SENDER = Sender("", "messenger@example.org")
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


def letter(**more: object) -> Letter:
    given = {"locale": "ru", "subject": "Новый пароль", "heading": "Привет", **more}
    return Letter(**given)  # type: ignore[arg-type]


def server(port: int, scheme: str = "smtps", login: bool = True, more: str = "") -> MailServer:
    name = f"{USER}:{quote(PASSWORD, safe='')}@" if login else ""
    return mail_server.read(f"{scheme}://{name}127.0.0.1:{port}{more}")


async def hand_in(to: MailServer, tls: ssl.SSLContext | None, recipient: str = "bob@b.org") -> None:
    made = message(letter(), SENDER, "Ромашка", recipient, "key", NOW)
    async with Line(to, tls) as line:
        await line.send(made, SENDER.address, recipient)


@pytest.mark.parametrize("implicit", [True, False])
async def test_letter_arrives_over_tls_after_a_login(
    papers: tuple[Path, Path], implicit: bool
) -> None:
    async with mail_service(papers, implicit=implicit) as service:
        to = server(service.port, "smtps" if implicit else "smtp")
        await hand_in(to, trusting(papers))
        (taken,) = service.taken
        assert taken.recipient == "bob@b.org"
        assert taken.read["Subject"] == "Новый пароль"
        assert taken.read["From"].addresses[0].display_name == "Ромашка"
        assert taken.read["Auto-Submitted"] == "auto-generated"
        assert taken.read["Date"].datetime == NOW
        assert taken.raw.isascii()


async def test_letter_arrives_in_the_clear_where_that_is_asked_for() -> None:
    async with mail_service(login=False) as service:
        await hand_in(server(service.port, "smtp", False, "?tls=off"), None)
        assert len(service.taken) == 1


async def failure(to: MailServer, tls: ssl.SSLContext | None, recipient: str = "b@b.org") -> Failed:
    with pytest.raises(Failed) as caught:
        await hand_in(to, tls, recipient)
    return caught.value


async def test_each_failure_is_told_in_its_words(
    papers: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "CONNECT_WITHIN", 0.3)
    monkeypatch.setattr(smtp, "STEP_WITHIN", 0.3)
    trusted = trusting(papers)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    async with mail_service(papers) as service, mail_service(login=False) as plain:
        good = server(service.port)
        found = await failure(mail_server.read("smtps://no-such-host.invalid"), trusted)
        assert (found.step, found.of_server) == ("dns", True)
        assert "no-such-host.invalid has no address" in str(found)
        found = await failure(server(closed), trusted)
        assert (found.step, found.of_server) == ("connect", True)
        assert "cannot be reached" in str(found)
        found = await failure(good, None)
        assert (found.step, found.of_server) == ("tls", True)
        assert "certificate" in str(found)
        found = await failure(server(plain.port, "smtp", False), trusted)
        assert (found.step, found.of_server) == ("tls", True)
        assert "offers no STARTTLS" in str(found)
        service.refuses_login = True
        found = await failure(good, trusted)
        assert (found.step, found.code, found.of_server) == ("login", 535, True)
        assert "refused name or password" in str(found)
        assert PASSWORD not in str(found)
        service.refuses_login = False
        service.answers = {"b@b.org": "550 no such mailbox", "c@b.org": "451 come again"}
        found = await failure(good, trusted)
        assert (found.step, found.of_server, found.lasting) == ("recipient", False, True)
        assert "refused the recipient: 550 no such mailbox." in str(found)
        found = await failure(good, trusted, "c@b.org")
        assert (found.of_server, found.lasting) == (False, False)
        service.hangs = True
        found = await failure(good, trusted)
        assert (found.step, found.of_server) == ("connect", True)
        plain.cuts = 1
        found = await failure(server(plain.port, "smtp", False, "?tls=off"), None)
        assert (found.step, found.unsure, found.of_server) == ("content", True, False)


async def test_connection_that_answers_nothing_ends_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "CONNECT_WITHIN", 0.3)
    async with mail_service(login=False) as service:
        service.hangs = True
        async with asyncio.timeout(PATIENCE / 2):
            found = await failure(server(service.port, "smtp", False, "?tls=off"), None)
        assert "did not answer in time" in str(found)


def test_nothing_that_people_write_reaches_a_header_or_the_markup() -> None:
    name = "Evil\r\nBcc: eve@e.org"
    written = letter(
        subject=f"{name} <script>", heading="<script>alert(1)</script>", paragraphs=["a & <b>"],
        groups=[Group(title="<i>", url='https://a/"x', lines=["<img src=https://e.org/p.png>"])],
    )  # fmt: skip
    made = message(written, SENDER, name, "bob@b.org", "key", NOW)
    assert "Bcc" not in made
    assert made["From"].addresses[0].addr_spec == "messenger@example.org"
    head = made.as_bytes().partition(b"\r\n\r\n")[0]
    assert not [line for line in head.split(b"\r\n") if line.lower().startswith(b"bcc")]
    part = made.get_body(("html",))
    assert part is not None
    html = part.get_content()
    assert "<script>" not in html
    assert "<img" not in html
    assert "a &amp; &lt;b&gt;" in html
    assert "&#34;x" in html


def test_letter_can_be_stopped_with_one_click_where_the_address_is_https() -> None:
    def made(base: str) -> dict[str, str]:
        stopped = Button("Не присылать", f"{base}/mail/unsubscribe?of=digest&token=t")
        return dict(message(letter(unsubscribe=stopped), SENDER, "M", "b@b.org", "k", NOW).items())

    safe, other = made("https://chat.example.org"), made("http://chat.example.org")
    assert safe["List-Unsubscribe"].startswith("<https://chat.example.org/mail/")
    assert safe["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe-Post" not in other
    assert safe["Message-ID"] == other["Message-ID"], "the same key is the same letter"

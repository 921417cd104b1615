"""What people missed, and their tasks: told once, as things stand when it is sent."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from messenger.mail.digests import Digests
from messenger.mail.smtp import Failed
from messenger.model import Due
from messenger.protocol.commands import RemoveMember, SendMessage
from messenger.protocol.preferences import SetNotifications
from messenger.protocol.tasks import CreateTask
from messenger.store.rows import mails
from messenger.store.rows.pushed import Pushed, save
from tests.mail.conftest import Office
from tests.waiting import PATIENCE, until

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)


async def say(office: Office, name: str, chat: int, text: str) -> int:
    key = str(uuid.uuid4())
    sent = await office.stage.ask(name, SendMessage(chat_id=chat, client_message_id=key, text=text))
    return int(sent.seq)


def digests(office: Office, at: datetime) -> Digests:
    """The job, and the sending, at another time than now."""
    postman = office.server.mail.postman
    postman.clock = postman.contents.clock = lambda: at
    return Digests(postman, office.server.directory.presence, postman.clock)


def hours(count: float) -> datetime:
    return datetime.now(UTC) + timedelta(hours=count)


async def settled(office: Office) -> int:
    """All that was ordered is sent or given up; how many letters came."""
    async with asyncio.timeout(PATIENCE):
        while (await mails.queue(office.server.database)).count:
            await asyncio.sleep(0.02)
    return len(office.service.taken)


async def test_what_was_missed_is_told_once(office: Office) -> None:
    bob = await office.person("bob")
    await office.stage.ask("bob", SetNotifications(mail_digest="1h"))
    direct = await office.stage.direct("alice", "bob")
    group = await office.stage.group("alice", "bob", title="Запуск <b>")
    pushed = await office.stage.group("alice", "bob", title="Показано")
    muted = await office.stage.group("alice", "bob", title="Молчит")
    await say(office, "alice", direct, "Привет, **Боб**")
    for number in range(7):
        await say(office, "alice", group, f"строка {number}")
    seq = await say(office, "alice", pushed, "это показал телефон")
    took = Pushed(user_id=bob, stream=pushed, seq=seq, since=seq, tag=f"chat-{pushed}")
    await save(office.server.database, [took], datetime.now(UTC))
    await office.rest("PUT", f"/chats/{muted}/notify", {"level": "none"}, "bob")
    await say(office, "alice", muted, "это никому")
    await office.stage.ask("alice", CreateTask(chat_id=group, title="Счёт", assigned_to=bob))
    await say(office, "bob", muted, "своё")
    await digests(office, hours(0.5)).run()
    assert await settled(office) == 0, "they have not been away for long"
    await digests(office, hours(2)).run()
    await digests(office, hours(2.01)).run()
    assert await settled(office) == 1
    taken = await office.service.expect()
    assert taken.recipient == "bob@b.org"
    text, html = taken.part("plain"), taken.part("html")
    assert taken.read["Subject"].startswith("9 новых, пока вас не было: Запуск <b>, Alice")
    assert "- Привет, Боб" in text
    assert "- Alice: задача вам: Счёт" in text
    assert "- Alice: строка 6" in text
    assert "строка 1" not in text
    assert "и ещё" in text
    assert "Запуск &lt;b&gt;" in html
    assert "показал" not in text
    assert "никому" not in text
    assert "своё" not in text
    stop = taken.read["List-Unsubscribe"].strip("<>")
    assert taken.read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    await unsubscribe(office, stop.removeprefix("https://chat.example.org"))


async def unsubscribe(office: Office, path: str) -> None:
    """As a mail program does it; a look at the page changes nothing."""

    async def chosen() -> str:
        _, settings = await office.rest("GET", "/users/me/notifications", name="bob")
        return str(settings["mail_digest"])

    url = f"{office.stage.base}{path}"
    async with office.http.get(url) as answer:
        page = await answer.text()
        assert answer.status == 200
        assert '<form method="post">' in page
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert await chosen() == "1h"
    for bad in (path.replace("digest", "weekly"), path[:-1] + ("A" if path[-1] != "A" else "B")):
        async with office.http.post(f"{office.stage.base}{bad}") as answer:
            assert answer.status == 401
    async with office.http.post(url, data={"List-Unsubscribe": "One-Click"}) as answer:
        assert (answer.status, await answer.json()) == (200, {"data": {}})
    assert await chosen() == "off"
    async with office.http.post(f"{office.stage.base}/api/v1{path}") as answer:
        assert answer.status == 200
    async with office.http.post(url, headers={"Accept": "text/html"}) as answer:
        assert "Сводок больше не будет" in await answer.text()


async def test_rights_and_wishes_of_the_moment_of_sending_count(office: Office) -> None:
    bob, database = await office.person("bob"), office.server.database
    await office.person("carol")
    await office.person("dave")
    for name in ("bob", "carol", "dave"):
        hides = name == "carol"
        await office.stage.ask(name, SetNotifications(mail_digest="1h", hide_text=hides))
    chat = await office.stage.group("alice", "bob", "carol", "dave", title="Запуск")
    seq = await say(office, "alice", chat, "тайна")
    for address in ("bob@b.org", "dave@b.org"):
        office.service.answers[address] = "451 come again"
    await digests(office, hours(2)).run()
    taken = await office.service.expect()
    assert taken.recipient == "carol@b.org"
    assert "тайна" not in taken.part("plain") + taken.part("html")
    assert "1 сообщение" in taken.part("plain")
    async with asyncio.timeout(PATIENCE):
        while [each.tries for each in await mails.due(database, hours(9), 9)] != [1, 1]:
            await asyncio.sleep(0.02)
    await office.stage.ask("alice", RemoveMember(chat_id=chat, user_id=bob))
    assert (await office.rest("POST", f"/chats/{chat}/read", {"read_seq": seq}, "dave"))[0] == 200
    office.service.answers.clear()
    digests(office, hours(3))
    office.server.mail.postman.wake()
    await settled(office)
    assert [each.recipient for each in office.service.taken] == ["carol@b.org"]


async def test_who_is_here_or_has_not_proved_an_address_gets_none(office: Office) -> None:
    await office.person("bob")
    await office.person("carol", proved=False)
    for name in ("bob", "carol"):
        await office.stage.ask(name, SetNotifications(mail_digest="1h"))
    chat = await office.stage.group("alice", "bob", "carol")
    client = await office.stage.client("bob")
    await say(office, "alice", chat, "hi")
    await digests(office, hours(2)).run()
    assert await settled(office) == 0
    await client.disconnect()


async def test_tasks_of_the_week_come_on_monday_morning(office: Office) -> None:
    bob = await office.person("bob")
    await office.person("carol")
    for name in ("bob", "carol"):
        await office.stage.ask(name, SetNotifications(mail_weekly=True))
    chat = await office.stage.group("alice", "bob", "carol")
    for title, day in (("Счёт", "2027-01-02"), ("Отчёт", "2027-01-06"), ("Лето", "2027-06-01")):
        due = Due(date=day)
        await office.stage.ask(
            "alice", CreateTask(chat_id=chat, title=title, assigned_to=bob, due=due)
        )
    await office.stage.ask("alice", CreateTask(chat_id=chat, title="Идея", assigned_to=bob))
    await digests(office, MONDAY).run()
    await digests(office, MONDAY + timedelta(minutes=5)).run()
    assert await settled(office) == 1
    taken = await office.service.expect()
    assert (taken.recipient, taken.read["Subject"]) == ("bob@b.org", "4 задачи на неделю")
    lines = [line for line in taken.part("plain").splitlines() if line]
    order = ["Просрочены", "- 02.01.2027 · Счёт", "На этой неделе", "- 06.01.2027 · Отчёт"]
    order += ["Потом", "- 01.06.2027 · Лето", "Без срока", "- Идея"]
    assert [line for line in lines if line in order] == order


# A mail server that is away, or in two minds


def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messenger.mail.smtp.CONNECT_WITHIN", 0.3)
    monkeypatch.setattr("messenger.mail.postman.FIRST_PAUSE", 0.2)
    monkeypatch.setattr("messenger.mail.postman.LOOK_EVERY", 0.1)
    monkeypatch.setattr("messenger.mail.postman.AGAIN", (0,))


async def reset(office: Office, *names: str) -> None:
    for name in names:
        status, _ = await office.rest("POST", "/auth/reset/request", {"login": name})
        assert status == 202


async def test_mail_server_that_hangs_slows_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    quickly(monkeypatch)
    await office.person("bob")
    chat = await office.stage.group("alice", "bob")
    office.service.hangs = True
    await reset(office, "bob")
    await until(lambda: office.service.visits >= 2)
    # All of it while one connection after the other hangs.
    visits, number = office.service.visits, 0
    while office.service.visits < visits + 2:
        number += 1
        await say(office, "alice", chat, str(number))
    assert number >= 10, "none of them waited for a connection"
    async with office.http.get(f"{office.stage.base}/ready") as answer:
        assert answer.status == 200
        assert "mail" in (await answer.json())["data"]["degraded"]
    async with office.http.get(f"{office.stage.base}/metrics") as answer:
        assert "messenger_mails_waiting 1.0" in await answer.text()
    office.service.hangs = False
    assert (await office.service.expect()).recipient == "bob@b.org"
    assert await settled(office) == 1
    await until(lambda: not office.server.background.failing)


async def test_refusals_bind_one_letter(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)
    for name in ("bob", "carol", "dave"):
        await office.person(name)
    office.service.answers = {"bob@b.org": "550 unknown", "carol@b.org": "451 later"}
    await reset(office, "bob", "carol", "dave")
    assert (await office.service.expect()).recipient == "dave@b.org"
    async with asyncio.timeout(PATIENCE):
        while (await mails.queue(office.server.database)).count != 1:
            await asyncio.sleep(0.02)
    office.service.answers.clear()
    assert (await office.service.expect(2)).recipient == "carol@b.org"
    assert await settled(office) == 2


@pytest.mark.parametrize("cuts", [1, 5])
async def test_what_may_have_been_sent_is_sent_once_more_at_most(
    office: Office, monkeypatch: pytest.MonkeyPatch, cuts: int
) -> None:
    quickly(monkeypatch)
    await office.person("bob")
    office.service.cuts = cuts
    await reset(office, "bob")
    await office.service.expect(2)
    assert await settled(office) == 2
    one, other = office.service.taken
    assert one.read["Message-ID"] == other.read["Message-ID"]


async def test_no_more_waits_than_there_is_room_for(office: Office) -> None:
    await office.person("bob")
    postman = office.server.mail.postman
    monday = hours(100)
    filled = (
        "insert into mails (key, kind, created_at, due_at, until)"
        f" select 'x' || n, 'reset', '{monday}', '{monday}', '{monday}'"
        f" from generate_series(1, {mails.MOST}) n"
    )
    connection = await office.server.database.dedicated()
    await connection.command(filled)
    await connection.close()
    letter = mails.Ordered(key="reset:1", kind="reset", user_id=1, until=monday)
    assert not await postman.order(letter)
    assert (await mails.queue(office.server.database)).count == mails.MOST


def test_failure_of_the_server_is_no_refusal_of_a_letter() -> None:
    closing: Any = Failed("recipient", "closing", 421)
    assert (closing.of_server, closing.lasting) == (True, False)

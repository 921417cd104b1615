"""The table of situations, a good part of it, as things that really happen in a server."""

import uuid
from datetime import UTC, datetime
from typing import Any

from messenger.model import NotifySettings, Verdict, timestamp
from messenger.model.notifications import DEFAULTS
from messenger.protocol.commands import SendMessage
from messenger.protocol.preferences import SetNotifications, SetNotify
from messenger.rules.notify import Posted
from tests.push.conftest import Room
from tests.unit.situations import NOW, TABLE
from tests.waiting import until

ABOUT = {"level", "muted_until", "settings"}


def messages() -> list[tuple[Any, ...]]:
    """Those of a message in a group, for somebody who is in it and whose clock has no say."""
    return [
        row
        for row in TABLE
        if isinstance(row[0], Posted)
        and row[0].task is None
        and row[0].message.deleted_at is None
        and row[0].message.text
        and row[1] in ("group", "direct")
        and row[2].keys() <= ABOUT
        and row[2].get("settings", {}).keys() <= {"causes", "keywords", "until"}
    ]


async def test_push_service_gets_what_the_rules_say(room: Room) -> None:
    rows = messages()
    assert len(rows) >= 35
    me = (await room.stage.person("me_too")).user_id
    await room.subscribe("me_too")
    direct = await room.stage.direct("alice", "me_too")
    # With its first message the other one is in it.
    await say(room, "alice", direct, "hi", None)
    await quiet(room)
    room.service.got.clear()
    wrong = []
    for number, (posted, kind, about, telling, reason, cause) in enumerate(rows):
        chat = direct
        if kind == "group":
            chat = await room.stage.group("alice", "me_too", title=f"Room {number}")
        answered = None
        if posted.answered is not None:
            answered = await say(room, "me_too", chat, "?", None)
        await choose(room, chat, about)
        await quiet(room)
        text = posted.message.text.replace("@me ", "@me_too ")
        seq = await say(room, "alice", chat, text, answered)
        await quiet(room)
        found = room.stage.server.pusher.decided.get((me, chat, seq))
        pushes = [each for each in room.service.got if each.payload["kind"] == "message"]
        told = [each for each in pushes if each.shown.get("silent")]
        loud = [each for each in pushes if not each.shown.get("silent")]
        expected = Verdict(telling=telling, reason=reason, cause=cause)
        came = {"alert": (0, 1), "silent": (1, 0), "off": (0, 0)}[telling]
        if found != expected or (len(told), len(loud)) != came:
            wrong.append((number, text, about, expected, found, room.service.got[:]))
        room.service.got.clear()
    assert wrong == []


async def say(room: Room, name: str, chat: int, text: str, reply_to: int | None) -> int:
    key = str(uuid.uuid4())
    command = SendMessage(chat_id=chat, client_message_id=key, text=text, reply_to=reply_to)
    return int((await room.stage.ask(name, command)).seq)


async def choose(room: Room, chat: int, about: dict[str, Any]) -> None:
    given = NotifySettings(**about.get("settings", {}))
    # What is some time from the table's now is as far from this one.
    until = given.until and timestamp(since(datetime.fromisoformat(given.until)))
    chosen = SetNotifications(
        causes={**DEFAULTS, **given.causes}, keywords=given.keywords, until=until
    )
    await room.stage.ask("me_too", chosen)
    muted = about.get("muted_until")
    muting = SetNotify(
        chat_id=chat, level=about.get("level", "all"), until=muted and timestamp(since(muted))
    )
    await room.stage.ask("me_too", muting)


def since(moment: datetime) -> datetime:
    gap = moment - NOW
    # A second is over before everything has happened.
    return datetime.now(UTC) + (gap * 60 if gap else gap)


async def quiet(room: Room) -> None:
    """All is decided and sent."""
    courier = room.stage.server.pusher.courier
    await room.settle()
    await until(lambda: not any(each.draining for each in courier.services.values()))

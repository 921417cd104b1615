"""What people write, through the socket: bounded as sent, kept without its padding, seen."""

from typing import Any

import pytest

from tests.live.client import Client, JsonSocket, MsgpackSocket, Refused
from tests.live.conftest import Stage

KINDS = pytest.mark.parametrize("kind", [JsonSocket, MsgpackSocket])
PADDED = "a" + " " * 250_000
NOTHING = ["\ufeff", "\u3164", "\u200b", "\u2800", "\u202e", "\u115f", "\u00ad", "\U000e0041"]


async def named(alice: Client, lobby: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Every command with a text of somebody's: its type, the field, the others."""
    seq = (await alice.send(lobby, "hi"))["seq"]
    task = await alice.ask("task.create", chat_id=lobby, title="Cake")
    column = await alice.ask("column.create", chat_id=lobby, title="Later")
    of_task, of_column = {"task_id": task["id"]}, {"column_id": column["id"]}
    return [
        ("message.edit", "text", {"chat_id": lobby, "seq": seq}),
        ("chat.create", "title", {}),
        ("chat.update", "title", {"chat_id": lobby}),
        ("task.create", "title", {"chat_id": lobby}),
        ("task.update", "title", of_task),
        ("message.task", "title", {"chat_id": lobby, "seq": seq}),
        ("column.create", "title", {"chat_id": lobby}),
        ("column.update", "title", of_column),
    ]


@KINDS
async def test_no_text_is_padded_or_shows_nothing(
    stage: Stage, lobby: int, kind: type[JsonSocket]
) -> None:
    alice = await stage.client("alice", kind)
    for text in (PADDED, *NOTHING):
        with pytest.raises(Refused, match="validation_failed"):
            await alice.send(lobby, text)
        for type, field, others in await named(alice, lobby):
            with pytest.raises(Refused, match="validation_failed"):
                await alice.ask(type, **{field: text}, **others)
    for field, text in (
        ("description", PADDED), ("labels", ["\u3164"]), ("labels", [PADDED]),
        ("checklist", [{"id": "1", "text": "\u200b"}]),
        ("checklist", [{"id": "1", "text": PADDED}]),
        ("checklist", [{"id": PADDED, "text": "a"}]),
    ):  # fmt: skip
        with pytest.raises(Refused, match="validation_failed"):
            await alice.ask("task.create", chat_id=lobby, title="Cake", **{field: text})
    with pytest.raises(Refused, match="validation_failed"):
        await alice.ask("draft.set", chat_id=lobby, text=PADDED)


async def test_padding_is_not_kept_and_a_repeat_is_still_one(alice: Client, lobby: int) -> None:
    await alice.subscribe((lobby, None))
    key = "01890000-0000-7000-8000-000000000001"
    first = await alice.send(lobby, "\n\n  hi\n there \n\n", key=key)
    assert (await alice.expect("message.created"))["data"]["text"] == "hi\n there"
    again = await alice.send(lobby, "\n\n  hi\n there \n\n", key=key)
    assert again == {**first, "duplicate": True}
    with pytest.raises(Refused, match="idempotency_mismatch"):
        await alice.send(lobby, "hi\n there", key=key)
    edited = await alice.ask("message.edit", chat_id=lobby, seq=first["seq"], text="  ho ")
    assert edited["text"] == "ho"
    item = {"id": "1", "text": " flour ", "done": False}
    task = await alice.ask(
        "task.create",
        chat_id=lobby,
        title=" Cake\n",
        description="\n with cream\n",
        checklist=[item],
    )
    assert (task["title"], task["description"]) == ("Cake", "with cream")
    assert task["checklist"] == [{**item, "text": "flour"}]


async def test_a_heart_is_one_reaction_however_it_is_written(alice: Client, lobby: int) -> None:
    seq = (await alice.send(lobby, "hi"))["seq"]
    await alice.subscribe((lobby, None))
    await alice.ask("reaction.add", chat_id=lobby, seq=seq, emoji="\u2764")
    await alice.ask("reaction.add", chat_id=lobby, seq=seq, emoji="\u2764\ufe0f")
    assert (await alice.expect("reaction.added"))["data"]["emoji"] == "\u2764\ufe0f"
    await alice.expect_nothing()
    await alice.ask("reaction.remove", chat_id=lobby, seq=seq, emoji="\u2764\ufe0e")
    assert (await alice.expect("reaction.removed"))["data"]["emoji"] == "\u2764\ufe0f"
    with pytest.raises(Refused, match="validation_failed"):
        await alice.ask("reaction.add", chat_id=lobby, seq=seq, emoji="\U0001f44d\U0001f44d")


@pytest.mark.parametrize(
    "until", ["0073-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "now"]
)
async def test_a_mute_ends_within_the_calendar(alice: Client, lobby: int, until: str) -> None:
    with pytest.raises(Refused, match="validation_failed") as refused:
        await alice.ask("notify.set", chat_id=lobby, level="none", until=until)
    assert refused.value.error["details"]["field"] == "until"

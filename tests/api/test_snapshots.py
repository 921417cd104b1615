import sqlalchemy as sa

from messenger.model import SYSTEM
from messenger.protocol.accounts import AddUser
from messenger.store.statements import Prepared
from tests.api.cast import HASH, Door, Person, ids, ok, org


async def test_a_snapshot_is_what_fresh_reads_say(alice: Person, bob: Person, lobby: int) -> None:
    seqs = [await bob.send(lobby, str(number)) for number in range(60)]
    path = f"/chats/{lobby}"
    for seq in seqs[:2]:
        ok(await alice.put(f"{path}/messages/{seq}/pin"))
    ok(await alice.put(f"{path}/messages/{seqs[-1]}/reactions/👍"))
    ok(await alice.put(f"{path}/draft", {"text": "later"}))
    ok(await bob.delete(f"{path}/messages/{seqs[-2]}"))
    snapshot = ok(await alice.get(f"{path}/snapshot"))
    listed = ok(await alice.get(path))
    _, latest = await alice.get(f"{path}/messages")
    assert listed == {**snapshot["chat"], "my": snapshot["my"], "last_message": latest["data"][-1]}
    assert snapshot["messages"] == latest["data"]
    assert [message["seq"] for message in latest["data"]] == seqs[-50:]
    assert snapshot["pins"] == ok(await alice.get(f"{path}/pins"))
    assert snapshot["members"] == await alice.all_of(f"{path}/members")
    assert (snapshot["n"], snapshot["oldest_seq"], snapshot["seq"]) == (60, seqs[0], seqs[-1] + 4)
    assert (snapshot["columns"], snapshot["tasks"]) == ([], [])
    assert snapshot["marks"] == [
        [alice.user_id, 3, 3], [bob.user_id, seqs[-1], seqs[-1]],
    ]  # fmt: skip
    _, changes = await alice.get(f"/sync/changes?after={lobby}:{snapshot['seq']}")
    assert (changes["data"]["events"], snapshot["epoch"]) == ([], changes["data"]["epoch"])


async def test_a_large_chat_has_no_marks_in_its_snapshot(door: Door, alice: Person) -> None:
    for number in range(100):
        command = AddUser(
            username=f"user{number:03}a", display_name="Somebody", role="user",
            locale="ru", time_zone="UTC", password_hash=HASH,
        )  # fmt: skip
        await door.server.directory.ask(SYSTEM, command)
    snapshot = ok(await alice.get(f"/chats/{await org(alice)}/snapshot"))
    assert (snapshot["marks"], len(snapshot["members"])) == ([], 102)


async def test_a_chat_without_events_is_as_old_as_its_last_change(
    door: Door, alice: Person, lobby: int
) -> None:
    await door.server.database.fetch(
        Prepared(sa.text("delete from events where stream_id = :id")), id=lobby
    )
    assert lobby in ids(await alice.all_of("/chats", limit=1))

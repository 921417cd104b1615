import pytest

from messenger import errors
from messenger.model import Identity, QuietHours
from messenger.protocol.preferences import SetDraft, SetListing, SetNotifications, SetNotify

from .cast import Stage


@pytest.mark.parametrize(
    "until", ["tomorrow", "2026-12-01", "2026-12-01T09:00:00", "0001-01-01T00:00:00+23:59", ""]
)
async def test_only_a_moment_mutes(stage: Stage, lobby: int, alice: Identity, until: str) -> None:
    command = SetNotify(chat_id=lobby, level="none", until=until)
    with pytest.raises(errors.ValidationFailed):
        await stage.ask(alice, command)


async def test_settings_of_a_chat_are_told_to_ones_devices_alone(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    own, others = stage.reader(alice, alice.user_id), stage.reader(bob, lobby, bob.user_id)
    await stage.ask(alice, SetNotify(chat_id=lobby, level="mentions"))
    await stage.ask(alice, SetDraft(chat_id=lobby, text="dear bob"))
    await own.expect("notify.changed", notify="mentions")
    await own.expect("draft.changed", draft="dear bob", notify="mentions")
    await others.expect_nothing()


async def test_a_chat_is_pinned_and_marked_as_unread_each_for_itself(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    own, others = stage.reader(alice, alice.user_id), stage.reader(bob, lobby, bob.user_id)
    await stage.ask(alice, SetDraft(chat_id=lobby, text="dear bob"))
    pinned = await stage.ask(alice, SetListing(chat_id=lobby, pinned=True))
    assert pinned.pinned_at is not None
    marked = await stage.ask(alice, SetListing(chat_id=lobby, unread=True))
    assert (marked.pinned_at, marked.draft) == (pinned.pinned_at, "dear bob")
    assert (marked.marked_unread, marked.unread) == (True, pinned.unread)
    await own.expect("listing.changed", marked_unread=False, draft="dear bob")
    await own.expect("listing.changed", marked_unread=True)
    again = await stage.ask(alice, SetListing(chat_id=lobby, pinned=True, unread=True))
    assert again == marked
    bare = await stage.ask(alice, SetListing(chat_id=lobby, pinned=False, unread=False))
    assert (bare.pinned_at, bare.marked_unread) == (None, False)
    await others.expect_nothing()


async def test_settings_of_a_chat_one_is_not_in_are_not_found(
    stage: Stage, lobby: int, carol: Identity
) -> None:
    with pytest.raises(errors.NotFound):
        await stage.ask(carol, SetDraft(chat_id=lobby, text="hm"))


async def test_what_may_notify_somebody_changes_by_parts(stage: Stage, alice: Identity) -> None:
    first = SetNotifications(causes={"reaction": "alert"}, keywords=[" счёт ", "Счет", "1С"])
    chosen = await stage.ask(alice, first)
    assert (chosen.causes, chosen.keywords) == ({"reaction": "alert"}, ["Счет", "1С"])
    second = SetNotifications(
        causes={"chat": "silent"}, quiet=QuietHours(), until="2026-12-01T12:00:00+03:00"
    )
    chosen = await stage.ask(alice, second)
    assert chosen.causes == {"reaction": "alert", "chat": "silent"}
    assert (chosen.keywords, chosen.quiet) == (["Счет", "1С"], QuietHours())
    assert chosen.until == "2026-12-01T09:00:00.000Z"
    chosen = await stage.ask(alice, SetNotifications(quiet=None, until=None, hide_text=True))
    assert (chosen.quiet, chosen.until, chosen.hide_text) == (None, None, True)
    with pytest.raises(errors.ValidationFailed):
        await stage.ask(alice, SetNotifications(until="tomorrow"))

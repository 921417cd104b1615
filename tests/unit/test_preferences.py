import pytest

from messenger import errors
from messenger.model import Identity, KeptSearch, QuietHours
from messenger.protocol.preferences import (
    SetDraft,
    SetListing,
    SetNotifications,
    SetNotify,
    SetSearches,
)

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


def kept(name: str = "Срочное", q: str = "label:срочно") -> KeptSearch:
    return KeptSearch(of="search", name=name, q=q)


def search_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


async def test_a_search_that_is_kept_leaves_the_others_of_all_devices_as_they_are(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    own, others = stage.reader(alice, alice.user_id), stage.reader(bob, bob.user_id)
    one, other = search_id(1), search_id(2)
    await stage.ask(alice, SetSearches(searches={one: kept()}))
    await stage.ask(alice, SetSearches(searches={other: kept(name="  Счета ")}))
    left = await stage.ask(alice, SetSearches(searches={one: None, search_id(9): None}))
    assert {id: search.name for id, search in left.searches.items()} == {other: "Счета"}
    for _ in range(3):
        await own.expect("searches.changed")
    await others.expect_nothing()


@pytest.mark.parametrize("wrong", [kept(name="  "), kept(name="a\nb"), kept(q="\x00")])
async def test_a_search_has_a_name_that_can_be_read(
    stage: Stage, alice: Identity, wrong: KeptSearch
) -> None:
    with pytest.raises(errors.ValidationFailed):
        await stage.ask(alice, SetSearches(searches={search_id(1): wrong}))


async def test_a_hundred_searches_are_kept_and_not_more(stage: Stage, alice: Identity) -> None:
    all = {search_id(number): kept() for number in range(100)}
    await stage.ask(alice, SetSearches(searches=all))
    with pytest.raises(errors.ValidationFailed):
        await stage.ask(alice, SetSearches(searches={search_id(100): kept()}))

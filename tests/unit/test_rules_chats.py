from collections.abc import Callable
from typing import Any

import pytest

from messenger.errors import DirectDisabled, DomainError, Forbidden, NotFound, ValidationFailed
from messenger.model import Chat, ChatKind, Identity, Member, MemberRole, Message
from messenger.rules import chats as rules

AT = "2026-11-21T09:30:00.000Z"
KINDS: tuple[ChatKind, ...] = ("direct", "group", "org")
ROLES: tuple[MemberRole, ...] = ("owner", "admin", "member")
ALICE, BOB, CAROL = 1, 2, 3


def chat(kind: ChatKind, deleted: bool = False) -> Chat:
    gone = AT if deleted else None
    return Chat(id=17, kind=kind, created_at=AT, updated_at=AT, deleted_at=gone)


def member(role: MemberRole, user_id: int = ALICE, left: bool = False) -> Member:
    gone = AT if left else None
    return Member(chat_id=17, user_id=user_id, role=role, joined_at=AT, left_at=gone)


def message(sender: int = ALICE, pinned_by: int | None = None, deleted: bool = False) -> Message:
    return Message(
        chat_id=17, seq=4, n=1, sender_id=sender, client_message_id="k", text="hi", created_at=AT,
        pinned_at=AT if pinned_by else None, pinned_by=pinned_by,
        deleted_at=AT if deleted else None,
    )  # fmt: skip


def who(user_id: int = ALICE, **fields: Any) -> Identity:
    fields = {"role": "user"} | fields
    return Identity(user_id=user_id, session_id="s", username="alice", **fields)


# What each acts on: the acting member's role and the chat's kind; alice acts.

Act = Callable[[MemberRole, ChatKind], Any]
ACTS: dict[str, Act] = {
    "change the chat": lambda role, kind: rules.check_change_chat(member(role), chat(kind)),
    "delete the chat": lambda role, kind: rules.check_delete_chat(member(role), chat(kind)),
    "add members": lambda role, kind: rules.check_change_members(member(role), chat(kind)),
    "leave": lambda role, kind: rules.check_leave(chat(kind)),
    "remove a member": lambda role, kind: rules.check_remove(
        member(role), member("member", BOB), chat(kind)
    ),
    "remove an owner": lambda role, kind: rules.check_remove(
        member(role), member("owner", BOB), chat(kind)
    ),
    "make an admin": lambda role, kind: rules.check_set_role(
        member(role), member("member", BOB), "admin", chat(kind)
    ),
    "make an owner": lambda role, kind: rules.check_set_role(
        member(role), member("member", BOB), "owner", chat(kind)
    ),
    "demote an owner": lambda role, kind: rules.check_set_role(
        member(role), member("owner", BOB), "member", chat(kind)
    ),
    "delete one's own message": lambda role, kind: rules.check_delete(
        message(ALICE), member(role), chat(kind)
    ),
    "delete another's message": lambda role, kind: rules.check_delete(
        message(BOB), member(role), chat(kind)
    ),
    "take away one's own pin": lambda role, kind: rules.check_unpin(
        message(BOB, pinned_by=ALICE), member(role), chat(kind)
    ),
    "take away another's pin": lambda role, kind: rules.check_unpin(
        message(ALICE, pinned_by=BOB), member(role), chat(kind)
    ),
}
# Who may: o(wner), a(dmin), m(ember), by kind of chat. Everything else is forbidden.
MAY: dict[str, dict[ChatKind, str]] = {
    "change the chat": {"direct": "", "group": "oa", "org": "oa"},
    "delete the chat": {"direct": "", "group": "o", "org": ""},
    "add members": {"direct": "", "group": "oa", "org": ""},
    "leave": {"direct": "", "group": "oam", "org": ""},
    "remove a member": {"direct": "", "group": "oa", "org": ""},
    "remove an owner": {"direct": "", "group": "o", "org": ""},
    "make an admin": {"direct": "", "group": "oa", "org": "oa"},
    "make an owner": {"direct": "", "group": "o", "org": "o"},
    "demote an owner": {"direct": "", "group": "o", "org": "o"},
    "delete one's own message": {"direct": "oam", "group": "oam", "org": "oam"},
    "delete another's message": {"direct": "", "group": "oa", "org": "oa"},
    "take away one's own pin": {"direct": "oam", "group": "oam", "org": "oam"},
    "take away another's pin": {"direct": "oam", "group": "oa", "org": "oa"},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", ACTS)
def test_who_may_do_what(act: str, role: MemberRole, kind: ChatKind) -> None:
    if role[0] in MAY[act][kind]:
        ACTS[act](role, kind)
    else:
        with pytest.raises(Forbidden):
            ACTS[act](role, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("seat", "identity", "deleted"),
    [
        (None, who(), False),
        (member("owner", left=True), who(), False),
        (member("owner"), who(disabled=True), False),
        (member("owner"), who(revoked=True), False),
        (member("owner"), who(), True),
        (None, who(role="admin"), False),
    ],
    ids=["stranger", "left", "disabled", "signed out", "chat deleted", "the organisation's admin"],
)
def test_chat_does_not_exist_for(
    kind: ChatKind, seat: Member | None, identity: Identity, deleted: bool
) -> None:
    with pytest.raises(NotFound):
        rules.check_member(seat, chat(kind, deleted), identity)


@pytest.mark.parametrize("role", ROLES)
def test_member_is_let_in(role: MemberRole) -> None:
    assert rules.check_member(member(role), chat("group"), who()) == member(role)


@pytest.mark.parametrize(
    ("seats", "allowed"),
    [
        ([member("owner")], True),
        ([member("owner"), member("owner", BOB)], True),
        ([member("owner"), member("member", BOB, left=True)], True),
        ([member("owner"), member("member", BOB)], False),
        ([member("owner"), member("owner", BOB, left=True), member("admin", CAROL)], False),
    ],
    ids=["alone", "two owners", "alone by now", "members stay", "other owner left"],
)
def test_last_owner_hands_over_before_leaving(seats: list[Member], allowed: bool) -> None:
    members = {seat.user_id: seat for seat in seats}
    if allowed:
        rules.check_not_last_owner(members[ALICE], members)
    else:
        with pytest.raises(Forbidden):
            rules.check_not_last_owner(members[ALICE], members)


@pytest.mark.parametrize("role", ["admin", "member"])
def test_who_is_no_owner_hands_nothing_over(role: MemberRole) -> None:
    members = {ALICE: member(role), BOB: member("member", BOB)}
    rules.check_not_last_owner(members[ALICE], members)


def test_message_is_edited_by_its_author_alone() -> None:
    assert rules.check_edit(message(ALICE), who(ALICE)).seq == 4
    with pytest.raises(Forbidden):
        rules.check_edit(message(ALICE), who(BOB))


@pytest.mark.parametrize("gone", [None, message(deleted=True)], ids=["never was", "tombstone"])
def test_nothing_is_done_with_a_message_that_is_not_there(gone: Message | None) -> None:
    owner, group = member("owner"), chat("group")
    acts: tuple[Callable[[], object], ...] = (
        lambda: rules.check_there(gone),
        lambda: rules.check_edit(gone, who()),
        lambda: rules.check_delete(gone, owner, group),
        lambda: rules.check_unpin(gone, owner, group),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize("role", ["admin", "user"])
def test_users_make_groups_and_guests_do_not(role: str) -> None:
    rules.check_create_group(who(role=role))
    with pytest.raises(Forbidden):
        rules.check_create_group(who(role="guest"))


def test_direct_chats_can_be_switched_off_but_for_the_notebook() -> None:
    rules.check_open_direct(who(ALICE), BOB, switched_on=True)
    rules.check_open_direct(who(ALICE), ALICE, switched_on=False)
    with pytest.raises(DirectDisabled):
        rules.check_open_direct(who(ALICE), BOB, switched_on=False)


@pytest.mark.parametrize(("read", "received"), [(0, None), (None, 7), (7, 7), (3, 5)])
def test_marks_up_to_the_head_are_taken(read: int | None, received: int | None) -> None:
    rules.check_marks(read, received, head=7)


@pytest.mark.parametrize(("read", "received"), [(None, None), (8, None), (None, 8), (7, 8)])
def test_marks_past_the_head_or_none_at_all_are_refused(
    read: int | None, received: int | None
) -> None:
    with pytest.raises(ValidationFailed):
        rules.check_marks(read, received, head=7)


def test_every_refusal_says_what_to_do() -> None:
    for act, kinds in MAY.items():
        for kind, allowed in kinds.items():
            for role in ROLES:
                if role[0] not in allowed:
                    assert str(refusal(ACTS[act], role, kind)).endswith(".")


def refusal(act: Act, role: MemberRole, kind: ChatKind) -> DomainError:
    with pytest.raises(Forbidden) as refused:
        act(role, kind)
    return refused.value

"""Who may do what in a chat."""

from collections.abc import Iterable, Mapping, Sequence

from messenger.errors import DirectDisabled, Forbidden, NotFound, QuotaExceeded, ValidationFailed
from messenger.model import Chat, File, Identity, Member, MemberRole, Message, My, User
from messenger.rules.accounts import can_sign_in

LEADERS = ("owner", "admin")
FORWARDED_AT_ONCE = 200
"""Copies that one command makes: all of them pass through the journal within its deadline."""
COMMON_TITLES = {"ru": "Общий чат", "en": "Everyone"}
"""What the common chat is called until it is named; clients show it in the reader's language."""


def check_member(member: Member | None, chat: Chat, who: Identity) -> Member:
    """A chat exists for its members alone, and for those who are signed in still."""
    if who.disabled or who.revoked or member is None or member.left_at is not None:
        raise NotFound()
    if chat.deleted_at is not None:
        raise NotFound()
    return member


def check_change_chat(member: Member | My, chat: Chat) -> None:
    if chat.kind == "direct":
        raise Forbidden("A direct chat has no title and no settings.")
    if member.role not in LEADERS:
        raise Forbidden("Only the chat's owner and admins may change it.")


def check_delete_chat(member: Member, chat: Chat) -> None:
    if chat.kind != "group":
        raise Forbidden("Only groups can be deleted.")
    if member.role != "owner":
        raise Forbidden("Only the chat's owner may delete it.")


def check_change_members(member: Member, chat: Chat) -> None:
    if chat.kind == "direct":
        raise Forbidden("A direct chat stays between its two people; make a group instead.")
    if chat.kind == "org":
        raise Forbidden("Everyone of the organisation is in this chat, always.")
    if member.role not in LEADERS:
        raise Forbidden("Only the chat's owner and admins may change its members.")


def check_here(user_ids: Iterable[int], users: Mapping[int, User]) -> None:
    """Refuse people who are not seen by the asker, or cannot sign in."""
    missing = [id for id in user_ids if not can_sign_in(users.get(id))]
    if missing:
        raise NotFound("Some of these people are not here.", user_ids=missing)


def check_direct_between(chat: Chat, user_id: int) -> None:
    """A direct chat is there for its two people alone."""
    if chat.kind != "direct" or chat.user_ids is None or user_id not in chat.user_ids:
        raise NotFound()


def check_set_role(member: Member, target: Member, role: MemberRole, chat: Chat) -> None:
    if chat.kind == "org":
        check_change_chat(member, chat)
    else:
        check_change_members(member, chat)
    if member.role != "owner" and "owner" in (role, target.role):
        raise Forbidden("Only an owner may name or change an owner.")


def check_not_last_owner(target: Member, members: Mapping[int, Member]) -> None:
    """An owner hands over before leaving, unless there are no others."""
    if target.role != "owner":
        return
    others = [m for m in members.values() if m.left_at is None and m.user_id != target.user_id]
    if others and not any(m.role == "owner" for m in others):
        raise Forbidden("Name another owner first: a chat must not lose its last one.")


def successor(members: Iterable[Member], users: Mapping[int, User], is_org: bool) -> Member | None:
    """Who becomes a chat's owner; None where it has one, or no members are left.

    The eldest of its admins, or else of its members, guests last. The common chat is led by an
    administrator of the organisation.
    """
    here = list(members)
    if any(member.role == "owner" for member in here):
        return None
    if is_org:
        here = [member for member in here if users[member.user_id].role == "admin"]

    def rank(member: Member) -> tuple[bool, bool, str, int]:
        is_guest = users[member.user_id].role == "guest"
        return is_guest, member.role != "admin", member.joined_at, member.user_id

    return min(here, key=rank, default=None)


def check_take_over(chat: Chat, active: Mapping[int, Member]) -> None:
    """An administrator of the organisation enters a group only where nobody leads it.

    `active` are the members who can sign in.
    """
    if chat.kind == "direct" or chat.deleted_at is not None:
        raise NotFound()
    if chat.kind == "org":
        raise Forbidden("The common chat is led by the organisation's administrators already.")
    if any(m.role == "owner" and m.left_at is None for m in active.values()):
        raise Forbidden("This chat has an owner; ask them to let you in.")


def check_leave(chat: Chat) -> None:
    if chat.kind == "org":
        raise Forbidden("Nobody leaves the organisation's common chat.")
    if chat.kind == "direct":
        raise Forbidden("A direct chat cannot be left; mute it instead.")


def check_remove(member: Member, target: Member, chat: Chat) -> None:
    check_change_members(member, chat)
    if target.role == "owner" and member.role != "owner":
        raise Forbidden("Only an owner may remove an owner.")


def check_edit(message: Message | None, who: Identity) -> Message:
    message = check_there(message)
    if message.sender_id != who.user_id:
        raise Forbidden("Only its author may edit a message.")
    if message.forwarded_from is not None:
        raise Forbidden("A forwarded message stays as it was written.")
    return message


def check_delete(message: Message | None, member: Member, chat: Chat) -> Message:
    message = check_there(message)
    if message.sender_id != member.user_id and (
        chat.kind == "direct" or member.role not in LEADERS
    ):
        raise Forbidden("Only its author or the chat's admins may delete a message.")
    return message


def check_unpin(message: Message | None, member: Member, chat: Chat) -> Message:
    """Anyone pins; another's pin is taken away by the chat's leaders alone."""
    message = check_there(message)
    if (
        message.pinned_at is not None
        and message.pinned_by != member.user_id
        and chat.kind != "direct"
        and member.role not in LEADERS
    ):
        raise Forbidden("Only who pinned it or the chat's admins may unpin a message.")
    return message


def check_there(message: Message | None) -> Message:
    """A deleted message is a tombstone: seen, but nothing can be done with it."""
    if message is None or message.deleted_at is not None:
        raise NotFound("There is no such message.")
    return message


def check_forward(copies: int) -> None:
    if copies > FORWARDED_AT_ONCE:
        raise ValidationFailed(
            f"That would be {copies} copies; up to {FORWARDED_AT_ONCE} are made at once.",
            limit=FORWARDED_AT_ONCE,
        )


def check_quota(would: int, quota: int) -> None:
    """Refuse copies of files that would make it more than somebody may keep."""
    if would > quota:
        raise QuotaExceeded(
            f"There is no room left for your files: {quota} bytes in all; delete some first.",
            quota=quota,
        )


def check_files(ids: Sequence[str]) -> None:
    """A message has each of its files once."""
    if len(set(ids)) < len(ids):
        raise ValidationFailed("`file_ids` names a file twice.", field="file_ids")


def check_files_found(ids: Sequence[str], found: Sequence[File]) -> None:
    """All of them have to be there, and to be the sender's own."""
    if len(found) < len(ids):
        raise NotFound("There is no such file of yours in this chat.")


def check_create_group(who: Identity) -> None:
    if who.role == "guest":
        raise Forbidden("Guests take part in chats, but do not make groups.")


def check_person(user: User | None) -> None:
    """Refuse a person who is not seen by the asker, or cannot sign in."""
    if not can_sign_in(user):
        raise NotFound("There is no such person.")


def check_open_direct(who: Identity, user_id: int, switched_on: bool) -> None:
    if user_id != who.user_id and not switched_on:
        raise DirectDisabled()


def check_marks(read: int | None, received: int | None, head: int) -> None:
    if read is None and received is None:
        raise ValidationFailed("Give `read_seq`, `received_seq` or both.")
    for field, mark in (("read_seq", read), ("received_seq", received)):
        if mark is not None and mark > head:
            raise ValidationFailed(
                f"`{field}` is past the newest event ({head}).", field=field, head=head
            )

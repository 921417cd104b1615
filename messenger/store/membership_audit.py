"""What a decision means for the audit: who came into a group, who left, who may do what there.

Derived from its events, so no actor can forget it. Of direct chats nothing is recorded
(`audit.record_of_group`): they are nobody's business but their two people's.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from messenger.decision import Entry
from messenger.model import Member

ACTIONS: Final = {
    "member.joined": "member.add",
    "member.left": "member.remove",
    "member.updated": "member.role",
    "chat.created": "chat.create",
    "chat.deleted": "chat.delete",
}


def audited(entries: Sequence[Entry]) -> list[tuple[str, int, dict[str, Any] | None]]:
    """Action, chat and details: one for each chat and kind of change, with all its people."""
    # Whose account was made or changed: that is a record of its own; the common chat goes with it.
    own = {each.subject for each in entries if each.type in ("user.joined", "user.updated")}
    people: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for each in entries:
        by_account = isinstance(each.data, Member) and each.data.user_id in own
        if each.type in ACTIONS and not by_account:
            people[ACTIONS[each.type], each.stream].append(each)
    return [(action, chat, _details(found)) for (action, chat), found in people.items()]


def _details(entries: list[Entry]) -> dict[str, Any] | None:
    """Who, and their roles before and after; null is not being in it."""
    found = [each for each in entries if isinstance(each.data, Member)]
    if not found:
        return None
    people = {str(each.data.user_id): each for each in found}
    return {
        "people": [each.data.user_id for each in found],
        "before": {id: _role(each.was) or _left(each) for id, each in people.items()},
        "after": {id: _role(each.data) for id, each in people.items()},
    }


def _role(member: Any) -> str | None:
    """A member's role while they are in it."""
    return member.role if isinstance(member, Member) and member.left_at is None else None


def _left(entry: Entry) -> str | None:
    """The role of who leaves, which stays with the seat."""
    return str(entry.data.role) if entry.type == "member.left" else None

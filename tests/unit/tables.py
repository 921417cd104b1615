"""The model's dicts: what is kept, how a row changes, and how it is read. All at once, no trips."""

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from messenger import decision as decisions
from messenger import errors
from messenger.decision import Decision, Entry
from messenger.model import (
    Chat,
    ChatMembership,
    Column,
    Event,
    File,
    Invite,
    Me,
    Member,
    Message,
    NotifySettings,
    Reaction,
    SavedSearches,
    Subject,
    Task,
    User,
    timestamp,
)
from messenger.protocol.event_types import is_kept_in_log
from messenger.rules.accounts import email_key, username_key
from messenger.storage import Duplicate, Keyed, Marked, Posting, Source, StaleHead, Stored


class Head(msgspec.Struct):
    kind: str
    seq: int = 0
    n: int = 0


class Row(msgspec.Struct, frozen=True):
    """An event as the log keeps it: the subject's number, or what no table has."""

    type: str
    stream: int
    seq: int
    at: str
    by: int | None
    subject: int | None
    data: Any = None


class Membership(msgspec.Struct):
    member: Member
    read_seq: int = 0
    received_seq: int = 0
    read_n: int = 0

    @property
    def present(self) -> bool:
        return self.member.left_at is None


class Tables:
    """Everything that is stored."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.tops: dict[int, Head] = {}
        self.log: dict[int, list[Row]] = {}
        self.chats: dict[int, Chat] = {}
        self.members: dict[tuple[int, int], Membership] = {}
        self.messages: dict[tuple[int, int], Message] = {}
        self.sources: dict[tuple[int, int], Source | None] = {}
        self.files: dict[str, File] = {}
        self.reactions: dict[tuple[int, int], dict[tuple[str, int], int]] = {}
        self.sent_keys: dict[tuple[int, str], tuple[str, Stored]] = {}
        self.keys: dict[tuple[int, str], Keyed] = {}
        self.people: dict[int, Me] = {}
        self.invites: dict[str, Invite] = {}
        self.live: dict[str, int] = {}
        self.preferences: dict[tuple[int, int], decisions.PreferenceSet] = {}
        self.notify_settings: dict[int, NotifySettings] = {}
        self.kept_searches: dict[int, SavedSearches] = {}
        self.seen: dict[int, datetime] = {}
        self.tasks: dict[int, Task] = {}
        self.columns: dict[int, Column] = {}
        # By event family and subject: at which version each field last changed.
        self.versions: dict[tuple[str, int], dict[str, int]] = {}
        self.numbers = itertools.count(1)

    # Setting the scene

    def install_org(self) -> int:
        id = self._new_stream("chat")
        at = timestamp(self.clock())
        self.chats[id] = Chat(id=id, kind="org", title="Org", created_at=at, updated_at=at, rev=1)
        self._append(id, "chat.created", None, id, at)
        return id

    def open_session(self, user_id: int) -> str:
        id = f"00000000-0000-4000-8000-{next(self.numbers):012x}"
        self.live[id] = user_id
        return id

    def trim(self, stream: int, upto: int) -> None:
        """Let the retention take the oldest events."""
        self.log[stream] = [row for row in self.log[stream] if row.seq > upto]

    # A message and its marks

    def _store(self, posting: Posting, at: str) -> Stored | Exception:
        key = (posting.sender_id, posting.client_message_id)
        if key in self.sent_keys:
            digest, stored = self.sent_keys[key]
            return (
                replace(stored, duplicate=True)
                if digest == posting.digest
                else errors.IdempotencyMismatch()
            )
        chat_id, head = posting.chat_id, self.tops.get(posting.chat_id)
        if head is None:
            return errors.NotFound()
        head.n += 1
        seq = self._append(chat_id, "message.created", posting.sender_id, head.seq + 1, at)
        self.messages[chat_id, seq] = Message(
            chat_id=chat_id, seq=seq, n=head.n, sender_id=posting.sender_id, text=posting.text,
            client_message_id=posting.client_message_id, reply_to=posting.reply_to,
            mentions=posting.mentions, mentions_all=posting.mentions_all, created_at=at, rev=seq,
            files=posting.files,
            forwarded_from=posting.source and posting.source.forwarded_from,
        )  # fmt: skip
        self.sources[chat_id, seq] = posting.source
        stored = Stored(chat_id, seq, head.n, at, False)
        self.sent_keys[key] = posting.digest, stored
        self._move(chat_id, posting.sender_id, seq, seq, at)
        return stored

    def _move(
        self, chat_id: int, user_id: int, read: int, received: int, at: str
    ) -> Marked | Exception:
        found = self.members.get((chat_id, user_id))
        if found is None:
            return errors.NotFound()
        read_n = max((m.n for (c, s), m in self.messages.items() if c == chat_id and s <= read),
                     default=0)  # fmt: skip
        found.read_seq = max(found.read_seq, read)
        found.received_seq = max(found.received_seq, received, read)
        found.read_n = max(found.read_n, read_n)
        return Marked(chat_id, user_id, found.read_seq, found.received_seq, found.read_n)

    # A decision

    def commit_now(self, decision: Decision, at: datetime) -> list[Event]:
        """All of it or, when something is taken, nothing; also for tests that write as others."""
        self._check_free(decision)
        moment = timestamp(at)
        numbered = [(self._number(entry, decision.by, moment), entry) for entry in decision.entries]
        for write in decision.writes:
            self._write(write)
        for seq, entry in numbered:
            self._save(entry, seq)
        for key in decision.keys:
            self.keys[key.user_id, key.key] = Keyed(key.digest, key.subject)
        return [self._as_committed(seq, entry) for seq, entry in numbered]

    def _check_free(self, decision: Decision) -> None:
        keys = [(key.user_id, key.key) for key in decision.keys]
        if len(set(keys)) < len(keys) or any(key in self.keys for key in keys):
            raise Duplicate("request_keys_pkey")
        stream, seq = decision.head or (0, 0)
        grows = any(entry.stream == stream for entry in decision.entries)
        if grows and self.tops[stream].seq != seq:
            raise StaleHead
        pairs = [chat.user_ids for chat in self.chats.values() if chat.user_ids is not None]
        for entry in decision.entries:
            if entry.type == "chat.created" and entry.data.user_ids in pairs:
                raise Duplicate("chats_user_ids_key")
        for write in decision.writes:
            if isinstance(write, decisions.UserAdded):
                name, email = username_key(write.user.username), write.command.email
                if any(username_key(me.username) == name for me in self.people.values()):
                    raise Duplicate("users_username_key_key")
                if email and any(email_key(me.email or "") == email_key(email)
                                 for me in self.people.values()):  # fmt: skip
                    raise Duplicate("users_email_key_key")

    def _new_stream(self, kind: str) -> int:
        id = len(self.tops) + 1
        self.tops[id] = Head(kind)
        self.log[id] = []
        return id

    def _append(
        self, stream: int, type: str, by: int | None, subject: int | None, at: str, data: Any = None
    ) -> int:
        head = self.tops[stream]
        head.seq += 1
        self.log[stream].append(Row(type, stream, head.seq, at, by, subject, data))
        return head.seq

    def _number(self, entry: Entry, by: int | None, at: str) -> int:
        logged = entry.data if is_kept_in_log(entry.type) else None
        return self._append(entry.stream, entry.type, entry.by or by, entry.subject, at, logged)

    def _as_committed(self, seq: int, entry: Entry) -> Event:
        row = self.log[entry.stream][seq - 1 - self.tops[entry.stream].seq]
        if entry.data is None:
            return self._event(row)
        data = replace(entry.data, rev=seq) if isinstance(entry.data, Subject) else entry.data
        return Event(row.type, row.stream, seq, row.at, row.by, data)

    def _write(self, write: decisions.Write) -> None:
        match write:
            case decisions.UserAdded(user=user, command=c):
                public = {name: getattr(user, name) for name in User.__struct_fields__}
                self.people[user.id] = Me(
                    **public,
                    email=c.email,
                    email_verified_at=user.created_at if c.email_verified else None,
                    locale=c.locale,
                    time_zone=c.time_zone,
                )
            case decisions.PrivateSaved(user_id=id):
                self.people[id] = replace(
                    self.people[id],
                    email=write.email,
                    email_verified_at=write.email_verified_at,
                    locale=write.locale,
                    time_zone=write.time_zone,
                )
            case decisions.InviteCreated(invite=invite):
                self.invites[invite.id] = invite
            case decisions.InviteRevoked(invite_id=id):
                self.invites[id] = replace(self.invites[id], revoked_at=timestamp(self.clock()))
            case decisions.SessionsRevoked(session_ids=ids):
                for session_id in ids:
                    self.live.pop(session_id, None)
            case decisions.PreferenceSet(user_id=user_id, chat_id=chat_id):
                self.preferences[user_id, chat_id] = write
            case decisions.NotificationsSet(user_id=user_id, settings=settings):
                self.notify_settings[user_id] = settings
            case decisions.SearchesSet(user_id=user_id, searches=searches):
                self.kept_searches[user_id] = searches

    def _save(self, entry: Entry, seq: int) -> None:
        type, data = entry.type, entry.data
        if isinstance(data, Subject):
            data = replace(data, rev=seq)
        match data:
            case Message():
                self.messages[data.chat_id, data.seq] = replace(data, reactions=[])
                if data.deleted_at is not None:
                    self.reactions.pop((data.chat_id, data.seq), None)
            case Chat():
                self.chats[data.id] = data
            case Member():
                self._seat(data)
            case User():
                public = {name: getattr(data, name) for name in User.__struct_fields__}
                self.people[data.id] = replace(self.people[data.id], **public)
            case Task() | Column():
                kept: dict[int, Any] = self.tasks if isinstance(data, Task) else self.columns
                kept[data.id] = data
                changed = dict.fromkeys(entry.detail["fields"], data.version)
                self.versions.setdefault((type.partition(".")[0], data.id), {}).update(changed)
            case _ if type.startswith("reaction."):
                place, given = (data.chat_id, data.seq), (data.emoji, data.user_id)
                self.messages[place] = replace(self.messages[place], rev=seq)
                if type == "reaction.added":
                    self.reactions.setdefault(place, {})[given] = seq
                else:
                    del self.reactions[place][given]

    def _seat(self, member: Member) -> None:
        """Who joins, or comes back, starts with nothing unread."""
        head = self.tops[member.chat_id]
        fresh = Membership(member, head.seq, head.seq, head.n)
        before = self.members.get((member.chat_id, member.user_id))
        if before is None or (before.member.left_at is not None and member.left_at is None):
            self.members[member.chat_id, member.user_id] = fresh
        else:
            before.member = member

    # Reading

    def _event(self, row: Row) -> Event:
        data = row.data
        if data is None and row.subject is not None:
            data = self._subject(row.type, row.stream, row.subject)
        return Event(row.type, row.stream, row.seq, row.at, row.by, data)

    def _subject(self, type: str, stream: int, id: int) -> Any:
        match type.partition(".")[0]:
            case "message":
                return self._message(stream, id)
            case "member":
                found = self.members.get((stream, id))
                return found and found.member
            case "user":
                me = self.people.get(id)
                return me and User(**{name: getattr(me, name) for name in User.__struct_fields__})
            case "chat" if type in ("chat.joined", "chat.left"):
                return self._my(stream, id)
            case "chat":
                return self.chats.get(id)
            case "notifications":
                return self.notify_settings.get(stream, NotifySettings())
            case "searches":
                return self.kept_searches.get(stream, SavedSearches())
            case "settings":
                return self.people.get(stream)
            case "task":
                return self.tasks.get(id)
            case "column":
                return self.columns.get(id)
            case _:
                my = self._my(stream, id)
                return my and my.my()

    def _message(self, chat_id: int, seq: int) -> Message | None:
        message = self.messages.get((chat_id, seq))
        given: dict[str, list[int]] = {}
        for emoji, user_id in sorted(self.reactions.get((chat_id, seq), {}), key=lambda r: r[0]):
            given.setdefault(emoji, []).append(user_id)
        reactions = [Reaction(emoji, len(ids), ids[:20]) for emoji, ids in given.items()]
        return message and replace(message, reactions=reactions)

    def _my(self, user_id: int, chat_id: int) -> ChatMembership | None:
        found = self.members.get((chat_id, user_id))
        if found is None:
            return None
        m, head = found.member, self.tops[chat_id]
        here = m.left_at is None
        chosen = self.preferences.get((user_id, chat_id))
        return ChatMembership(
            chat_id=chat_id, role=m.role, joined_at=m.joined_at, left_at=m.left_at,
            read_seq=found.read_seq, received_seq=found.received_seq, read_n=found.read_n,
            unread=self._unread(found) if here else 0,
            mentions=self._mentions(user_id, found) if here else 0,
            notify=(chosen.notify if chosen else None) or "all",
            muted_until=chosen.muted_until if chosen else None,
            draft=chosen.draft if chosen else None,
            pinned_at=chosen.pinned_at if chosen else None,
            marked_unread=chosen.marked_unread if chosen else False,
            seq=head.seq if here else m.rev,
        )  # fmt: skip

    def _unread(self, found: Membership) -> int:
        return sum(
            1 for (chat_id, _), m in self.messages.items()
            if chat_id == found.member.chat_id and m.n > found.read_n and not m.deleted_at
        )  # fmt: skip

    def _mentions(self, user_id: int, found: Membership) -> int:
        return sum(
            1 for (chat_id, seq), m in self.messages.items()
            if chat_id == found.member.chat_id and seq > found.read_seq and not m.deleted_at
            and m.sender_id != user_id and (m.mentions_all or user_id in m.mentions)
        )  # fmt: skip

    def _present(self, chat_id: int) -> list[Membership]:
        here = [m for (c, _), m in self.members.items() if c == chat_id and not m.member.left_at]
        return sorted(here, key=lambda membership: membership.member.user_id)

    def readable(self, user_id: int, chat_id: int) -> bool:
        found, chat = self.members.get((chat_id, user_id)), self.chats.get(chat_id)
        return bool(found and not found.member.left_at and chat and not chat.deleted_at)

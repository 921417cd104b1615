"""What of each table is in an export, by its scope; and why the rest is not.

What becomes of a new table is decided here: `tests/unit/test_exported_tables.py` asks.
"""

from typing import Final, Literal

import msgspec

from messenger.store.schema import tables as schema

Kind = Literal["org", "chat", "user", "own"]
"""`user` is all that a person has here, as administrators take it; `own` is what they may take."""

IN_CHAT: Final = "chat_id = %(of)s"
OF_USER: Final = "user_id = %(of)s"
_MEMBERS: Final = "(select user_id from members where chat_id = %(of)s)"
_SEATS: Final = "(select chat_id from members where user_id = %(of)s)"
# Of others only what everybody sees of them; no hash of a password but in a whole move.
_PUBLIC: Final = ("id", "username", "display_name", "role", "created_at", "disabled_at")
_SECRET: Final = ("password_hash", "must_change_password", "username_key", "email_key")
_PARTNERS: Final = (
    "(select m.user_id from chats c join members m on m.chat_id = c.id where c.kind = 'direct'"
    " and c.id in (select chat_id from members where user_id = %(of)s))"
)
_EXPIRED: Final = (
    "exists (select from archive_parts p where p.state = 'expired' and p.stream_id = chat_id"
    " and seq between p.first_seq and p.last_seq)"
)


class Selection(msgspec.Struct, frozen=True):
    """Rows (a condition) and columns of one table for one kind of export; `omit` or `only` some."""

    where: str = "true"
    omit: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


class Table(msgspec.Struct, frozen=True):
    """One file of an export, in the order of `key`; tables come after those they refer to."""

    name: str
    key: str
    taken: dict[Kind, Selection]
    file: str | None = None

    @property
    def path(self) -> str:
        return f"{self.file or self.name}.jsonl"

    def columns(self, kind: Kind) -> list[str]:
        """Their names, in the order of the schema."""
        taken = self.taken[kind]
        names = (column.name for column in getattr(schema, self.name).columns)
        return [
            name for name in names
            if name not in taken.omit and (not taken.only or name in taken.only)
        ]  # fmt: skip


def _table(name: str, key: str, file: str | None = None, **taken: Selection | str) -> Table:
    made = {
        kind: Selection(each) if isinstance(each, str) else each for kind, each in taken.items()
    }  # fmt: skip
    if "user" in made:
        made.setdefault("own", made["user"])
    return Table(name, key, made, file)  # type: ignore[arg-type]


_ALL: Final = "true"
TABLES: Final = (
    _table("streams", "id", org=Selection(omit=("first_seq",))),
    _table("instance", "name", "organisation", org="name in ('organisation', 'settings')"),
    _table(
        "users",
        "id",
        org=Selection(omit=("invite_id",)),
        chat=Selection(f"id in {_MEMBERS}", only=_PUBLIC),
        user=Selection("id = %(of)s", omit=(*_SECRET, "invite_id")),
    ),
    _table(
        "users",
        "id",
        "partners",
        user=Selection(
            f"id <> %(of)s and id in {_PARTNERS}", only=("id", "username", "display_name")
        ),
    ),
    _table(
        "chats",
        "id",
        org=_ALL,
        chat="id = %(of)s",
        user=Selection(
            f"id in {_SEATS} and deleted_at is null",
            only=("id", "kind", "title", "user_ids", "created_at"),
        ),
    ),
    _table("members", "chat_id, user_id", org=_ALL, chat=IN_CHAT, user=OF_USER),
    _table("preferences", "user_id, chat_id", org=_ALL, user=OF_USER),
    _table("columns", "id", org=_ALL, chat=IN_CHAT),
    _table(
        "tasks",
        "id",
        org=_ALL,
        chat=IN_CHAT,
        user="(creator = %(of)s or assigned_to = %(of)s) and deleted_at is null",
    ),
    _table("reminders", "task_id, user_id, kind, due", org=_ALL, user=OF_USER),
    _table(
        "files",
        "id",
        org=_ALL,
        chat=IN_CHAT,
        user="uploader_id = %(of)s",
        own="uploader_id = %(of)s and (used_at is null or exists (select from attachments a"
        " where a.file_id = id) or exists (select from task_files t where t.file_id = id))",
    ),
    _table("attachments", "chat_id, seq, position", org=_ALL, chat=IN_CHAT),
    _table("task_files", "task_id, position, file_id", org=_ALL, chat=IN_CHAT),
    _table(
        "avatars",
        "id, side",
        org=_ALL,
        chat="stream_id = %(of)s",
        user="stream_id = %(of)s",
    ),
    _table("mail_marks", "user_id", org=_ALL, user=OF_USER),
    _table("sessions", "created_at, id", user=Selection(OF_USER, omit=("generation",))),
    _table(
        "push_subscriptions",
        "created_at, id",
        "devices",
        user=Selection(OF_USER, only=("id", "user_agent", "locale", "created_at", "succeeded_at")),
    ),
    _table("reactions", "chat_id, seq, emoji", user=OF_USER),
    _table(
        "archive_parts",
        "name",
        "expired",
        org=Selection("state = 'expired'", omit=("id", "manifest_id")),
    ),
    _table("sent_keys", "sender_id, client_message_id", org=_EXPIRED),
    _table("legal_holds", "id", org=_ALL, chat=IN_CHAT, user=OF_USER, own="false"),
    _table("retained", "id", org=_ALL, chat=IN_CHAT, user=OF_USER, own="false"),
)
LOGGED: Final = frozenset({"events", "messages"})
"""These are in the logs, with the archive's parts and the reactions."""
LEFT_OUT: Final = {
    "archive_holds": "what was brought back is live, as all is after an import",
    "archive_manifests": "the archive's parts are in the logs",
    "archive_loose": "files of the archive that are nobody's",
    "archive_mentions": "messages that name somebody are in the logs",
    "archive_tombstones": "deleted messages are in the logs",
    "audit": "a chain of its own deployment; `GET /admin/audit/csv` takes it along",
    "audit_cut": "where that chain begins",
    "audit_words": "names that are in it",
    "beside": "what the migrations of this machine owe",
    "blobs": "the files under `contents` are what it lists",
    "consumers": "how far the server has told devices",
    "erasures": "what is done; what is not is done before",
    "exports": "what people take along from here",
    "invites": "good only with the server's key",
    "job_runs": "how this machine fared",
    "jobs": "the timetable of this machine",
    "mails": "letters on their way",
    "pushed": "what is shown on devices",
    "search_builds": "the index of the search is made anew",
    "search_entries": "the index of the search is made anew",
    "search_texts": "the index of the search is made anew",
    "search_unread": "the index of the search is made anew",
    "search_words": "the index of the search is made anew",
    "request_keys": "repeats of the last 30 days, by clients that know this deployment",
}

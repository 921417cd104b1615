"""The tables as SQLAlchemy Core knows them; `db check` holds the database to this.

The migrations make them; this is what the statements are built from.
`messages` and `events` carry no foreign keys: their rows are numbered under the
lock of their stream's row, which already proves that it exists, and a trigger
per row would be the dearest part of a send.
"""

from messenger.store.schema.tables.archive import (
    archive_holds,
    archive_loose,
    archive_manifests,
    archive_mentions,
    archive_parts,
    archive_tombstones,
    sent_keys,
)
from messenger.store.schema.tables.base import Key, Moment, metadata
from messenger.store.schema.tables.beside import beside
from messenger.store.schema.tables.board import columns, reminders, tasks
from messenger.store.schema.tables.chat import chats, members, messages, preferences, reactions
from messenger.store.schema.tables.file import attachments, avatars, blobs, files, task_files
from messenger.store.schema.tables.hold import legal_holds, retained
from messenger.store.schema.tables.job import job_runs, jobs
from messenger.store.schema.tables.leaving import erasures, exports
from messenger.store.schema.tables.log import (
    audit,
    audit_cut,
    audit_words,
    events,
    instance,
    request_keys,
    streams,
)
from messenger.store.schema.tables.mail import mail_marks, mails
from messenger.store.schema.tables.people import invites, sessions, users
from messenger.store.schema.tables.push import consumers, push_subscriptions, pushed
from messenger.store.schema.tables.search import (
    search_builds,
    search_entries,
    search_texts,
    search_unread,
    search_words,
)

__all__ = [
    "Key",
    "Moment",
    "archive_holds",
    "archive_loose",
    "archive_manifests",
    "archive_mentions",
    "archive_parts",
    "archive_tombstones",
    "attachments",
    "audit",
    "audit_cut",
    "audit_words",
    "avatars",
    "beside",
    "blobs",
    "chats",
    "columns",
    "consumers",
    "erasures",
    "events",
    "exports",
    "files",
    "instance",
    "invites",
    "job_runs",
    "jobs",
    "legal_holds",
    "mail_marks",
    "mails",
    "members",
    "messages",
    "metadata",
    "preferences",
    "push_subscriptions",
    "pushed",
    "reactions",
    "reminders",
    "request_keys",
    "retained",
    "search_builds",
    "search_entries",
    "search_texts",
    "search_unread",
    "search_words",
    "sent_keys",
    "sessions",
    "streams",
    "task_files",
    "tasks",
    "users",
]

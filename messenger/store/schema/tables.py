"""The tables as SQLAlchemy Core knows them; `db check` holds the database to this.

The migrations make them; this page is what the statements are built from.
`messages` and `events` carry no foreign keys: their rows are numbered under the
lock of their stream's row, which already proves that it exists, and a trigger
per row would be the dearest part of a send.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, TIMESTAMP, UUID

metadata = sa.MetaData()
Moment = TIMESTAMP(timezone=True)
Key = UUID(as_uuid=False)
Bytewise = sa.Text(collation="C")

instance = sa.Table(
    "instance",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

streams = sa.Table(
    "streams",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("n", sa.BigInteger, nullable=False, server_default="0"),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("stream_id", sa.BigInteger, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("by", sa.BigInteger),
    sa.Column("at", Moment, nullable=False),
    sa.Column("subject", sa.BigInteger),
    sa.Column("data", JSONB),
    sa.Index(
        "events_of_tasks",
        "stream_id",
        "subject",
        "seq",
        postgresql_where=sa.text("type like 'task.%'"),
    ),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.BigInteger, sa.ForeignKey("streams.id"), primary_key=True),
    sa.Column("username", sa.Text, nullable=False),
    sa.Column("username_key", sa.Text, nullable=False, unique=True),
    sa.Column("email", sa.Text),
    sa.Column("email_key", sa.Text, unique=True),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("avatar_url", sa.Text),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("disabled_at", Moment),
    sa.Column("last_seen_at", Moment),
    sa.Column("must_change_password", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("invite_id", Key, sa.ForeignKey("invites.id")),
    sa.Column("rev", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index("users_of_invite", "invite_id", postgresql_where=sa.text("invite_id is not null")),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("rotated_at", Moment, nullable=False),
    sa.Column("last_used_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
)

invites = sa.Table(
    "invites",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("created_by", sa.BigInteger, sa.ForeignKey("users.id")),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("uses_left", sa.Integer, nullable=False),
    sa.Column("uses", sa.Integer, nullable=False, server_default="1"),
    sa.Column("revoked_at", Moment),
    sa.Column("revoked_by", sa.BigInteger, sa.ForeignKey("users.id")),
)

chats = sa.Table(
    "chats",
    metadata,
    sa.Column("id", sa.BigInteger, sa.ForeignKey("streams.id"), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("board", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("user_ids", ARRAY(sa.BigInteger), unique=True),
    sa.Column("created_by", sa.BigInteger),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("deleted_at", Moment),
    sa.Column("rev", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index("chats_one_org", "kind", unique=True, postgresql_where=sa.text("kind = 'org'")),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chats.id"), primary_key=True),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("joined_at", Moment, nullable=False),
    sa.Column("left_at", Moment),
    sa.Column("read_seq", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("received_seq", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("read_n", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("rev", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index("members_of_user", "user_id", postgresql_where=sa.text("left_at is null")),
)

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chats.id"), primary_key=True),
    sa.Column("notify", sa.Text),
    sa.Column("muted_until", Moment),
    sa.Column("draft", sa.Text),
    sa.Column("pinned_at", Moment),
    sa.Column("marked_unread", sa.Boolean, nullable=False, server_default=sa.false()),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("n", sa.BigInteger, nullable=False),
    sa.Column("sender_id", sa.BigInteger, nullable=False),
    sa.Column("client_message_id", Key, nullable=False),
    sa.Column("digest", BYTEA, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("reply_to", sa.BigInteger),
    sa.Column("task_id", sa.BigInteger),
    sa.Column("mentions", ARRAY(sa.BigInteger), nullable=False, server_default="{}"),
    sa.Column("mentions_all", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("edited_at", Moment),
    sa.Column("deleted_at", Moment),
    sa.Column("pinned_at", Moment),
    sa.Column("pinned_by", sa.BigInteger),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Column("forwarded_from", JSONB),
    sa.Column("source_chat_id", sa.BigInteger),
    sa.Column("source_seq", sa.BigInteger),
    sa.Column("file_count", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("sender_id", "client_message_id", name="messages_once"),
    sa.Index("messages_by_n", "chat_id", "n", unique=True),
    sa.Index(
        "messages_mentioning",
        "chat_id",
        "seq",
        postgresql_where=sa.text("mentions_all or mentions <> '{}'::bigint[]"),
    ),
    sa.Index(
        "messages_of_tasks", "task_id", "seq", postgresql_where=sa.text("task_id is not null")
    ),
    sa.Index(
        "messages_pinned", "chat_id", "pinned_at", postgresql_where=sa.text("pinned_at is not null")
    ),
)

reactions = sa.Table(
    "reactions",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("emoji", sa.Text, primary_key=True),
    sa.Column("user_id", sa.BigInteger, primary_key=True),
    sa.Column("rev", sa.BigInteger, nullable=False),
)

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("sha256", BYTEA, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("claimed_at", Moment, nullable=False),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chats.id"), nullable=False),
    sa.Column("uploader_id", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("mime", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", BYTEA, sa.ForeignKey("blobs.sha256"), nullable=False),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("placeholder", sa.Text),
    sa.Column("preview", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("no_preview", sa.Text),
    sa.Column("folder", sa.Text),
    sa.Column("loose", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Index("files_of_blob", "sha256"),
    sa.Index("files_of_uploader", "uploader_id"),
    sa.Index("files_loose", "created_at", postgresql_where=sa.text("loose")),
)

attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("file_id", Key, sa.ForeignKey("files.id"), nullable=False),
    sa.Index("attachments_of_file", "file_id"),
)

columns = sa.Table(
    "columns",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chats.id"), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("position", Bytewise, nullable=False),
    sa.Column("is_done", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("card_limit", sa.Integer),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed", JSONB, nullable=False, server_default="{}"),
    sa.Column("deleted_at", Moment),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Index("columns_of_chat", "chat_id", postgresql_where=sa.text("deleted_at is null")),
)

tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False, unique=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chats.id"), nullable=False),
    sa.Column("column_id", sa.BigInteger, sa.ForeignKey("columns.id")),
    sa.Column("position", Bytewise),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("assigned_to", sa.BigInteger, sa.ForeignKey("users.id")),
    sa.Column("creator", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("due_at", Moment),
    sa.Column("due_zone", sa.Text),
    sa.Column("due_day", sa.Date),
    sa.Column("labels", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("checklist", JSONB, nullable=False, server_default="[]"),
    sa.Column("source_seq", sa.BigInteger),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed", JSONB, nullable=False, server_default="{}"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("archived_at", Moment),
    sa.Column("deleted_at", Moment),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Index("tasks_of_chat", "chat_id", postgresql_where=sa.text("deleted_at is null")),
    sa.Index(
        "tasks_assigned", "assigned_to", "due_day", postgresql_where=sa.text("deleted_at is null")
    ),
    sa.Index(
        "tasks_to_remind_of",
        "due_day",
        "id",
        postgresql_where=sa.text(
            "status = 'open' and deleted_at is null and assigned_to is not null"
        ),
    ),
    sa.Index(
        "tasks_in_place",
        "column_id",
        "position",
        unique=True,
        postgresql_where=sa.text("deleted_at is null and column_id is not null"),
    ),
)

reminders = sa.Table(
    "reminders",
    metadata,
    sa.Column("task_id", sa.BigInteger, sa.ForeignKey("tasks.id"), primary_key=True),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("due", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
)

request_keys = sa.Table(
    "request_keys",
    metadata,
    sa.Column("user_id", sa.BigInteger, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("digest", BYTEA, nullable=False),
    sa.Column("subject", JSONB),
    sa.Column("at", Moment, nullable=False, index=True),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.BigInteger),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.BigInteger),
    sa.Column("details", JSONB),
)

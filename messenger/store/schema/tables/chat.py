"""Chats: who is in them, how each sees them, and what is written there."""

from messenger.store.schema.tables.base import Key, Moment, metadata
from messenger.store.sql import ARRAY, BYTEA, JSONB, sa

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
    sa.Column("avatar_url", sa.Text),
    # Of those present; kept by `rows.members`, with whoever joins or leaves.
    sa.Column("member_count", sa.Integer),
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
    sa.Index(
        "members_owners",
        "chat_id",
        "user_id",
        postgresql_where=sa.text("left_at is null and role = 'owner'"),
    ),
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

LINKING = r"text ~ '://|[^\s.]\.[^\s\d[:punct:]]{2}'"
"""A scheme, or a dot between a word and two letters. Statements say it in the index's words."""

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
    sa.Index(
        "messages_mentioning",
        "chat_id",
        "seq",
        postgresql_include=["sender_id", "mentions", "mentions_all"],
        postgresql_where=sa.text(
            "(mentions_all or mentions <> '{}'::bigint[]) and deleted_at is null"
        ),
    ),
    sa.Index("messages_linking", "chat_id", "seq", postgresql_where=sa.text(LINKING)),
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

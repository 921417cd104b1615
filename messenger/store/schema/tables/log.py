"""The log: streams and their events, and what guards and records the changes."""

from messenger.store.schema.tables.base import Moment, metadata
from messenger.store.sql import BYTEA, JSONB, sa

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
    # The oldest event that the log still has, and up to which `n` the senders' marks are stored.
    sa.Column("first_seq", sa.BigInteger, nullable=False, server_default="1"),
    sa.Column("marked_n", sa.BigInteger, nullable=False, server_default="0"),
    # The last number that is no plain message: who knows less of it decides anew.
    sa.Column("changed", sa.BigInteger, nullable=False, server_default="0"),
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
    # Both given by the database: `audit_chain` (migrations/0026).
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.BigInteger),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.BigInteger),
    sa.Column("details", JSONB),
    sa.Column("place", sa.Text),
    sa.Column("hash", BYTEA, nullable=False),
    sa.Index("audit_by", "by", "id"),
    sa.Index("audit_subject", "subject", "id"),
    sa.Index("audit_action", "action", "id"),
)

# What records say of a person in words: it goes with the person.
audit_words = sa.Table(
    "audit_words",
    metadata,
    sa.Column(
        "id",
        sa.BigInteger,
        sa.ForeignKey("audit.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("user_id", sa.BigInteger),
    sa.Column("words", JSONB, nullable=False),
    sa.Column("salt", BYTEA, nullable=False),
    sa.Index("audit_words_user", "user_id"),
)

audit_cut = sa.Table(
    "audit_cut",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", BYTEA, nullable=False),
)

"""The archive's index: manifests, parts and what holds them back; and what outlives a message."""

from messenger.store.schema.tables.base import Key, Moment, metadata
from messenger.store.sql import ARRAY, BYTEA, JSONB, sa

Seqs = ARRAY(sa.BigInteger)

archive_manifests = sa.Table(
    "archive_manifests",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("sha256", BYTEA, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
)

archive_parts = sa.Table(
    "archive_parts",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("stream_id", sa.BigInteger, nullable=False),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("messages", sa.Integer, nullable=False),
    sa.Column("first_message", sa.BigInteger),
    sa.Column("first_at", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", BYTEA, nullable=False),
    sa.Column("blocks", JSONB, nullable=False),
    sa.Column("as_of", sa.BigInteger, nullable=False),
    sa.Column("kept", Seqs, nullable=False),
    sa.Column("superseded", Seqs, nullable=False, server_default="{}"),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("manifest_id", sa.BigInteger, sa.ForeignKey("archive_manifests.id")),
    sa.Column("lookup", JSONB),
    sa.Index("archive_parts_of_stream", "stream_id", "last_seq"),
)

archive_holds = sa.Table(
    "archive_holds",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("stream_id", sa.BigInteger, nullable=False),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("until", Moment),
)

archive_loose = sa.Table(
    "archive_loose",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
)

archive_mentions = sa.Table(
    "archive_mentions",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("sender_id", sa.BigInteger, nullable=False),
    sa.Column("mentions", Seqs, nullable=False),
    sa.Column("mentions_all", sa.Boolean, nullable=False),
)

sent_keys = sa.Table(
    "sent_keys",
    metadata,
    sa.Column("sender_id", sa.BigInteger, primary_key=True),
    sa.Column("client_message_id", Key, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("n", sa.BigInteger, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("digest", BYTEA, nullable=False),
)

archive_tombstones = sa.Table(
    "archive_tombstones",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("n", sa.BigInteger, primary_key=True),
)

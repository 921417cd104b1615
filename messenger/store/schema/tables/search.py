"""The index of the search: its dictionary, its entries, the text of files, how far it is made."""

from messenger.store.schema.tables.base import Bytewise, Moment, metadata
from messenger.store.sql import BYTEA, JSONB, UUID, sa

search_words = sa.Table(
    "search_words",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("word", Bytewise, nullable=False, unique=True),
    sa.Column("root", Bytewise, nullable=False),
    sa.Index("search_words_root", "root"),
)

search_entries = sa.Table(
    "search_entries",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("entry", sa.BigInteger, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("rev", sa.BigInteger),
    sa.Column("codes", Bytewise, nullable=False),
    sa.Column("marks", Bytewise),
)

search_texts = sa.Table(
    "search_texts",
    metadata,
    sa.Column("sha256", BYTEA, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

search_unread = sa.Table(
    "search_unread",
    metadata,
    sa.Column("file_id", UUID(as_uuid=False), nullable=False),
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("entry", sa.BigInteger, primary_key=True),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", Moment, nullable=False),
    sa.Index("search_unread_due", "due_at"),
)

search_builds = sa.Table(
    "search_builds",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("data", JSONB, nullable=False),
)

"""People who were erased, and who take along what is theirs."""

from messenger.store.schema.tables.base import Key, Moment, metadata
from messenger.store.sql import sa

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("messages", sa.Text, nullable=False),
    sa.Column("by", sa.BigInteger),
    sa.Column("at", Moment, nullable=False),
    sa.Column("done_at", Moment),
    sa.Column("archived_at", Moment),
)

exports = sa.Table(
    "exports",
    metadata,
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("id", Key, nullable=False, unique=True),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("until", Moment),
)

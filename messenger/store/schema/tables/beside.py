"""What migrations owe, and how far it is (`messenger.store.schema.beside`)."""

from messenger.store.schema.tables.base import Moment, metadata
from messenger.store.sql import JSONB, sa

beside = sa.Table(
    "beside",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("cursor", JSONB),
    sa.Column("done", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("total", sa.BigInteger),
    sa.Column("began_at", Moment),
    sa.Column("ended_at", Moment),
)

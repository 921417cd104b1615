"""Legal holds, and what is kept because of them."""

from messenger.store.schema.tables.base import Key, Moment, metadata
from messenger.store.sql import JSONB, sa

legal_holds = sa.Table(
    "legal_holds",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chats.id")),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("placed_by", sa.BigInteger),
    sa.Column("placed_at", Moment, nullable=False),
)

retained = sa.Table(
    "retained",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("at", Moment, nullable=False, server_default=sa.text("now()")),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("user_id", sa.BigInteger),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("was", JSONB, nullable=False),
)

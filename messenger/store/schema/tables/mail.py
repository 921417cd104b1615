"""Letters that wait for the mail server, and when people were written to."""

from messenger.store.schema.tables.base import Moment, metadata
from messenger.store.sql import JSONB, sa

mails = sa.Table(
    "mails",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id")),
    sa.Column("address", sa.Text),
    sa.Column("data", JSONB, nullable=False, server_default="{}"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("begun_at", Moment),
    sa.Column("unsure", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("mails_due", "due_at"),
)

mail_marks = sa.Table(
    "mail_marks",
    metadata,
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("looked_at", Moment),
    sa.Column("digest_at", Moment),
    sa.Column("weekly_on", sa.Date),
)

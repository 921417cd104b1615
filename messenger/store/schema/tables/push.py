"""Who is told outside of the sockets: subscribed devices, and how far consumers have read."""

from messenger.store.schema.tables.base import Key, Moment, metadata
from messenger.store.sql import sa

push_subscriptions = sa.Table(
    "push_subscriptions",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False),
    sa.Column(
        "session_id",
        Key,
        sa.ForeignKey("sessions.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("endpoint", sa.Text, nullable=False, unique=True),
    sa.Column("p256dh", sa.Text, nullable=False),
    sa.Column("auth", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("user_agent", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("succeeded_at", Moment),
    sa.Column("failed_at", Moment),
    sa.Column("error", sa.Text),
    sa.Column("error_code", sa.Text),
    sa.Column("error_status", sa.Integer),
    sa.Column("test_id", Key),
    sa.Column("received_at", Moment),
    sa.Index("push_subscriptions_of_user", "user_id"),
    sa.Index("push_subscriptions_of_session", "session_id"),
)

consumers = sa.Table(
    "consumers",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("stream", sa.BigInteger, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)

pushed = sa.Table(
    "pushed",
    metadata,
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("stream", sa.BigInteger, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("since", sa.BigInteger, nullable=False),
    sa.Column("tag", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("pushed_at", "at"),
)

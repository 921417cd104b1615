"""People, the devices they are signed in on, and invitations."""

from messenger.store.schema.tables.base import Key, Moment, metadata
from messenger.store.sql import JSONB, sa

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
    sa.Column("notifications", JSONB),
    sa.Column("searches", JSONB),
    sa.Column("email_verified_at", Moment),
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
    sa.Column("email", sa.Text),
)

"""Boards: their columns, tasks, and the reminders of tasks that were given."""

from messenger.store.schema.tables.base import Bytewise, Key, Moment, metadata
from messenger.store.sql import ARRAY, JSONB, sa

columns = sa.Table(
    "columns",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chats.id"), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("position", Bytewise, nullable=False),
    sa.Column("is_done", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("card_limit", sa.Integer),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed", JSONB, nullable=False, server_default="{}"),
    sa.Column("deleted_at", Moment),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Index("columns_of_chat", "chat_id", postgresql_where=sa.text("deleted_at is null")),
)

LIVE = "deleted_at is null and archived_at is null"


def _listed(name: str, whose: str) -> sa.Index:
    """Somebody's or some chat's tasks, the open ones and the done ones, in the order of lists."""
    return sa.Index(
        name, whose, "status", "due_day", "id", postgresql_where=sa.text("deleted_at is null")
    )


tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False, unique=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chats.id"), nullable=False),
    sa.Column("column_id", sa.BigInteger, sa.ForeignKey("columns.id")),
    sa.Column("position", Bytewise),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("assigned_to", sa.BigInteger, sa.ForeignKey("users.id")),
    sa.Column("creator", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("due_at", Moment),
    sa.Column("due_zone", sa.Text),
    sa.Column("due_day", sa.Date),
    sa.Column("labels", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("checklist", JSONB, nullable=False, server_default="[]"),
    sa.Column("source_seq", sa.BigInteger),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed", JSONB, nullable=False, server_default="{}"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("archived_at", Moment),
    sa.Column("deleted_at", Moment),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Column("file_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("cover_file_id", Key),
    _listed("tasks_listed", "chat_id"),
    _listed("tasks_to_do", "assigned_to"),
    _listed("tasks_made", "creator"),
    sa.Index(
        "tasks_closed",
        "chat_id",
        "closed_at",
        postgresql_include=["assigned_to"],
        postgresql_where=sa.text("deleted_at is null and closed_at is not null"),
    ),
    sa.Index(
        "tasks_shown",
        "chat_id",
        "id",
        postgresql_where=sa.text(f"{LIVE} and (closed_at is null or column_id is not null)"),
    ),
    sa.Index(
        "tasks_open", "chat_id", "id", postgresql_where=sa.text(f"{LIVE} and closed_at is null")
    ),
    sa.Index(
        "tasks_done",
        "column_id",
        "closed_at",
        "id",
        postgresql_where=sa.text(f"{LIVE} and closed_at is not null"),
    ),
    sa.Index(
        "tasks_to_remind_of",
        "due_day",
        "id",
        postgresql_where=sa.text(
            "status = 'open' and deleted_at is null and assigned_to is not null"
        ),
    ),
    sa.Index(
        "tasks_in_place",
        "column_id",
        "position",
        unique=True,
        postgresql_where=sa.text("deleted_at is null and column_id is not null"),
    ),
)

reminders = sa.Table(
    "reminders",
    metadata,
    sa.Column("task_id", sa.BigInteger, sa.ForeignKey("tasks.id"), primary_key=True),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("due", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("again_at", Moment),
)

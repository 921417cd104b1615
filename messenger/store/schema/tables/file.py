"""Contents, the files and avatars that name them, and the messages and tasks they hang on."""

from messenger.store.schema.tables.base import Key, Moment, metadata
from messenger.store.sql import BYTEA, sa

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("sha256", BYTEA, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("claimed_at", Moment, nullable=False),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chats.id"), nullable=False),
    sa.Column("uploader_id", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("mime", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", BYTEA, sa.ForeignKey("blobs.sha256"), nullable=False),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("placeholder", sa.Text),
    sa.Column("preview", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("no_preview", sa.Text),
    sa.Column("folder", sa.Text),
    sa.Column("shown_as", sa.Text),
    sa.Column("duration_ms", sa.Integer),
    sa.Column("waveform", sa.Text),
    sa.Column("loose", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Index("files_of_blob", "sha256"),
    sa.Index("files_of_chat", "chat_id"),
    sa.Index("files_of_uploader", "uploader_id"),
    sa.Index("files_loose", "created_at", postgresql_where=sa.text("loose")),
)

attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("file_id", Key, sa.ForeignKey("files.id"), nullable=False),
    sa.Index("attachments_of_file", "file_id"),
)

task_files = sa.Table(
    "task_files",
    metadata,
    sa.Column("task_id", sa.BigInteger, sa.ForeignKey("tasks.id"), primary_key=True),
    sa.Column("file_id", Key, sa.ForeignKey("files.id"), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    # Where in its chat's log it was attached, and when.
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("task_files_of_file", "file_id"),
    sa.Index("task_files_of_chat", "chat_id", "seq", "position"),
)

avatars = sa.Table(
    "avatars",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("side", sa.Integer, primary_key=True),
    sa.Column("stream_id", sa.BigInteger, sa.ForeignKey("streams.id"), nullable=False),
    sa.Column("maker_id", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("sha256", BYTEA, sa.ForeignKey("blobs.sha256"), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index("avatars_of_blob", "sha256"),
    sa.Index("avatars_of_maker", "maker_id"),
)

"""Jobs by the clock, and how their runs went."""

from messenger.store.schema.tables.base import Moment, metadata
from messenger.store.sql import JSONB, sa

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("due", Moment, nullable=False),
)

job_runs = sa.Table(
    "job_runs",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("job", sa.Text, nullable=False),
    sa.Column("due", Moment),
    sa.Column("by", sa.BigInteger),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("outcome", sa.Text),
    sa.Column("progress", sa.REAL),
    sa.Column("step", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("details", JSONB),
    sa.Index("job_runs_of_job", "job", "id"),
)

"""SQLAlchemy, for who declares tables and statements: `sa`, and PostgreSQL's types.

To the type checker it is the library itself. When it runs, it is what writes expressions down
(`store.recorded`): nothing that a server at rest imports may import SQLAlchemy.
"""

from typing import TYPE_CHECKING

from messenger.store.recorded import Library, Recorded

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.dialects.postgresql import (
        ARRAY,
        BYTEA,
        JSONB,
        TIMESTAMP,
        TSVECTOR,
        UUID,
        aggregate_order_by,
    )
else:
    sa = Library(("library", "sqlalchemy"))
    postgresql = Recorded(("library", "sqlalchemy.dialects.postgresql"))
    ARRAY = postgresql.ARRAY
    BYTEA = postgresql.BYTEA
    JSONB = postgresql.JSONB
    TIMESTAMP = postgresql.TIMESTAMP
    TSVECTOR = postgresql.TSVECTOR
    UUID = postgresql.UUID
    aggregate_order_by = postgresql.aggregate_order_by

__all__ = [
    "ARRAY",
    "BYTEA",
    "JSONB",
    "TIMESTAMP",
    "TSVECTOR",
    "UUID",
    "aggregate_order_by",
    "postgresql",
    "sa",
]

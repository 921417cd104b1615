"""yoyo's PostgreSQL, made safe to kill: a migration and the record of it are one transaction.

Used by `migrate.py` alone, which holds the lock.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg2
from psycopg2.extensions import connection as Connection
from yoyo.backends.core.postgresql import PostgresqlBackend
from yoyo.connections import default_migration_table
from yoyo.migrations import Migration

_CHECKSUMS = """
    create table if not exists migration_checksums (
        migration_id text primary key,
        checksum     text not null
    );
    alter table migration_checksums add column if not exists beside boolean not null default false
"""


class YoyoDatabase(PostgresqlBackend):  # type: ignore[misc] # yoyo is published without types
    """One connection that applies migrations and takes them back."""

    def __init__(self, dsn: str, migration_table: str = default_migration_table) -> None:
        super().__init__(dsn, migration_table)

    def connect(self, dburi: str) -> Connection:
        """Leave the address to libpq: yoyo's own parser knows fewer of its forms."""
        connection = psycopg2.connect(dburi)
        connection.autocommit = True
        return connection

    def list_tables(self, **kwargs: Any) -> list[str]:
        cursor = self.execute("select tablename from pg_tables where schemaname = current_schema()")
        return [name for (name,) in cursor.fetchall()]

    def prepare(self) -> None:
        """Make the tables of the record, and remove the lock row that a killed migrator left."""
        self.create_lock_table()
        self.break_lock()
        self.ensure_internal_schema_updated()
        self.execute(_CHECKSUMS)

    def apply_whole(self, migration: Migration, checksum: str, beside: bool) -> None:
        """`beside`: whether programs without it may run on the schema that it makes."""
        migration.load()
        if not migration.use_transactions:
            migration.process_steps(self, "apply")
        with self.transaction():
            if migration.use_transactions:
                migration.process_steps(self, "apply")
            self.mark_one(migration)
            self.execute(
                "insert into migration_checksums (migration_id, checksum, beside)"
                " values (:id, :checksum, :beside)",
                {"id": migration.id, "checksum": checksum, "beside": beside},
            )

    def rollback_whole(self, migration: Migration) -> None:
        migration.load()
        if not migration.use_transactions:
            migration.process_steps(self, "rollback")
        with self.transaction():
            if migration.use_transactions:
                migration.process_steps(self, "rollback")
            self.unmark_one(migration)
            self.execute(
                "delete from migration_checksums where migration_id = :id", {"id": migration.id}
            )

    def get_log_data(
        self, migration: Migration | None = None, operation: str = "apply"
    ) -> dict[str, Any]:
        """yoyo's line for its log, without asking a name server who this machine is."""
        return {
            "id": str(uuid4()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": "",
            "hostname": "",
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }

"""Every table is decided on: exported, in a log, or left out for a reason."""

from messenger.store.export.tables import LEFT_OUT, LOGGED, TABLES
from messenger.store.recorded import Table
from messenger.store.schema import tables as schema

ALL = {name for name in schema.__all__ if isinstance(getattr(schema, name), Table)}


def test_every_table_is_exported_or_left_out_for_a_reason() -> None:
    exported = {table.name for table in TABLES}
    assert exported | LOGGED | LEFT_OUT.keys() == ALL
    assert not exported & LEFT_OUT.keys()
    assert len({table.path for table in TABLES}) == len(TABLES)


def test_what_an_organisations_export_leaves_out_of_a_table_is_named() -> None:
    missing = {
        table.name: set(getattr(schema, table.name).columns._columns) - set(table.columns("org"))
        for table in TABLES
        if "org" in table.taken
    }
    assert {name: left for name, left in missing.items() if left} == {
        "streams": {"first_seq"},
        "users": {"invite_id"},
        "archive_parts": {"id", "manifest_id"},
    }


def test_no_secret_is_in_what_a_person_gets() -> None:
    secret = {"password_hash", "endpoint", "p256dh", "auth", "generation", "digest"}
    for table in TABLES:
        for kind in ("user", "own", "chat"):
            if kind in table.taken:
                assert not secret & set(table.columns(kind)), (table.name, kind)

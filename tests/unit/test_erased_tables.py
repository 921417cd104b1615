"""Whatever may name a person, or hold words of theirs, is decided on for when they are erased."""

from messenger.store.erased import DECIDED
from messenger.store.recorded import Table, type_of
from messenger.store.schema import tables as schema

ALL = {
    name: getattr(schema, name)
    for name in schema.__all__
    if isinstance(getattr(schema, name), Table)
}
WORDS = ("TEXT", "JSONB", "TEXT[]", "VARCHAR")
PERSONS = {
    *("user_id", "sender_id", "uploader_id", "maker_id", "creator", "assigned_to", "by", "subject"),
    *("created_by", "revoked_by", "placed_by", "pinned_by", "user_ids", "mentions"),
}


def asking(table: Table) -> set[str]:
    """Columns that have words in them, or persons."""
    return {
        column.name
        for column in table.columns
        if column.name in PERSONS or type_of(column).upper().partition("(")[0] in WORDS
    }


def test_every_table_is_decided_on() -> None:
    assert DECIDED.keys() == ALL.keys()


def test_every_column_that_may_name_somebody_is_decided_on() -> None:
    missing = {name: asking(table) - DECIDED[name].keys() for name, table in ALL.items()}
    assert {name: columns for name, columns in missing.items() if columns} == {}


def test_what_is_decided_on_is_there() -> None:
    names = {name: {each.name for each in table.columns} for name, table in ALL.items()}
    assert {name: set(DECIDED[name]) - names[name] for name in DECIDED} == {
        name: set() for name in DECIDED
    }

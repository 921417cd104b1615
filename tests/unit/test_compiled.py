"""What is compiled ahead is what SQLAlchemy gives, and is never missed where it is not there."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from messenger.store import compiling
from messenger.store.compiled import Texts
from messenger.store.recorded import Table, type_of
from messenger.store.schema import tables
from messenger.store.sql import sa

PRINT_ALL = """
import gc, json, sys
from pathlib import Path
from messenger.store import compiled
if sys.argv[2] == "without":
    sys.modules["sqlalchemy"] = None
compiled.TEXTS = compiled.Texts(Path(sys.argv[1]))
compiled.import_all()
from messenger.store.statements import Prepared
found = [each for each in gc.get_objects() if isinstance(each, Prepared)]
print(json.dumps(sorted(
    [each.sql, each.writes, each.defaults, {k: v.__name__ for k, v in each.converted.items()}]
    for each in found
)))
"""


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-P", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def statement(limit: int) -> Any:
    chat = sa.bindparam("chat", type_=sa.BigInteger)
    return sa.select(tables.chats.c.id).where(tables.chats.c.id > chat).limit(limit)


def test_every_statement_is_the_same_from_the_file_and_from_sqlalchemy(tmp_path: Path) -> None:
    file = tmp_path / "compiled.json"
    run("-m", "messenger.store", str(file))
    kept = json.loads(run("-c", PRINT_ALL, str(file), "without"))
    compiled = json.loads(run("-c", PRINT_ALL, str(tmp_path / "none.json"), "with"))
    assert len(kept) > 150
    assert kept == compiled


def test_changed_statement_is_compiled_anew(tmp_path: Path) -> None:
    file = tmp_path / "compiled.json"
    before = Texts(file)
    before.of(statement(1))
    before.write(file)
    same, changed = Texts(file), Texts(file)
    assert same.of(statement(1)).defaults["param_1"] == 1
    assert same.complete
    assert changed.of(statement(2)).defaults["param_1"] == 2
    assert not changed.complete


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"a": {"sql": 1}}', b"\xff\x00"])
def test_damaged_file_is_none(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "compiled.json"
    if content is not None:
        file.write_bytes(content)
    assert "FROM chats" in Texts(file).of(statement(1)).sql


def test_directory_that_takes_nothing_is_no_failure(tmp_path: Path) -> None:
    texts = Texts(tmp_path / "missing" / "compiled.json")
    texts.of(statement(1))
    texts.keep()
    assert not texts.complete


def test_types_are_those_of_sqlalchemy() -> None:
    declared = {each.name: each for each in vars(tables).values() if isinstance(each, Table)}
    real = compiling.all_tables()
    assert declared.keys() == real.keys()
    for name, table in declared.items():
        for column in table.columns:
            wanted = real[name].c[column.name].type.compile(dialect=compiling.DIALECT)
            assert type_of(column) == wanted.partition(" COLLATE")[0], f"{name}.{column.name}"


def test_one_alias_in_a_statement_stays_one() -> None:
    other = tables.chats.alias()
    both = tables.chats.alias()
    once = sa.select(other.c.id).where(other.c.title.is_(None))
    twice = sa.select(other.c.id).where(both.c.title.is_(None))
    assert compiling.compiled(once).sql.count("AS chats_") == 1
    assert compiling.compiled(twice).sql.count("AS chats_") == 2


@pytest.mark.parametrize("misuse", [bool, list, lambda each: {**each}])
def test_expression_is_no_value(misuse: Any) -> None:
    with pytest.raises(TypeError):
        misuse(tables.chats.c.id == 1)


def test_expression_takes_plain_values_only() -> None:
    with pytest.raises(TypeError, match="plain values"):
        sa.select(object())  # type: ignore[call-overload]

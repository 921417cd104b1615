"""What migrations owe: done in pages or concurrently, and gone on with after `kill -9`."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psycopg2
import pytest

from messenger.store.schema import beside, drift
from messenger.store.schema.beside import Backfill, Index, Owed, work_off
from messenger.store.schema.migrate import migrate, rollback
from tests.store.test_migrate import fetch
from tests.waiting import PATIENCE

ROWS = 3500
PAGES = Backfill(
    count="select count(*) from bulk",
    page="""
    with page as (
        select id from bulk where id > coalesce((%(cursor)s::jsonb)::bigint, 0)
        order by id limit %(limit)s
    ), changed as (
        update bulk set times = times + 1 from page where bulk.id = page.id
    )
    select max(id), count(*) from page
    """,
)
OF_STEPS = "application_name = 'beside' and datname = current_database()"
STEPS = {"bulk_times": PAGES, "bulk_by_times": Index("bulk (times)")}


def owe(dsn: str, *names: str) -> None:
    """A table of some rows, and steps that are owed for it."""
    fetch(dsn, "create table bulk (id bigint primary key, times int not null default 0)")
    fetch(dsn, f"insert into bulk select g from generate_series(1, {ROWS}) g")
    for name in names:
        fetch(dsn, f"insert into beside (name) values ('{name}')")


def wait(fact: Callable[[], object]) -> None:
    end = monotonic() + PATIENCE
    while not fact():
        assert monotonic() < end, "it never came"
        sleep(0.02)


@contextmanager
def working(dsn: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that works off what is owed, as tests know it."""
    code = "import sys; from tests.store.test_beside import *; work_off(sys.argv[1], steps=STEPS)"
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, '.'); {code}", dsn],
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def valid(dsn: str, index: str) -> object:
    rows = fetch(dsn, f"select indisvalid from pg_index where indexrelid = to_regclass('{index}')")
    return rows[0][0] if rows else None


def test_pages_are_each_done_once_whenever_the_process_is_killed(dsn: str) -> None:
    owe(dsn, "bulk_times")
    holder = psycopg2.connect(dsn)
    with holder.cursor() as cursor:
        # The third page cannot be ended as long as its last row is held.
        cursor.execute("select from bulk where id = 3000 for update")
        with working(dsn) as process:
            wait(lambda: fetch(dsn, "select 1 from beside where done = 2000"))
            wait(lambda: fetch(dsn, "select 1 from pg_locks where not granted"))
            process.kill()
            process.wait()
    holder.close()
    assert beside.owed(dsn) == [Owed("bulk_times", 2000, ROWS)]
    told: list[Owed] = []
    assert work_off(dsn, told.append, STEPS) == ["bulk_times"]
    assert [each.done for each in told] == [3000, 3500, 3500]
    assert fetch(dsn, "select times, count(*) from bulk group by times") == [(1, ROWS)]
    assert beside.owed(dsn) == []
    assert work_off(dsn, steps=STEPS) == []


def test_index_that_was_left_half_is_made_anew(dsn: str) -> None:
    owe(dsn, "bulk_by_times")
    reader = psycopg2.connect(dsn)
    reader.set_session(isolation_level="REPEATABLE READ")
    with reader.cursor() as cursor:
        # A build ends when nobody has a view of before it: a backup, say.
        cursor.execute("select count(*) from bulk")
        with working(dsn) as process:
            wait(lambda: valid(dsn, "bulk_by_times") is False)
            process.kill()
            process.wait()
        # PostgreSQL looks whether there is still anybody once a second.
        wait(lambda: not fetch(dsn, f"select 1 from pg_stat_activity where {OF_STEPS}"))
    reader.close()
    assert valid(dsn, "bulk_by_times") is False
    assert [each.name for each in beside.owed(dsn)] == ["bulk_by_times"]
    assert work_off(dsn, steps=STEPS) == ["bulk_by_times"]
    assert valid(dsn, "bulk_by_times") is True


def test_only_one_is_at_it_and_the_next_finds_it_done(dsn: str) -> None:
    owe(dsn, "bulk_times")
    done: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: done.append(work_off(dsn, steps=STEPS))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [[], [], ["bulk_times"]]
    assert fetch(dsn, "select times, count(*) from bulk group by times") == [(1, ROWS)]


def test_what_this_version_does_not_know_stays_owed(dsn: str) -> None:
    owe(dsn, "of_tomorrow", "bulk_by_times")
    assert work_off(dsn, steps=STEPS) == ["bulk_by_times"]
    assert [each.name for each in beside.owed(dsn)] == ["of_tomorrow"]


def test_page_that_fails_leaves_what_was_done_before_it(dsn: str) -> None:
    owe(dsn, "bulk_times")
    fetch(dsn, "alter table bulk add check (id <> 1500 or times = 0)")
    with pytest.raises(psycopg2.errors.CheckViolation):
        work_off(dsn, steps=STEPS)
    assert beside.owed(dsn) == [Owed("bulk_times", 1000, ROWS)]


def test_missing_index_that_is_owed_is_no_difference(dsn: str) -> None:
    fetch(dsn, "drop index files_of_chat")
    assert drift.check(dsn) == ["Index files_of_chat of files is missing."]
    fetch(dsn, "insert into beside (name) values ('files_of_chat')")
    assert drift.check(dsn) == []
    assert work_off(dsn) == ["files_of_chat"]
    assert valid(dsn, "files_of_chat") is True
    fetch(dsn, "update beside set ended_at = now()")
    assert drift.check(dsn) == []


def test_where_there_are_many_files_their_index_is_owed(dsn: str) -> None:
    assert (beside.owed(dsn), valid(dsn, "files_of_chat")) == ([], True)
    rollback(dsn, to="0034.cluster")
    assert valid(dsn, "files_of_chat") is None
    fetch(
        dsn,
        "set session_replication_role = replica;"
        " insert into files (id, chat_id, uploader_id, name, mime, size, sha256, created_at)"
        " select gen_random_uuid(), 1, 1, '', '', 0, '', now() from generate_series(1, 100001) g",
    )
    migrate(dsn)
    assert ([each.name for each in beside.owed(dsn)], valid(dsn, "files_of_chat")) == (
        ["files_of_chat"], None,
    )  # fmt: skip
    assert beside.owed(dsn)[0].share == 0.0


def test_every_step_that_a_migration_owes_is_known() -> None:
    from messenger.store.schema.migrate import MIGRATIONS

    texts = "".join(path.read_text() for path in MIGRATIONS.glob("*.sql"))
    owed = {
        part.partition("'")[0] for part in texts.split("insert into beside (name) values ('")[1:]
    }
    assert owed <= beside.STEPS.keys()
    assert owed

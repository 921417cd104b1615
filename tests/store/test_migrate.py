import itertools
import json
import shutil
import threading
from pathlib import Path

import psycopg2
import pytest

from messenger.rules.emoji import emoji_key
from messenger.store.rows import instance
from messenger.store.schema import drift
from messenger.store.schema import migrate as migrations
from messenger.store.schema.migrate import MIGRATIONS, MigrationProblem, migrate, rollback, status


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write(tmp_path, "0001.notes", "create table notes (id int primary key);", "drop table notes;")
    write(tmp_path, "0002.text", "alter table notes add text text;", "alter table notes drop text;")
    return tmp_path


def write(directory: Path, id: str, forward: str, back: str | None = None) -> None:
    (directory / f"{id}.sql").write_text(forward)
    if back is not None:
        (directory / f"{id}.rollback.sql").write_text(back)


def fetch(dsn: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(dsn)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def states(dsn: str, directory: Path) -> dict[str, str]:
    return {each.id: each.state for each in status(dsn, directory)}


def test_pending_migrations_are_applied_in_order_and_once(empty: str, directory: Path) -> None:
    assert migrate(empty, directory) == ["0001.notes", "0002.text"]
    assert migrate(empty, directory) == []
    assert fetch(empty, "select id, text from notes") == []
    assert states(empty, directory) == {"0001.notes": "applied", "0002.text": "applied"}


def test_the_schema_is_not_changed_under_a_server(
    empty: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "_SERVER_PATIENCE", 0.1)
    with psycopg2.connect(empty) as serving, serving.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", (instance.SERVING,))
        with pytest.raises(MigrationProblem, match="A server runs on this database"):
            migrate(empty, directory)
        assert fetch(empty, "select 1 from pg_tables where schemaname = 'public'") == []
        cursor.execute("select pg_advisory_unlock(%s)", (instance.SERVING,))
        assert migrate(empty, directory) == ["0001.notes", "0002.text"]
        cursor.execute("select pg_advisory_lock(%s)", (instance.SERVING,))
        with pytest.raises(MigrationProblem, match="A server runs on this database"):
            rollback(empty, directory=directory)
        # With nothing to do, nothing is asked.
        assert migrate(empty, directory) == []
    serving.close()
    assert set(states(empty, directory).values()) == {"applied"}


BESIDE = "-- beside: yes\n"


def test_what_goes_beside_is_applied_under_servers_that_share_the_database(
    empty: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "_SERVER_PATIENCE", 0.1)
    migrate(empty, directory)
    write(directory, "0003.more", f"{BESIDE}alter table notes add more int;")
    with psycopg2.connect(empty) as serving, serving.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", (instance.SERVING,))
        with pytest.raises(MigrationProblem, match="A server runs on this database"):
            migrate(empty, directory)
        cursor.execute("select pg_advisory_lock_shared(%s)", (instance.SERVING,))
        cursor.execute("select pg_advisory_unlock(%s)", (instance.SERVING,))
        assert migrate(empty, directory) == ["0003.more"]
        # One that does not say so is for a time without servers, and what comes after it, too.
        write(directory, "0004.other", "alter table notes add other int;")
        write(directory, "0005.last", f"{BESIDE}alter table notes add last int;")
        with pytest.raises(MigrationProblem, match="A server runs on this database"):
            migrate(empty, directory)
    serving.close()
    assert migrate(empty, directory) == ["0004.other", "0005.last"]


def test_what_goes_beside_waits_for_a_table_only_as_long_as_people_may(
    empty: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(empty, directory)
    monkeypatch.setattr(migrations, "_TABLE_PATIENCE", "20ms")
    monkeypatch.setattr(migrations, "_TABLE_TRIES", 3)
    write(directory, "0003.more", f"{BESIDE}alter table notes add more int;")
    with psycopg2.connect(empty) as reading, reading.cursor() as cursor:
        cursor.execute("select * from notes")
        with pytest.raises(MigrationProblem, match=r"0003\.more failed"):
            migrate(empty, directory)
    reading.close()
    assert migrate(empty, directory) == ["0003.more"]


def test_an_older_program_runs_on_what_goes_beside_it(empty: str, directory: Path) -> None:
    write(directory, "0003.more", f"{BESIDE}create table more (id int);", "drop table more;")
    migrate(empty, directory)
    (directory / "0003.more.sql").unlink()
    assert migrate(empty, directory) == []
    assert states(empty, directory)["0003.more"] == "ahead"
    # It does not know the way back.
    with pytest.raises(MigrationProblem, match=r"0003\.more.*newer version"):
        rollback(empty, directory=directory)


def test_status_of_an_untouched_database_changes_nothing(empty: str, directory: Path) -> None:
    assert set(states(empty, directory).values()) == {"pending"}
    assert fetch(empty, "select 1 from pg_tables where schemaname = 'public'") == []


def test_failing_migration_is_taken_back_whole_and_named(empty: str, directory: Path) -> None:
    write(directory, "0003.broken", "create table half (id int); select 1/0;")
    with pytest.raises(MigrationProblem, match=r"0003\.broken failed.*division by zero"):
        migrate(empty, directory)
    assert fetch(empty, "select to_regclass('half')") == [(None,)]
    assert states(empty, directory)["0002.text"] == "applied"
    write(directory, "0003.broken", "create table half (id int);")
    assert migrate(empty, directory) == ["0003.broken"]


def test_migration_and_its_record_are_one_transaction(empty: str, directory: Path) -> None:
    migrate(empty, directory)
    # What was applied cannot be recorded, as after a crash between the two.
    fetch(empty, "alter table migration_checksums add check (migration_id < '0003')")
    write(directory, "0003.more", "create table more (id int);")
    with pytest.raises(MigrationProblem):
        migrate(empty, directory)
    assert fetch(empty, "select to_regclass('more')") == [(None,)]


def test_edited_migration_is_refused_by_name(empty: str, directory: Path) -> None:
    migrate(empty, directory)
    write(directory, "0001.notes", "create table notes (id bigint primary key);")
    with pytest.raises(MigrationProblem, match=r"0001\.notes was edited"):
        migrate(empty, directory)
    assert states(empty, directory)["0001.notes"] == "changed"


def test_database_of_a_newer_version_is_refused(empty: str, directory: Path) -> None:
    migrate(empty, directory)
    (directory / "0002.text.sql").unlink()
    with pytest.raises(MigrationProblem, match=r"0002\.text.*newer version"):
        migrate(empty, directory)


def test_rollback_takes_back_the_newest(empty: str, directory: Path) -> None:
    migrate(empty, directory)
    assert rollback(empty, directory=directory) == ["0002.text"]
    assert fetch(empty, "select id from notes") == []
    assert states(empty, directory) == {"0001.notes": "applied", "0002.text": "pending"}
    assert migrate(empty, directory) == ["0002.text"]


def test_rollback_to_a_migration_keeps_that_one(empty: str, directory: Path) -> None:
    write(directory, "0003.more", "create table more (id int);", "drop table more;")
    migrate(empty, directory)
    assert rollback(empty, to="0001.notes", directory=directory) == ["0003.more", "0002.text"]


def test_rollback_without_its_file_does_nothing(empty: str, directory: Path) -> None:
    migrate(empty, directory)
    (directory / "0001.notes.rollback.sql").unlink()
    with pytest.raises(MigrationProblem, match=r"0001\.notes has no rollback"):
        rollback(empty, count=2, directory=directory)
    assert set(states(empty, directory).values()) == {"applied"}


def test_rollback_to_an_unknown_migration_is_refused(empty: str, directory: Path) -> None:
    migrate(empty, directory)
    with pytest.raises(MigrationProblem, match="not an applied migration"):
        rollback(empty, to="0009.none", directory=directory)


def test_migration_outside_transactions_is_possible(empty: str, directory: Path) -> None:
    create = "-- transactional: false\ncreate index concurrently by_text on notes (text);"
    write(directory, "0003.index", create, "drop index by_text;")
    assert migrate(empty, directory)[-1] == "0003.index"
    assert fetch(empty, "select to_regclass('by_text') is not null") == [(True,)]


def test_many_migrators_at_once_apply_everything_once(empty: str, directory: Path) -> None:
    write(directory, "0003.slow", "select pg_sleep(0.2); create table slow (id int);")
    done: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: done.append(migrate(empty, directory))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, done)) == [0, 0, 0, 3]


def test_killed_migrator_does_not_stand_in_the_way(empty: str, directory: Path) -> None:
    fetch(empty, "create table yoyo_lock (locked int primary key, ctime timestamp, pid int)")
    fetch(empty, "insert into yoyo_lock values (1, now(), 1)")
    assert migrate(empty, directory) == ["0001.notes", "0002.text"]


def test_waiting_for_another_migrator_has_an_end(
    empty: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "_LOCK_PATIENCE", "50ms")
    connection = psycopg2.connect(empty)
    connection.cursor().execute("select pg_advisory_lock(%s)", (migrations._ADVISORY_LOCK,))
    with pytest.raises(MigrationProblem, match="Another process"):
        migrate(empty, directory)
    connection.close()


def test_path_with_brackets_is_not_a_pattern(empty: str, directory: Path) -> None:
    odd = directory / "a[b]*"
    odd.mkdir()
    write(odd, "0001.notes", "create table notes (id int);")
    assert migrate(empty, odd) == ["0001.notes"]


def test_directory_without_migrations_is_refused(empty: str, tmp_path: Path) -> None:
    with pytest.raises(MigrationProblem, match="no migrations"):
        migrate(empty, tmp_path)


def test_our_migrations_make_what_the_tables_say(dsn: str) -> None:
    assert drift.check(dsn) == []


def test_our_migrations_can_be_taken_back_and_applied_again(dsn: str) -> None:
    count = len(status(dsn))
    assert len(rollback(dsn, count=count)) == count
    left = "select tablename from pg_tables where schemaname = 'public'"
    assert {name for (name,) in fetch(dsn, left)} == drift.NOT_OURS
    assert len(migrate(dsn)) == count


def test_our_migrations_are_numbered_one_by_one_and_each_depends_on_the_one_before() -> None:
    files = sorted(MIGRATIONS.glob("*.sql"))
    forward = [path for path in files if not path.name.endswith(".rollback.sql")]
    assert [int(path.name[:4]) for path in forward] == list(range(1, len(forward) + 1))
    for before, path in itertools.pairwise(forward):
        assert f"-- depends: {before.name.removesuffix('.sql')}" in path.read_text().splitlines()


def test_every_migration_of_ours_has_a_rollback(tmp_path: Path) -> None:
    shutil.copytree(MIGRATIONS, tmp_path / "all")
    forward = {path.name for path in (tmp_path / "all").glob("*.sql")}
    back = {name.replace(".sql", ".rollback.sql") for name in forward if "rollback" not in name}
    assert back <= forward


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ("drop table audit_cut", "Table audit_cut is missing."),
        ("create table extra (id int)", "Table extra is not in schema/tables."),
        ("alter table instance add extra int", "Column instance.extra is not in schema/tables."),
        ("alter table events drop data", "Column events.data is missing."),
        ("alter table events alter type type varchar", "Column events.type is VARCHAR, not TEXT."),
        (
            "alter table users alter display_name drop not null",
            "Column users.display_name may be null, unlike schema/tables.",
        ),
        (
            "alter table events drop constraint events_pkey",
            "The primary key of events is (), not (stream_id, seq).",
        ),
        (
            "alter table users drop constraint users_username_key_key",
            "Table users lacks the unique key (username_key).",
        ),
        (
            "alter table tasks drop constraint tasks_chat_id_fkey",
            "Table tasks does not refer to chats by (chat_id).",
        ),
        (
            "alter table events add foreign key (stream_id) references streams",
            "That events refers to streams by (stream_id) is not in schema/tables.",
        ),
        (
            "drop index audit_by; create index audit_by on audit (id, by)",
            "Index audit_by is over (id, by), not (by, id).",
        ),
        (
            "alter table streams alter column seq drop default",
            "Column streams.seq has no default, unlike schema/tables.",
        ),
        (
            "create unique index on streams (kind, seq)",
            "The unique key (kind, seq) of streams is not in schema/tables.",
        ),
    ],
)
def test_each_kind_of_difference_is_told(dsn: str, change: str, difference: str) -> None:
    known = drift.check(dsn)
    fetch(dsn, change)
    assert difference in drift.check(dsn)
    assert difference not in known


def test_accounts_from_before_get_a_notebook_once(empty: str) -> None:
    migrate(empty)
    rollback(empty, to="0004.advance")
    fetch(
        empty,
        """
        insert into streams (kind, seq) values ('user', 3), ('user', 3);
        insert into users (id, username, username_key, display_name, role, locale, time_zone,
                           created_at)
        values (1, 'alice', 'alice', 'Alice', 'user', 'en', 'UTC', now()),
               (2, 'bob', 'bob', 'Bob', 'guest', 'en', 'UTC', now());
        insert into streams (kind, seq) values ('chat', 2);
        insert into chats (id, kind, user_ids, created_at, updated_at)
        values (3, 'direct', array[1], now(), now());
        """,
    )
    assert migrate(empty)[0] == "0005.notebooks"
    assert fetch(empty, "select user_ids from chats order by user_ids") == [([1],), ([2],)]
    assert fetch(empty, "select chat_id, user_id, read_seq from members") == [(4, 2, 2)]
    logged = "select stream_id, seq, type, subject from events order by stream_id desc, seq"
    assert fetch(empty, logged) == [
        (4, 1, "chat.created", 4),
        (4, 2, "member.joined", 2),
        (2, 4, "chat.joined", 4),
    ]
    assert fetch(empty, "select seq from streams order by id") == [(3,), (4,), (2,), (2,)]


def test_reactions_that_differ_in_a_selector_become_one(empty: str, tmp_path: Path) -> None:
    """As `rules.emoji` writes them from now on; whoever gave both has given one."""
    vectors = json.loads((Path(__file__).parents[1] / "vectors" / "emoji.json").read_text())
    for path in MIGRATIONS.glob("000[1-7]*.sql"):
        shutil.copy(path, tmp_path)
    migrate(empty, tmp_path)
    written = list(dict.fromkeys(form for pair in vectors["one"] for form in pair))
    rows = ",".join(f"(1, 1, '{each}', 7, 1)" for each in [*written, "👍👍"])
    fetch(empty, f"insert into reactions (chat_id, seq, emoji, user_id, rev) values {rows}")
    migrate(empty)
    found = [row[0] for row in fetch(empty, "select emoji from reactions")]
    assert sorted(map(str, found)) == sorted({emoji_key(each) for each in written} | {"👍👍"})


def test_files_of_tasks_are_where_the_log_says_they_were_attached(empty: str) -> None:
    migrate(empty)
    rollback(empty, to="0037.owners")
    fetch(
        empty,
        """
        insert into streams (kind, seq) values ('user', 1), ('chat', 9);
        insert into users (id, username, username_key, display_name, role, locale, time_zone,
                           created_at)
        values (1, 'alice', 'alice', 'Alice', 'user', 'en', 'UTC', now());
        insert into chats (id, kind, created_at, updated_at) values (2, 'group', now(), now());
        insert into tasks (id, number, chat_id, title, description, status, creator, version,
                           created_at, updated_at, rev, file_count)
        select id, id, 2, 'T', '', 'open', 1, 1, '2026-01-01', '2026-05-01', 10 * id, 1
        from generate_series(1, 2) id;
        insert into blobs values (sha256('a'), 1, 'disk', now());
        insert into files (id, chat_id, uploader_id, name, mime, size, sha256, created_at)
        select lpad(n::text, 32, '0')::uuid, 2, 1, 'file ' || n, 'text/plain', 1, sha256('a'), now()
        from generate_series(1, 4) n;
        insert into task_files
        select 1 + n / 4, lpad(n::text, 32, '0')::uuid, n from generate_series(1, 4) n;
        insert into events (stream_id, seq, type, at, subject, data) values
            (2, 1, 'task.created', '2026-01-01', 1, null),
            (2, 2, 'task.updated', '2026-02-01', 1,
             '{"changes": [{"field": "files", "old": [], "new": ["file 1", "file 2"]}]}'),
            (2, 3, 'task.updated', '2026-03-01', 1,
             '{"changes": [{"field": "files", "old": ["file 2"], "new": []}]}'),
            (2, 4, 'task.updated', '2026-04-01', 1,
             '{"changes": [{"field": "title", "old": "file 2", "new": "file 2"},
                           {"field": "files", "old": [], "new": ["file 2"]}]}'),
            (2, 5, 'task.updated', '2026-04-02', 1,
             '{"changes": [{"field": "title", "old": "T", "new": "file 1"}]}');
        """,
    )
    assert migrate(empty)[0] == "0038.task_files_at"
    placed = "select chat_id, task_id, seq, at::date::text from task_files order by position"
    assert fetch(empty, placed) == [
        (2, 1, 2, "2026-02-01"),
        (2, 1, 4, "2026-04-01"),
        # It came with the task.
        (2, 1, 1, "2026-01-01"),
        # Nothing is left of its history.
        (2, 2, 20, "2026-05-01"),
    ]

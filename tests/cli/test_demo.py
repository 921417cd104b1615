import asyncio
import contextlib
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2
import pytest
from click.testing import Result

from messenger import config
from messenger.cli import Failure, demo
from messenger.config import Settings
from messenger.demo.story import story
from messenger.store import log
from messenger.store.db import Database
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.rows import chats
from tests.conftest import MIGRATED, database
from tests.waiting import PATIENCE

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # a Monday
CARDS = story().cards
LINES = [line for spoken in story().talk.values() for line in spoken]
MESSAGES = len(LINES) + sum(len(card.comments) for card in CARDS)


def settings_in(directory: Path) -> Settings:
    return config.load({"DATA_DIR": str(directory), "BCRYPT_ROUNDS": "4", "SECRET_KEY": "k" * 32})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


class Week(NamedTuple):
    """A database with the demo in it, and the seconds of computing that it took."""

    dsn: str
    directory: Path
    seconds: float


@pytest.fixture(scope="module")
def week(
    cluster: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Week]:  # fmt: skip
    """Made once for the tests that only read it."""
    directory = tmp_path_factory.mktemp("week")
    settings = settings_in(directory)
    with database(cluster, worker_id, MIGRATED) as dsn:
        began = time.process_time()
        asyncio.run(demo.make(settings, dsn, "correct horse", NOW))
        yield Week(dsn, directory, time.process_time() - began)


def test_week_is_made_within_seconds_and_keeps_the_logs_rules(week: Week) -> None:
    dsn = week.dsn
    assert week.seconds < 10
    assert rows(dsn, "select count(*) from messages") == [(MESSAGES,)]
    assert rows(dsn, "select count(*), count(column_id) from tasks") == [(len(CARDS), len(CARDS))]
    assert rows(dsn, GAPS) == []
    assert rows(dsn, MISNUMBERED) == []
    assert rows(dsn, BACK_IN_TIME) == []
    [(oldest, newest)] = rows(dsn, "select min(created_at), max(created_at) from messages")
    assert NOW - timedelta(days=9) < oldest < newest < NOW
    assert rows(dsn, f"select max(at) <= %s from {LOG}", NOW) == [(True,)]


def test_something_of_everything_is_there(week: Week) -> None:
    dsn = week.dsn
    there = {type for (type,) in rows(dsn, f"select distinct type from {LOG}")}
    assert there >= {
        "chat.created", "user.joined", "member.joined", "message.created", "message.edited",
        "message.deleted", "message.pinned", "reaction.added", "notify.changed", "draft.changed",
    }  # fmt: skip
    kinds = dict(rows(dsn, "select kind, count(*) from chats group by kind"))
    assert kinds == {"org": 1, "group": 3, "direct": 15}
    assert rows(dsn, "select count(*) from chats where board") == [(1,)]
    given = [thing for each in (*LINES, *CARDS) for thing in each.files]
    shown = "select count(*), count(shown_as), count(waveform) from files"
    assert rows(dsn, shown) == [(len(given), 1, 1)]
    drawn = sum(bool(thing.scene) for thing in given)
    assert rows(dsn, "select count(*) from files where preview") == [(drawn,)]
    assert rows(dsn, "select count(*) from tasks where cover_file_id is not null") == [(2,)]
    assert rows(dsn, "select count(*) from users where avatar_url is not null") == [(6,)]
    assert rows(dsn, "select count(*) from chats where avatar_url is not null") == [(2,)]


def test_unread_is_what_others_wrote_past_the_mark(week: Week) -> None:
    dsn = week.dsn
    counted = rows(dsn, UNREAD)
    assert asyncio.run(unread(dsn)) == dict(counted)
    assert sum(dict(counted).values()) == 13
    assert rows(dsn, READ_BY_ALL_OTHERS) == [(True,)]


def test_same_moment_makes_the_same_week(settings: Settings, week: Week, dsn: str) -> None:
    asyncio.run(demo.make(settings, dsn, "correct horse", NOW))
    assert rows(dsn, EVERYTHING) == rows(week.dsn, EVERYTHING)


def test_interrupted_making_begins_anew(
    week: Week, cluster: str, worker_id: str, tmp_path: Path
) -> None:
    shutil.copytree(week.directory, tmp_path, dirs_exist_ok=True)
    with database(cluster, worker_id, name_of(week.dsn)) as dsn:
        begins_anew(settings_in(tmp_path), dsn, tmp_path / demo.MARK)


def begins_anew(settings: Settings, dsn: str, mark: Path) -> None:
    demo.write(mark, demo.Mark("battery staple", "begun"))
    demo.make_once(settings, dsn, mark)
    assert rows(dsn, "select count(*) from messages") == [(MESSAGES,)]
    demo.make_once(settings, dsn, mark)
    assert rows(dsn, "select count(*) from messages") == [(MESSAGES,)]


# The directory


def test_data_is_beside_the_real_ones_and_no_other_database_is_used() -> None:
    given = {"DATABASE_URL": "postgresql://db/real", "DATABASE_URL_FILE": "/x", "HOST": "::"}
    made = demo.environment(given, 1234)
    assert Path(made["DATA_DIR"]).name == "demo"
    assert {name: made[name] for name in made if name != "DATA_DIR"} == {
        "HOST": "::",
        "PORT": "1234",
    }


def test_given_directory_is_used_itself(tmp_path: Path) -> None:
    assert demo.environment({"DATA_DIR": str(tmp_path / "x")}, None)["DATA_DIR"] == str(
        tmp_path / "x"
    )
    assert not (tmp_path / "x").exists()


def test_same_password_until_it_is_reset(tmp_path: Path) -> None:
    first = demo.claim(tmp_path / "demo")
    assert (tmp_path / "demo" / demo.MARK).stat().st_mode & 0o777 == 0o600
    assert demo.claim(tmp_path / "demo") == first
    (tmp_path / "demo" / "postgres").mkdir()
    demo.clear(tmp_path / "demo")
    assert list((tmp_path / "demo").iterdir()) == []
    assert demo.claim(tmp_path / "demo") != first


@pytest.mark.parametrize("command", [["demo"], ["demo", "--reset"]])
def test_other_directory_is_left_alone(
    messenger: Callable[..., Result], tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    result = messenger(*command)
    assert result.exit_code == 1
    assert "left alone" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_demo_that_could_not_run_is_not_reset(
    messenger: Callable[..., Result], tmp_path: Path
) -> None:
    password = demo.claim(tmp_path)
    (tmp_path / "postgres").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = messenger("demo", "--reset", "--port", str(port))
    assert result.exit_code == 1
    assert str(port) in result.stderr
    assert (tmp_path / "postgres").is_dir()
    assert demo.claim(tmp_path) == password


def test_running_demo_is_not_reset(tmp_path: Path) -> None:
    demo.claim(tmp_path)
    with (
        EmbeddedPostgres(tmp_path, durable=False),
        pytest.raises(Failure, match="stop it first"),
    ):
        demo.clear(tmp_path)
    assert (tmp_path / "postgres").is_dir()


# The whole


def test_logins_are_printed_and_good_at_every_start(tmp_path: Path, systemd: socket.socket) -> None:
    with started(tmp_path) as first:
        assert re.search(r"The demo runs at (http://127\.0\.0\.1:\d+)\n", first)
        assert signs_in(first, "anna")["role"] == "admin"
        assert signs_in(first, "maria")["display_name"] == "Мария Волкова"
        assert systemd.recv(100) == b"READY=1"
    assert systemd.recv(100) == b"STOPPING=1"
    with started(tmp_path) as second:
        assert password_of(second) == password_of(first)


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """The end that hears of a service's state."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messages:
        messages.bind(str(tmp_path / "notify"))
        messages.settimeout(10)
        yield messages


@contextlib.contextmanager
def started(directory: Path) -> Iterator[str]:
    """A demo in a process of its own, told to stop afterwards; what it says of itself."""
    environment = {"DATA_DIR": str(directory / "data"), "BCRYPT_ROUNDS": "4", "PATH": "/usr/bin"}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "messenger", "demo", "--port", "0"],
        env={**environment, "NOTIFY_SOCKET": str(directory / "notify")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield "".join(process.stdout.readline() for _ in range(4))
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0


def password_of(printed: str) -> str:
    return re.findall(r"password  (\S+)", printed)[0]


def signs_in(printed: str, username: str) -> Any:
    address = printed.splitlines()[0].rpartition(" ")[2]
    body = {"username": username, "password": password_of(printed)}
    request = urllib.request.Request(
        f"{address}/api/v1/auth/login",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)["data"]["user"]


def name_of(dsn: str) -> str:
    """Of a database, by its address."""
    return dsn.partition("?")[0].rpartition("/")[2]


async def unread(dsn: str) -> dict[int, int]:
    """What the server tells the first of the logins."""
    database = Database(dsn, size=1)
    await database.open()
    try:
        [(anna,)] = rows(dsn, "select id from users where username = 'anna'")
        mine = await chats.my(database, anna, [id for (id,) in rows(dsn, "select id from chats")])
        return {chat_id: my.unread for chat_id, my in mine.items() if my.unread}
    finally:
        await database.close()


def rows(dsn: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(dsn)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())
    finally:
        connection.close()


LOG = f"({log.WHOLE}) e"
GAPS = f"""
    select s.id from streams s left join {LOG} on e.stream_id = s.id
    group by s.id, s.seq
    having count(e.seq) <> s.seq or coalesce(min(e.seq), 1) <> 1 or coalesce(max(e.seq), 0) <> s.seq
"""
MISNUMBERED = """
    select chat_id, seq from (
        select *, row_number() over (partition by chat_id order by seq) as place from messages
    ) m where m.n <> m.place
    union all
    select s.id, s.n from streams s
    where s.n <> (select count(*) from messages m where m.chat_id = s.id)
"""
BACK_IN_TIME = f"""
    select stream_id, seq from (
        select *, lag(at) over (partition by stream_id order by seq) as before from {LOG}
    ) e where e.at < e.before
"""
UNREAD = """
    select m.chat_id, count(*) from members b join messages m on m.chat_id = b.chat_id
    where b.user_id = (select id from users where username = 'anna')
      and m.n > b.read_n and m.sender_id <> b.user_id
    group by m.chat_id
"""
READ_BY_ALL_OTHERS = """
    select bool_and(b.read_n = s.n) from members b join streams s on s.id = b.chat_id
    join users u on u.id = b.user_id where u.username not in ('anna', 'dmitry', 'maria')
"""
EVERYTHING = f"""
    select e.stream_id, e.seq, e.type, e.by, e.at, m.text, m.client_message_id::text
    from {LOG} left join messages m on m.chat_id = e.stream_id and m.seq = e.subject
    order by 1, 2
"""

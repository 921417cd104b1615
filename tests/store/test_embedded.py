import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from messenger.store import embedded
from messenger.store.embedded import AlreadyRunning, EmbeddedPostgres, PostgresProblem, running_dsn
from messenger.store.embedded.account import choose
from messenger.store.embedded.claim import Claim, Postmaster
from messenger.store.embedded.programs import ended
from messenger.store.embedded.supervisor import Supervisor
from tests.waiting import PATIENCE

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems tell no child of it")

# Its own process, so that it can be killed; durable, so that what it committed must be there.
SERVER = """
import sys, time
from pathlib import Path
from messenger.store.embedded import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]))
print(postgres.start(), postgres._process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    # Not pytest's own temporary directory: its path is too long for a Unix socket.
    with tempfile.TemporaryDirectory(prefix="messenger-") as directory:
        yield Path(directory) / "data"


@pytest.fixture(scope="module")
def original() -> Iterator[Path]:
    """A cluster that was started once and stopped. A copy of it saves making one."""
    with tempfile.TemporaryDirectory(prefix="messenger-") as directory:
        with EmbeddedPostgres(Path(directory), durable=False) as postgres:
            pass
        yield postgres.cluster


@pytest.fixture
def made(data_dir: Path, original: Path) -> Path:
    """A data directory with a cluster in it."""
    shutil.copytree(original, data_dir / "postgres")
    return data_dir


def fetch(dsn: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(dsn)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def write_note(dsn: str) -> None:
    fetch(dsn, "create table notes (text text); insert into notes values ('kept') returning text")


def read_note(dsn: str) -> object:
    return fetch(dsn, "select text from notes")[0][0]


def eventually(claim: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def fleeting(data_dir: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(data_dir, durable=False)


def process_of(postgres: EmbeddedPostgres) -> subprocess.Popen[bytes]:
    assert postgres._process is not None
    return postgres._process


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"  # dead, but not yet collected by whoever inherited it


def test_first_start_makes_a_database_of_ours_that_knows_cyrillic(data_dir: Path) -> None:
    with fleeting(data_dir) as postgres:
        found = fetch(postgres.dsn, "select current_database(), lower('ПРИВЕТ'), 'ё' ~* 'Ё'")
    assert found == [("messenger", "привет", True)]


def test_committed_data_outlive_a_stop(made: Path) -> None:
    with fleeting(made) as postgres:
        write_note(postgres.dsn)
    with fleeting(made) as postgres:
        assert read_note(postgres.dsn) == "kept"


def test_killed_postgres_is_noticed_and_comes_back_with_its_data(made: Path) -> None:
    with EmbeddedPostgres(made) as postgres:
        write_note(postgres.dsn)
        process_of(postgres).kill()
        assert eventually(lambda: not postgres.poll())
        assert read_note(postgres.restart()) == "kept"


def test_launch_returns_before_postgres_is_ready(made: Path) -> None:
    with fleeting(made) as postgres:
        process_of(postgres).kill()
        assert eventually(lambda: not postgres.poll())

        def answers() -> bool:
            if not postgres.poll():
                postgres.launch()
            return running_dsn(made) == postgres.dsn

        assert eventually(answers)


@on_linux
def test_killed_server_takes_postgres_with_it_and_the_next_has_the_data(made: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-P", "-c", SERVER, str(made)], stdout=subprocess.PIPE, text=True
    )
    with server:
        assert server.stdout is not None
        dsn, pid = server.stdout.readline().split()
        write_note(dsn)
        server.kill()
    assert eventually(lambda: is_gone(int(pid)))
    with EmbeddedPostgres(made) as postgres:
        assert read_note(postgres.dsn) == "kept"


def test_postgres_left_behind_by_a_killed_server_makes_way(made: Path) -> None:
    left = fleeting(made)
    write_note(left.start())
    left._claim.release()  # as a server's death does
    with fleeting(made) as postgres:
        assert read_note(postgres.dsn) == "kept"
        assert not left.poll()


@contextmanager
def number_of_another(postgres: EmbeddedPostgres, name: str, lines: list[str]) -> Iterator[None]:
    """A lock file of a postmaster that died, whose number is another process's by now."""
    account = postgres.cluster.stat().st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], user=account) as another:
        left = postgres.cluster / name
        left.write_text("\n".join([str(another.pid), *lines[1:], ""]))
        os.chown(left, postgres.cluster.stat().st_uid, -1)
        yield
        assert another.poll() is None
        another.kill()


@pytest.mark.parametrize("name", ["postmaster.pid", ".s.PGSQL.5432.lock"])
def test_process_number_given_to_another_since_does_not_stop_the_start(
    made: Path, name: str
) -> None:
    with fleeting(made) as postgres:
        lines = (postgres.cluster / "postmaster.pid").read_text().splitlines()
    with number_of_another(postgres, name, lines), fleeting(made) as postgres:
        assert postgres.poll()


@pytest.mark.parametrize("name", ["postmaster.pid", ".s.PGSQL.5432.lock"])
def test_process_number_given_to_another_since_does_not_stop_the_next_launch(
    made: Path, name: str
) -> None:
    with fleeting(made) as postgres:
        lines = (postgres.cluster / "postmaster.pid").read_text().splitlines()
        process_of(postgres).kill()
        assert eventually(lambda: not postgres.poll())
        with number_of_another(postgres, name, lines):
            postgres.restart()
            assert postgres.poll()


@on_linux
def test_a_crash_leaves_no_memory_of_what_people_wrote(made: Path) -> None:
    with fleeting(made) as postgres:
        limits = Path(f"/proc/{process_of(postgres).pid}/limits").read_text()
    [core] = [line.split() for line in limits.splitlines() if "core file" in line]
    assert core[4:6] == ["0", "0"]


def test_second_server_on_the_same_directory_is_refused(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_CLAIM_PATIENCE", 0.0)
    with fleeting(made), pytest.raises(AlreadyRunning, match=f"server {os.getpid()}"):
        fleeting(made).start()


def test_other_major_version_is_refused_and_nothing_is_touched(made: Path) -> None:
    with fleeting(made) as postgres:
        pass
    (postgres.cluster / "PG_VERSION").write_text("9\n")
    before = sorted(postgres.cluster.rglob("*"))
    with pytest.raises(PostgresProblem, match=r"made by PostgreSQL 9.*db upgrade"):
        postgres.start()
    assert sorted(postgres.cluster.rglob("*")) == before


def test_directory_with_other_files_is_left_alone(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres" / "thesis.txt").write_text("mine")
    with pytest.raises(PostgresProblem, match="holds no PostgreSQL data"):
        fleeting(data_dir).start()


def test_interrupted_first_start_is_begun_anew(data_dir: Path) -> None:
    (data_dir / "postgres.new").mkdir(parents=True)
    (data_dir / "postgres.new" / "PG_VERSION").write_text("18\n")
    with fleeting(data_dir) as postgres:
        assert postgres.poll()


def test_failure_repeats_the_words_of_postgres(made: Path) -> None:
    with fleeting(made) as postgres:
        pass
    (postgres.cluster / "postgresql.conf").write_text("nonsense = here\n")
    with pytest.raises(PostgresProblem, match=r"(?s)nonsense.*start again"):
        postgres.start()


def test_path_too_long_for_a_socket_gets_a_short_one(data_dir: Path) -> None:
    with fleeting(data_dir / ("d" * 100)) as postgres:
        assert running_dsn(postgres.data_dir) == postgres.dsn
        assert fetch(postgres.dsn, "select 1") == [(1,)]


def test_commands_find_a_server_but_not_each_other(made: Path) -> None:
    assert running_dsn(made) is None
    with fleeting(made) as postgres:
        assert running_dsn(made) == postgres.dsn
    with EmbeddedPostgres(made, durable=False, lasting=False):
        assert running_dsn(made) is None


def test_commands_do_not_wait_for_ever_for_a_server_without_postgres(data_dir: Path) -> None:
    data_dir.mkdir(exist_ok=True)
    claim = Claim(data_dir / "postgres.lock")
    claim.take(0, lasting=True)
    with pytest.raises(PostgresProblem, match="not ready after 0 s"):
        running_dsn(data_dir, patience=0.1)
    claim.release()
    assert running_dsn(data_dir, patience=0.1) is None


def test_log_stays_within_bounds(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fleeting(made) as postgres:
        monkeypatch.setattr(embedded, "_LOG_BYTES", 10)
        assert postgres.poll()
        assert postgres.log.stat().st_size == 0
        assert "ready to accept" in (made / "postgres.log.1").read_text()


def test_removed_log_hides_no_death(made: Path) -> None:
    with fleeting(made) as postgres:
        postgres.log.unlink()
        assert postgres.poll()
        process_of(postgres).kill()
        assert eventually(lambda: not postgres.poll())
        postgres.restart()
        assert "ready to accept" in postgres.log.read_text()


def test_log_that_cannot_be_kept_keeps_postgres_from_nothing(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, say: no room for the copy, nor for another line."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with fleeting(made) as postgres:
        monkeypatch.setattr(embedded, "_LOG_BYTES", 10)
        monkeypatch.setattr(shutil, "copyfile", full)
        assert postgres.poll()
        assert postgres.log.stat().st_size == 0
        assert not (made / "postgres.log.1").exists()
        postgres.log.unlink()
        postgres.log.mkdir()
        process_of(postgres).kill()
        assert eventually(lambda: not postgres.poll())
        postgres.restart()
        assert fetch(postgres.dsn, "select 1") == [(1,)]


async def test_supervisor_goes_on_when_a_launch_fails(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fleeting(made) as postgres:
        supervisor = Supervisor(postgres)
        await supervisor.look()
        process_of(postgres).kill()
        assert eventually(lambda: not postgres.poll())
        with monkeypatch.context() as without:
            without.setattr(embedded, "spawn", no_memory)
            with pytest.raises(OSError, match="memory"):
                await supervisor.look()
        await supervisor.look()
        assert postgres.poll()
        # One that dies again and again is a trouble to be told of, and tried again less often.
        supervisor.down_since = time.monotonic() - 60
        process_of(postgres).kill()
        assert eventually(lambda: not postgres.poll())
        with pytest.raises(PostgresProblem, match="as soon as it is started"):
            await supervisor.look()


@pytest.mark.parametrize("deaf", [1, 3])
def test_an_order_to_end_that_came_too_early_is_given_again(deaf: int) -> None:
    """Else a stop right after a restart waited for half a minute."""
    script = (
        "import signal, time\nheard = []\n"
        f"signal.signal(2, lambda *_: heard.append(1) or (len(heard) > {deaf} and exit()))\n"
        "print('up', flush=True)\ntime.sleep(60)\ntime.sleep(60)\ntime.sleep(60)"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert ended(process, signal.SIGINT, patience=20.0)


def no_memory(*_: object) -> None:
    raise OSError(12, "Cannot allocate memory")


def test_log_does_not_repeat_what_people_wrote(made: Path) -> None:
    with fleeting(made) as postgres:
        with pytest.raises(psycopg2.Error):
            fetch(postgres.dsn, "select 'a secret'::int")
        fetch(
            postgres.dsn,
            "create table t (x text unique); insert into t values ('mine') returning 1",
        )
        with pytest.raises(psycopg2.Error):
            fetch(postgres.dsn, "insert into t values ('mine')")
    log = postgres.log.read_text()
    assert "ready to accept" in log
    assert "secret" not in log
    assert "mine" not in log


def test_thread_other_than_the_main_one_is_refused(data_dir: Path) -> None:
    caught: list[Exception] = []

    def start() -> None:
        try:
            fleeting(data_dir).start()
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(caught)


@as_root
@pytest.mark.parametrize("mode", [0o700, 0o755], ids=["closed", "open"])
def test_root_hands_the_data_to_a_lesser_account(data_dir: Path, mode: int) -> None:
    data_dir.parent.chmod(mode)
    data_dir.mkdir(mode)
    with fleeting(data_dir) as postgres:
        assert fetch(postgres.dsn, "select 1") == [(1,)]
        owner = Path(f"/proc/{process_of(postgres).pid}").stat().st_uid
    assert owner == postgres.cluster.stat().st_uid != 0
    assert data_dir.parent.stat().st_mode & 0o777 == mode


@as_root
def test_directory_of_an_ordinary_account_is_served_by_it(data_dir: Path) -> None:
    data_dir.mkdir()
    os.chown(data_dir, 65534, 65534)
    with fleeting(data_dir) as postgres:
        assert postgres.cluster.stat().st_uid == 65534


@as_root
def test_directory_of_somebody_else_is_refused_to_an_ordinary_account(made: Path) -> None:
    made.parent.chmod(0o755)
    os.chown(made / "postgres", 1, 1)
    os.seteuid(65534)
    try:
        with pytest.raises(PostgresProblem, match="chown -R"):
            choose(made / "postgres", made)
    finally:
        os.seteuid(0)


def test_ctrl_c_in_the_terminal_does_not_reach_postgres(made: Path) -> None:
    with fleeting(made) as postgres:
        assert os.getpgid(process_of(postgres).pid) != os.getpgid(os.getpid())


def test_server_with_users_of_its_own_is_known_by_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the unit's PrivateUsers= has it: another account's command line cannot see its folder."""

    def refused(*_: object) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "samefile", refused)
    words = [sys.executable, "-c", "import time; time.sleep(600)", "-D", str(tmp_path)]
    process = subprocess.Popen(words)
    try:
        while not Path(f"/proc/{process.pid}/cmdline").read_bytes():
            time.sleep(0.01)  # it has begun, and is not that program yet
        running = Postmaster(process.pid, ".", ready=True)
        assert running.lives_in(tmp_path)
        assert not running.lives_in(tmp_path / "other")
    finally:
        process.kill()
        process.wait()

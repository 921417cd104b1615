"""Kills archive and backup every 50 ms in turn: `python -P -m tests.backup.kills DIRECTORY`.

Each run is begun anew and killed (-9) 50 ms later than the one before, until one comes to its end.
After every kill whatever counts as a backup is whole and proven; at the end nothing is left over,
every number of every log is in one place, and the archive proves it.
"""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from messenger import config
from messenger.archive.running import Policy, Run
from messenger.archive.vault import vault_of
from messenger.archive.verifying import Verifier
from messenger.backup import contents, making
from messenger.backup.folders import listed, root_of, wrong_sums
from messenger.config import Settings
from messenger.store.archive.session import Session
from messenger.store.db import Database
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.schema.migrate import migrate
from tests.archive.past import catch_up, fill

STEP = 0.05
POLICY = Policy(30, 2, False)


def settings_of(directory: Path) -> Settings:
    return config.load({"DATA_DIR": str(directory), "BACKUP_DIR": str(directory / "safe")})


async def archive(settings: Settings, dsn: str) -> None:
    with Session(dsn) as session:
        await Run(session, vault_of(settings), POLICY, datetime.now(UTC)).run()


async def backup(settings: Settings, dsn: str) -> None:
    async def note(*_: object) -> None:
        pass

    database = Database(dsn, size=2)
    await database.open()
    await making.make(settings, database, lambda: datetime.now(UTC), note)
    await database.close()


def kill_in_turn(what: str, directory: Path, dsn: str) -> int:
    """Returns how many were killed before one came to its end."""
    kills = 0
    while True:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", __spec__.name, str(directory), what, dsn],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        child.stdout.readline()
        try:
            child.wait(STEP * (kills + 1))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            kills += 1
            check_backups(directory)
            continue
        assert child.returncode == 0, f"{what} failed"
        return kills


def check_backups(directory: Path) -> None:
    root = root_of(settings_of(directory))
    for each in listed(root):
        assert each.state == "proven", each
        assert [*wrong_sums(each), *contents.missing(root, each)] == []


def main(directory: Path) -> None:
    settings = settings_of(directory)
    with EmbeddedPostgres(directory) as postgres:
        migrate(postgres.dsn)
        with Session(postgres.dsn) as session:
            fill(session, 10, 2000, now=datetime.now(UTC))
            catch_up(session)
            total = session.value("select count(*) from messages")
        for what in ("archive", "backup"):
            print(f"{what}: {kill_in_turn(what, directory, postgres.dsn)} killed", flush=True)
        with Session(postgres.dsn) as session:
            verdict = asyncio.run(Verifier(session, vault_of(settings)).verify())
            live = session.value("select count(*) from messages")
            held = session.value("select sum(messages) from archive_parts where state = 'done'")
            scratch = session.rows("select datname from pg_database where datname like '%%proof%%'")
        assert verdict.faults == [], verdict.faults
        assert live + held == total
        assert scratch == []
        check_backups(directory)
        left = [path.name for path in root_of(settings).iterdir() if "partial" in path.name]
        assert left == []
        print(
            f"{total} messages, {held} of them archived; {len(listed(root_of(settings)))} backups"
        )


if __name__ == "__main__":
    if len(sys.argv) == 2:
        main(Path(sys.argv[1]))
    else:
        print("begun", flush=True)
        work = {"archive": archive, "backup": backup}[sys.argv[2]]
        asyncio.run(work(settings_of(Path(sys.argv[1])), sys.argv[3]))

"""The nightly run is the command in a process of its own, and says what came of it."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from messenger import config
from messenger.jobs import archive as job
from messenger.jobs import command
from messenger.jobs.running import Run
from messenger.store.archive.session import LOCK, Session
from tests.archive.past import fill


class Noted(Run):
    """A run that is not recorded."""

    def __init__(self) -> None:
        self.details: dict[str, Any] | None = None
        self.steps: list[str | None] = []

    def check_stopping(self) -> None:
        pass

    async def progress(self, share: float | None, step: str | None = None) -> None:
        self.steps.append(step)


async def test_the_job_archives_in_a_process_of_its_own_and_tells_of_a_failure(
    dsn: str, tmp_path: Path
) -> None:
    given = psycopg2.extensions.parse_dsn(dsn)
    url = f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}"
    settings = config.load({"DATA_DIR": str(tmp_path), "DATABASE_URL": url})
    with Session(dsn) as session:
        fill(session, 1, 200, now=datetime.now(UTC))
    run = Noted()
    await job.archive(run, settings)
    assert run.details is not None
    assert (run.details["parts"], run.details["messages"] > 90) == (1, True)
    assert len(list((tmp_path / "archives").glob("*/*"))) == 2
    assert any(step and step.endswith("lines") for step in run.steps)
    proof = Noted()
    await job.verify(proof, settings)
    assert proof.details == {"manifests": 1, "parts": 1, "lines": 108, "streams": 1}
    [part] = (tmp_path / "archives").glob("*/*.gz")
    content = part.read_bytes()
    part.write_bytes(content[:-1])
    with pytest.raises(job.ArchiveFailed, match=f"{part.name} is damaged"):
        await job.verify(Noted(), settings)
    part.write_bytes(content)
    with Session(dsn) as busy:
        busy.rows("select pg_advisory_lock(%(lock)s)", lock=LOCK)
        with pytest.raises(job.ArchiveFailed, match=r"at work already"):
            await job.archive(Noted(), settings)


async def test_a_command_may_print_more_than_a_pipe_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config.load({"DATA_DIR": str(tmp_path)})
    lines = "import sys; print('x' * 1_000_000); sys.exit('Error: it ends so')"
    monkeypatch.setattr(command, "COMMAND", (sys.executable, "-c", lines))
    async with asyncio.timeout(60):
        done = await command.run_command(Noted(), settings)
    assert (done.code, len(done.printed), done.said) == (1, 1_000_001, "it ends so")

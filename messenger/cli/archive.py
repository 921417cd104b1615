"""`archive`: what is older than the retention: move it, look at it, prove it, bring it back."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from messenger import config
from messenger.archive import restoring, searching, showing
from messenger.archive.running import Policy, Run
from messenger.archive.vault import Vault, vault_of
from messenger.archive.verifying import Verifier
from messenger.cli import Failure, Misuse, Verbs
from messenger.cli.local_server import current_database
from messenger.cli.printing import NUMBER, as_json, show, table
from messenger.config import Settings
from messenger.priority import step_back
from messenger.runtime import overlay
from messenger.store.archive import audited, index
from messenger.store.archive.session import Session
from messenger.store.rows import runtime_settings

T = TypeVar("T")
GENTLY = 3.0
"""How long the nightly run rests for each second that it works: a quarter of one processor's time
is enough for millions of messages until the morning."""
Work = Callable[[Session, Vault, Settings], Coroutine[Any, Any, T]]


@click.group(cls=Verbs)
def archive() -> None:
    """What is older than the retention. All of it runs beside a server, or without one."""


@archive.command()
@click.option(
    "--gently", is_flag=True, help="Rest three times as long as it works, and let others go first."
)
@as_json
def run(gently: bool, as_json: bool) -> None:
    """Move what is older than RETENTION_DAYS to the archive. A server does so every night.

    May be stopped at any moment; the next run goes on.
    """
    if gently:
        step_back()

    async def work(session: Session, vault: Vault, settings: Settings) -> Run:
        if not gently:
            audited.record(session, "job.run", None, {"what": "archive"})
        overlay(settings, runtime_settings.parsed(session.value(runtime_settings.TEXT)))
        policy = Policy(
            settings.retention_days, settings.archive_years, settings.archive_open_tasks
        )
        told = lambda line: click.echo(line, err=True)  # noqa: E731
        running = Run(session, vault, policy, datetime.now(UTC), GENTLY if gently else 0.0, told)
        await running.run()
        return running

    done = _on(work).report
    moved = f"{done.messages} messages, {done.lines} lines in {done.parts} parts"
    lines = [f"archived {moved}; {done.expired} expired, {done.rewritten} written anew"]
    show(done, lines, as_json)


@archive.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """The parts there are: whose log, which numbers, from when to when."""

    async def work(session: Session, vault: Vault, settings: Settings) -> list[index.Part]:
        return index.parts(session)

    found = _on(work)
    rows = [
        (str(part.stream_id), f"{part.first_seq}-{part.last_seq}", str(part.lines),
         f"{part.first_at:%Y-%m-%d}", f"{part.last_at:%Y-%m-%d}", part.state, part.name)
        for part in found
    ]  # fmt: skip
    names = ("stream", "seq", "lines", "from", "to", "state", "file")
    machine = [
        {name: getattr(part, name) for name in index.SHOWN} | {"sha256": part.sha256.hex()}
        for part in found
    ]
    show(machine, table(names, rows), as_json)


@archive.command()
@as_json
def verify(as_json: bool) -> None:
    """Prove the archive: every hash, the chain, every number of every log exactly once.

    Exit 1 when anything is wrong; each finding is a line.
    """

    async def work(session: Session, vault: Vault, settings: Settings) -> Verifier:
        verifier = Verifier(session, vault)
        await verifier.verify()
        return verifier

    found = _on(work).verdict
    sums = f"{found.parts} parts, {found.lines} lines, {found.manifests} manifests"
    lines = [*found.faults, f"{sums}: {'all is well' if found.well else 'not well'}"]
    show(found, lines, as_json)
    if not found.well:
        raise click.exceptions.Exit(1)


@archive.command(name="show")
@click.argument("chat", type=NUMBER)
@click.option("--from", "first", type=NUMBER, default=1, help="The first seq.")
@click.option("--to", "last", type=NUMBER, default=2**53, help="The last seq.")
def show_(chat: int, first: int, last: int) -> None:
    """Print what the archive has of a log, a line of JSON for each entry."""

    async def work(session: Session, vault: Vault, settings: Settings) -> None:
        _check_archived(session, chat)
        async for line in showing.lines(session, vault, chat, first, last):
            click.echo(line, nl=False)

    _on(work)


@archive.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--chat", type=NUMBER, help="In this chat alone.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help="How many at the most.")
@as_json
def search(words: tuple[str, ...], chat: int | None, limit: int, as_json: bool) -> None:
    """Find messages that have all of these words, in any form of them; the latest first."""

    async def work(session: Session, vault: Vault, settings: Settings) -> list[searching.Found]:
        return await searching.search(session, vault, " ".join(words), chat, limit)

    found = _on(work)
    rows = [
        (str(each.chat_id), str(each.seq), f"{each.at:%Y-%m-%d %H:%M}", str(each.by),
         each.text.replace("\n", " ")[:100])
        for each in found
    ]  # fmt: skip
    show(found, table(("chat", "seq", "at", "by", "text"), rows), as_json)


@archive.command()
@click.argument("chat", type=NUMBER)
@click.argument("first", metavar="FROM", type=NUMBER)
@click.argument("last", metavar="TO", type=NUMBER)
@click.option("--days", type=click.IntRange(1, 36_500), default=30, help="How long they stay.")
@as_json
def restore(chat: int, first: int, last: int, days: int, as_json: bool) -> None:
    """Bring what a chat's log has from one seq to another back into the database."""
    if last < first:
        raise Misuse("TO is before FROM.")

    async def work(session: Session, vault: Vault, settings: Settings) -> restoring.Restored:
        _check_archived(session, chat)
        now = datetime.now(UTC)
        done = await restoring.restore(session, vault, chat, first, last, days, now)
        told = {"from": first, "to": last, "days": days, "messages": done.messages}
        audited.record(session, "archive.restore", chat, told)
        return done

    done = _on(work)
    line = f"brought {done.messages} messages and {done.events} events back for {days} days"
    show(done, [line], as_json)


def _check_archived(session: Session, chat: int) -> None:
    if not index.of_range(session, chat, 1, 2**53):
        raise Failure(f"Nothing of {chat} is in the archive; `archive list` shows what is.")


def _on(work: Work[T]) -> T:
    """Do a command's work on the configured database and archive."""
    settings = config.load(os.environ)
    with _session(settings) as session:
        return asyncio.run(work(session, vault_of(settings), settings))


@contextmanager
def _session(settings: Settings) -> Iterator[Session]:
    with current_database(settings) as dsn, Session(dsn) as session:
        yield session

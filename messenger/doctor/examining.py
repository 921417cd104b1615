"""One examination: all looks made, several at once, each finding put into words.

Synchronous, and with a loop of its own for what waits for the network: a server has it made in a
thread, beside serving.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Final

import msgspec
import psycopg2

from messenger import config
from messenger.config import Settings
from messenger.doctor import database, machine, services, stored, words
from messenger.doctor.finding import Area, DoctorReport, Finding, ShownSetting, well, wrong
from messenger.doctor.version import here
from messenger.model import timestamp
from messenger.store import condition
from messenger.store.embedded import PostgresProblem

Opening = Callable[[Settings], AbstractContextManager[str]]
"""Gives the database's address for a while; may raise PostgresProblem."""
Looks = list[tuple[Area, Finding]]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an examination is to look at beside the settings, and in which language to tell."""

    locale: str = "en"
    send_mail: str | None = None
    dsn: str | None = None
    local: str | None = None
    """The database and the address of a server that examines itself."""


def examine(environ: Mapping[str, str], opening: Opening, asked: Asked) -> DoctorReport:
    """Look at an installation by its environment; never raises for what is wrong with it."""
    began = time.monotonic()
    try:
        settings = config.load(environ)
    except config.ConfigError as error:
        found: Looks = [("settings", wrong("setting", why=problem)) for problem in error.problems]
        return report(None, misspelt(environ) + found, began, asked.locale)
    found = misspelt(environ) + look(settings, opening, asked)
    return report(settings, found, began, asked.locale)


def examine_served(settings: Settings, environ: Mapping[str, str], asked: Asked) -> DoctorReport:
    """Look at what a server runs on, from within it; `asked` has its database and address."""
    began = time.monotonic()

    @contextmanager
    def opened(_: Settings) -> Iterator[str]:
        yield asked.dsn or ""

    found = misspelt(environ) + look(settings, opened, asked)
    return report(settings, found, began, asked.locale)


def misspelt(environ: Mapping[str, str]) -> Looks:
    return [
        ("settings", wrong("setting_misspelt", given=given, meant=meant))
        for given, meant in config.near_misses(environ)
    ]


def look(settings: Settings, opening: Opening, asked: Asked) -> Looks:
    """All looks at an installation whose settings can be read."""
    found: Looks = [("machine", each) for each in machine.look(settings)]
    made = asked.dsn or settings.database_url or (settings.data_dir / "postgres").exists()
    with ThreadPoolExecutor(3, thread_name_prefix="doctor") as pool:
        beside = [pool.submit(_bucket, settings), pool.submit(_mail, settings, asked)]
        if made:
            beside.append(pool.submit(_reach, settings, asked))
            found += _database(settings, opening)
        else:
            found.append(("database", well("database_none")))
        for each in beside:
            found += each.result()
    found += [("stored", each) for each in stored.backups(settings, serves=bool(made))]
    return sorted(found, key=lambda each: AREAS.index(each[0]))


AREAS: Final[tuple[Area, ...]] = (
    "settings", "machine", "database", "reach", "services", "stored",
)  # fmt: skip


def _database(settings: Settings, opening: Opening) -> Looks:
    try:
        with opening(settings) as dsn:
            found: Looks = [("database", each) for each in database.look(settings, dsn)]
            return found + _tables(settings, dsn)
    except PostgresProblem as problem:
        return [("database", wrong("postgres", why=str(problem)))]
    except psycopg2.Error as error:
        return [("database", wrong("database_away", why=str(error).strip()))]


def _tables(settings: Settings, dsn: str) -> Looks:
    """What the tables say of what is kept beside them, and of whom is called."""
    try:
        with condition.opened(dsn) as connection:
            hosts = condition.push_hosts(connection, services.MOST)
            rows = condition.manifests(connection)
            files = list(stored.files(settings, connection))
    except (psycopg2.ProgrammingError, psycopg2.OperationalError):
        # Away, or with the tables of another version: that has been said.
        return []
    archive = _all(stored.archive(settings, rows))
    return [
        *(("services", each) for each in asyncio.run(services.push(hosts))),
        *(("stored", each) for each in (*files, *archive)),
    ]  # fmt: skip


def _reach(settings: Settings, asked: Asked) -> Looks:
    # With it comes aiohttp's client.
    from messenger.doctor import reach

    return [("reach", each) for each in _all(reach.look(settings, asked.local))]


def _bucket(settings: Settings) -> Looks:
    found = [*stored.shared(settings), *stored.bucket(settings)]
    return [("stored", each) for each in found]


def _mail(settings: Settings, asked: Asked) -> Looks:
    return [("services", each) for each in _all(services.mail(settings, asked.send_mail))]


def _all(findings: AsyncIterator[Finding]) -> list[Finding]:
    async def gathered() -> list[Finding]:
        return [each async for each in findings]

    return asyncio.run(gathered())


def report(
    settings: Settings | None, found: Iterable[tuple[Area, Finding]], began: float, locale: str
) -> DoctorReport:
    checks = [words.say(area, each, locale) for area, each in found]
    shown = [] if settings is None else [ShownSetting(name=n, value=v, source=s) for n, v, s in
                                         config.describe(settings)]  # fmt: skip
    return DoctorReport(
        ok=all(each.state != "wrong" for each in checks),
        version=" ".join(here()),
        checked_at=timestamp(datetime.now(UTC)),
        seconds=round(time.monotonic() - began, 2),
        settings=shown,
        checks=checks,
    )

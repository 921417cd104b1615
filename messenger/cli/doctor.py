"""`doctor`: looks over an installation, and says what to do about what is wrong; mends nothing."""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import psycopg2

from messenger import config
from messenger.cli.backup import check_backups
from messenger.cli.bucket import check_bucket
from messenger.cli.checks import Check
from messenger.cli.database import open_database
from messenger.cli.mail import check_mail
from messenger.config import secret_key, vapid_key
from messenger.store.embedded import PostgresProblem
from messenger.store.schema import drift, migrate

# Below this PostgreSQL soon stops for want of room, and takes the server with it.
_FREE_BYTES = 2**30
_CLOCK_TOLERANCE = 2.0
# client_connection_check_interval, which ends the queries of those who are gone, came with 14.
_OLDEST_POSTGRES = 140000


class Report(msgspec.Struct, frozen=True):
    """What `doctor --json` prints."""

    ok: bool
    settings: list[tuple[str, str, str]]
    checks: list[Check]


@click.command()
@click.option("--send-mail", metavar="ADDRESS", help="Send a letter there as well.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def doctor(send_mail: str | None, as_json: bool) -> None:
    """Check this installation, and say what to mend. Exit 1 when something is wrong."""
    report = _examine(send_mail)
    if as_json:
        click.echo(msgspec.json.encode(report).decode())
    else:
        _print(report)
    if not report.ok:
        raise click.exceptions.Exit(1)


def _examine(send_mail: str | None) -> Report:
    checks = [
        Check("setting", False, f"{given} is not a setting", f"perhaps {meant} was meant")
        for given, meant in config.near_misses(os.environ)
    ]
    try:
        settings = config.load(os.environ)
    except config.ConfigError as error:
        checks += [Check("setting", False, problem) for problem in error.problems]
        return Report(False, [], checks)
    checks += _check_directory(settings.data_dir)
    checks += _check_database(settings)
    checks += check_bucket(settings)
    checks += check_backups(settings)
    if send_mail is not None:
        checks += check_mail(settings, send_mail)
    well = all(each.ok for each in checks)
    return Report(well, config.describe(settings), checks)


def _check_directory(data_dir: Path) -> Iterator[Check]:
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    writable = os.access(data_dir, os.W_OK | os.X_OK)
    yield Check("DATA_DIR", writable, str(data_dir), None if writable else f"chown it to {_me()}")
    keys = ((each.path_in(data_dir), 0o077) for each in (secret_key, vapid_key))
    for path, forbidden in ((data_dir, 0o022), *keys):
        if path.exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            closed = not mode & forbidden
            fix = None if closed else f"chmod {mode & ~forbidden:o} {path}"
            yield Check("permissions", closed, f"{path} has mode {mode:o}", fix)
    free = shutil.disk_usage(data_dir).free
    enough = free >= _FREE_BYTES
    fix = None if enough else f"free some room where {data_dir} is: at least 1 GiB"
    yield Check("disk space", enough, f"{free / 2**30:.1f} GiB free", fix)


def _check_database(settings: config.Settings) -> Iterator[Check]:
    if settings.database_url is None and not (settings.data_dir / "postgres").exists():
        yield Check("database", True, "not made yet; the first start makes it")
        return
    try:
        with open_database(settings) as dsn:
            yield from _check_server(dsn)
            yield from _check_schema(dsn)
    except PostgresProblem as problem:
        yield Check("database", False, "the embedded PostgreSQL does not start", str(problem))
    except psycopg2.OperationalError as error:
        fix = "start it, or mend DATABASE_URL"
        yield Check("database", False, f"does not answer: {str(error).strip()}", fix)


def _check_server(dsn: str) -> Iterator[Check]:
    connection = psycopg2.connect(dsn, connect_timeout=5)
    try:
        with connection.cursor() as cursor:
            began = time.time()
            cursor.execute(
                "select extract(epoch from clock_timestamp())::float8,"
                " current_setting('server_version')"
            )
            now, version = cursor.fetchall()[0]
            drift = max(began - now, now - time.time(), 0.0)
        recent = connection.server_version >= _OLDEST_POSTGRES
    finally:
        connection.close()
    fix = None if recent else "upgrade PostgreSQL to 14 or newer"
    yield Check("database", recent, f"PostgreSQL {version} answers", fix)
    together = drift <= _CLOCK_TOLERANCE
    fix = None if together else "let both machines keep their time by NTP"
    yield Check("clock", together, f"{drift:.1f} s from the database's", fix)


def _check_schema(dsn: str) -> Iterator[Check]:
    states = migrate.status(dsn)
    behind = [each for each in states if each.state != "applied"]
    for each in behind:
        fixes = {"pending": "restart the server, or run `bin/messenger db migrate` while none runs"}
        fix = fixes.get(each.state, "`bin/messenger db migrate` says what to do")
        yield Check("migration", False, f"{each.id} is {each.state}", fix)
    if behind:
        return
    yield Check("migrations", True, f"{len(states)} applied")
    differences = drift.check(dsn)
    for each_difference in differences:
        yield Check(
            "schema", False, each_difference, "restore a backup, or undo the change by hand"
        )
    if not differences:
        yield Check("schema", True, "as this version expects it")


def _me() -> str:
    return f"uid {os.geteuid()}"


def _print(report: Report) -> None:
    width = max((len(name) for name, _, _ in report.settings), default=0)
    for name, value, source in report.settings:
        origin = "" if source == "default" else f"  ({source})"
        click.echo(f"{name:{width}}  {value}{origin}")
    click.echo()
    for check in report.checks:
        click.echo(f"{'ok  ' if check.ok else 'BAD '} {check.name}: {check.found}")
        if check.fix is not None:
            click.echo(f"     -> {check.fix}")
    click.echo("\nEverything is well." if report.ok else "\nSomething is wrong, see BAD above.")

"""`doctor`: why it does not work, on one page, and what to do; with `--fix` some of it is done."""

import os
import sys
from typing import Final

import click
import msgspec

from messenger.cli.database import open_database
from messenger.doctor import examining
from messenger.doctor.examining import Asked
from messenger.doctor.finding import DoctorCheck, DoctorReport
from messenger.doctor.mending import mend
from messenger.doctor.words import LANGUAGES

MARKS: Final = {"well": "ok  ", "advice": "note", "wrong": "BAD "}
PROGRAM: Final = [sys.executable, "-P", "-m", "messenger"]


@click.command()
@click.option("--fix", is_flag=True, help="Do what is safe to do, then look once more.")
@click.option("--send-mail", metavar="ADDRESS", help="Send a letter there as well.")
@click.option("--locale", type=click.Choice(sorted(LANGUAGES)), default="en", help="The language.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def doctor(fix: bool, send_mail: str | None, locale: str, as_json: bool) -> None:
    """Check this installation, and say what to mend. Exit 1 when something is wrong."""
    asked = Asked(locale=locale, send_mail=send_mail)
    report = examining.examine(os.environ, open_database, asked)
    mendable = [check for check in report.checks if check.mendable and check.state != "well"]
    if fix and mendable:
        for check in mendable:
            _mend(check)
        report = examining.examine(os.environ, open_database, asked)
    if as_json:
        click.echo(msgspec.json.encode(report).decode())
    else:
        _print(report)
    if not report.ok:
        raise click.exceptions.Exit(1)


def _mend(check: DoctorCheck) -> None:
    click.echo(f"{check.command}", err=True)
    trouble = mend(check, PROGRAM)
    if trouble is not None:
        click.echo(f"     did not work: {trouble}", err=True)


def _print(report: DoctorReport) -> None:
    width = max((len(each.name) for each in report.settings), default=0)
    for each in report.settings:
        origin = "" if each.source == "default" else f"  ({each.source})"
        click.echo(f"{each.name:{width}}  {each.value}{origin}")
    click.echo()
    for check in report.checks:
        click.echo(f"{MARKS[check.state]} {check.name}: {check.found}")
        if check.fix is not None:
            click.echo(f"     -> {check.fix}")
        for line in (check.command, check.sql, check.setting):
            if line is not None:
                click.echo(f"        {line}")
    click.echo()
    click.echo("Everything is well." if report.ok else "Something is wrong, see BAD above.")
    if any(check.mendable and check.state != "well" for check in report.checks):
        click.echo("`messenger doctor --fix` does some of it.")

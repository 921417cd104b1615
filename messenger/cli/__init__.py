"""The command line behind `bin/messenger`: noun, then verb.

Results go to standard output, words about progress to standard error. Exit codes: 0 done; 1 failed,
and a sentence on standard error says why; 2 misused, which a malformed setting is too: nothing was
begun; 3 and 4 a server that stepped down, to be started again. Each command lives in a module of
its own, imported when it is called.
"""

import errno
import importlib
import os
import re
import sys
from getpass import getuser
from keyword import iskeyword
from socket import gaierror
from typing import Any

import click

from messenger import late, place

# What `--help` lists, without importing any of it.
COMMANDS = {
    "admin": ("messenger.cli.admin", "Accounts, invitations, settings, holds, the audit."),
    "archive": ("messenger.cli.archive", "What is older than the retention: run, verify, show."),
    "backup": ("messenger.cli.backup", "Backups: run, list, verify, restore."),
    "db": ("messenger.cli.db", "The database's schema: status, migrate, rollback, check."),
    "demo": ("messenger.cli.demo", "Run a server with an organisation to look around in."),
    "desktop": ("messenger.cli.desktop", "The desktop client's installers: publish, list."),
    "doctor": ("messenger.cli.doctor", "Check this installation, and say what to mend."),
    "export": ("messenger.cli.exporting", "Take all of an organisation, a chat or a person along."),
    "files": ("messenger.cli.files", "What was uploaded: check, sweep, move."),
    "import": ("messenger.cli.exporting", "Bring an organisation's export in, where nobody is."),
    "init": ("messenger.cli.init", "Prepare an installation ahead of its first start."),
    "install": (
        "messenger.cli.install",
        "Install the service on this machine: systemd, TLS, all of it.",
    ),
    "jobs": ("messenger.cli.jobs", "What happens by the clock, and how it went."),
    "search": ("messenger.cli.search", "The index of the search: how far it is, make it anew."),
    "serve": ("messenger.cli.serve", "Run the server until it is told to stop."),
    "uninstall": ("messenger.cli.install", "Take the service off this machine; the data stays."),
    "upgrade": (
        "messenger.cli.upgrade",
        "Put another release in force, proven beforehand, and back.",
    ),
}

SERVING = ("demo", "serve")
"""What is done by these, people and the server itself do."""


WHOLE = 1000
"""Characters of a line of `--help` before it is cut: none is."""


class Failure(click.ClickException):
    """A sentence for standard error: what went wrong, and what to do."""

    exit_code = 1


class Misuse(Failure):
    """The command or a setting is malformed, and nothing was begun."""

    exit_code = 2


class Overtaken(Failure):
    """The server stepped down, because another one serves."""

    exit_code = 3


class BeginAfresh(Failure):
    """The server stepped down, because the database is not the one it served."""

    exit_code = 4


class Verbs(click.Group):
    """Lists what each of its commands does in a whole sentence, however narrow the terminal."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, each.get_short_help_str(WHOLE)) for name, each in commands if each]
            )


class Commands(click.Group):
    """Imports a command when it is called, and words the failures that any of them may meet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        if name in SERVING:
            # Before anything of a server is imported.
            late.prepare()
        module = importlib.import_module(COMMANDS[name][0])
        command: click.Command = getattr(module, f"{name}_" if iskeyword(name) else name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            failure = _failure(error)
            if failure is None:
                raise
            raise failure from error


def _unheard(error: OSError) -> str:
    """Why nobody can be heard at HOST and PORT, and what to write instead."""
    if isinstance(error, gaierror):
        return "The name in HOST is not known here: write an address, like 127.0.0.1."
    # asyncio's words have the address; the error has the reason alone.
    found = re.search(r"\('(.+?)', (\d+)", str(error))
    host, port = found.groups() if found else ("HOST", "PORT")
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {port} of {host} is taken by another program, perhaps another Messenger:"
                " stop that, or choose another port by --port or PORT."
            )
        case errno.EADDRNOTAVAIL:
            return (
                f"{host} is no address of this machine: write 127.0.0.1 into HOST, or 0.0.0.0 for"
                " all that it has."
            )
        case errno.EACCES:
            return (
                f"Port {port} is for the system's own programs: choose one from 1024 up by --port"
                " or PORT, and let a proxy listen there."
            )
        case _:
            return f"{host} and {port} cannot be listened on: {error.strerror}. Mend HOST and PORT."


def _failure(error: Exception) -> Failure | None:
    """The words for an expected failure; None for a defect of this program."""
    import psycopg2

    from messenger.config import ConfigError
    from messenger.errors import DomainError, ValidationFailed
    from messenger.store.embedded import PostgresProblem
    from messenger.store.schema.migrate import MigrationProblem

    match error:
        case ConfigError():
            return Misuse(str(error))
        case PostgresProblem() | MigrationProblem():
            return Failure(str(error))
        case ValidationFailed():
            return Misuse(str(error))
        case DomainError():
            return Failure(str(error))
        case psycopg2.OperationalError():
            return Failure(f"The database does not answer: {str(error).strip()}")
        case OSError() if isinstance(error, gaierror) or "bind on address" in str(error):
            return Failure(_unheard(error))
    # Not imported for this: what was never loaded has raised nothing.
    vault = sys.modules.get("messenger.archive.vault")
    if vault is not None and isinstance(error, vault.ArchiveProblem):
        return Failure(str(error))
    bus = sys.modules.get("messenger.cluster.bus")
    if bus is not None and isinstance(error, bus.AlreadyServed):
        return Failure(str(error))
    if bus is not None and isinstance(error, bus.Overtaken):
        return Overtaken(str(error))
    if bus is not None and isinstance(error, bus.HistoryChanged):
        return BeginAfresh(str(error))
    return None


def _version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from messenger import shipped

    click.echo(shipped.told())
    ctx.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Settings come from the environment; `bin/messenger doctor` lists them.",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version,
    help="Print version, commit and schema, and exit.",
)  # fmt: skip
@click.pass_context
def main(context: click.Context) -> None:
    """Messages, tasks and boards of one organisation."""
    if context.invoked_subcommand not in SERVING:
        before = place.CURRENT.set(place.Place(place.MACHINE, account()))
        context.call_on_close(lambda: place.CURRENT.reset(before))


def account() -> str:
    """Who acts on this machine, for the audit: the account that called sudo, or this one's."""
    return os.environ.get("SUDO_USER") or getuser()

"""`upgrade`: another release in the place of the one that serves, proven beforehand, and back.

Everything that takes long happens beside the running service: the new release is installed, a
backup is made and proven, the migrations and their way back are tried on a copy of the database.
Then the service is restarted as the new release. What does that is begun by systemd, which begins
it again when it is killed.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

import click
import msgspec

from messenger.cli import Failure
from messenger.cli.install import kept_answers, laid, worded
from messenger.host import releases, switching
from messenger.host.machine import Machine
from messenger.host.plan import Answers
from messenger.host.service import Service, answer, last_words
from messenger.host.switching import Journal

UNIT: Final = "messenger-upgrade"


@click.command()
@click.option("--from", "wheel", type=click.Path(path_type=Path, exists=True), help="A wheel.")
@click.option(
    "--to", "version", help="A release that is here already, or a commit of the checkout."
)
@click.option("--undo", is_flag=True, help="Go back to the release before the last upgrade.")
@click.option("--switch", "first", metavar="JSON", hidden=True, help="What is handed over.")
@click.option(
    "--root", type=click.Path(path_type=Path, file_okay=False), help="A machine under this folder."
)
def upgrade(
    wheel: Path | None, version: str | None, undo: bool, first: str | None, root: Path | None
) -> None:
    """Put another release in force, of a wheel or of the checkout that this was installed from.

    Goes back by itself when the new one does not come up. What was stored is kept either way; with
    --undo goes what only the newer release had room for.
    """
    machine = Machine((root or Path("/")).resolve())
    answers = kept_answers(machine)
    if answers is None or releases.current(machine) is None:
        raise Failure("It is not installed here: `bin/messenger install` does that.")
    if os.geteuid() != 0 and not machine.staged:
        raise Failure("Only root can put another release in force: run it with sudo.")
    service = Service(machine)
    with worded():
        if first is not None:
            switch(service, msgspec.json.decode(first, type=Journal))
            return
        begun = switching.read(machine)
        if begun is not None:
            click.echo("- an upgrade was interrupted: it goes on now")
            hand_over(service, begun)
        elif undo:
            go_back(service)
        else:
            go_on(service, chosen(machine, answers, wheel, version))


def go_on(service: Service, release: str) -> None:
    """To a release that is installed beside the one in force."""
    machine, now = service.machine, releases.current(service.machine)
    assert now is not None
    if release == now:
        click.echo(f"{release} is in force already.")
        return
    schema = service.newest_migration(now)
    if service.newest_migration(release) < schema:
        raise Failure(f"{release} is older than the database: `--undo` goes back one upgrade.")
    prove(service, release, schema)
    hand_over(service, switching.forward(service, release, schema))
    for name in releases.drop_old(machine, {release, now}):
        click.echo(f"- remove release {name}")
    click.echo(f"{release} serves. `messenger upgrade --undo` goes back.")


def go_back(service: Service) -> None:
    """To the release before the last upgrade."""
    going = switching.last(service)
    prove(service, going.new, going.schema)
    hand_over(service, switching.backward(service))
    click.echo(f"{going.old} serves.")


def chosen(machine: Machine, answers: Answers, wheel: Path | None, version: str | None) -> str:
    """The release to come, installed beside the others; raises Failure."""
    if wheel is not None:
        return laid(machine, wheel, wheel)
    if version is not None:
        here = [name for name in releases.whole(machine) if is_of(name, version)]
        if here:
            return here[-1]
    if answers.source is None:
        raise Failure("Say which wheel is to be installed: --from FILE.")
    checkout = Path(answers.source)
    if version is None:
        return laid(machine, None, checkout)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "messenger"
        git = ("git", "-c", f"safe.directory={checkout}", "-C", str(checkout))
        machine.do(*git, "worktree", "add", "--detach", str(tree), version)
        try:
            return laid(machine, None, tree)
        finally:
            machine.run([*git, "worktree", "remove", "--force", str(tree)])


def is_of(name: str, version: str) -> bool:
    """Whether a release is meant by the beginning of its name, or of its commit."""
    return name.startswith(version) or name.partition("-")[2].startswith(version)


def prove(service: Service, release: str, schema: str) -> None:
    """A proven backup, and a rehearsal on a copy; raises Failure, and nothing was changed.

    `release` is the newer one, which knows both ways; `schema` is that of the older one.
    """
    now = str(releases.current(service.machine))
    click.echo("- make a backup, and prove it")
    said = service.run(now, "backup", "run", "--json")
    if not said.ok:
        raise Failure(f"Nothing was changed: there is no proven backup. {last_words(said)}")
    click.echo("- try the migrations, and their way back, on a copy of the database")
    said = service.run(release, "db", "rehearse", "--to", schema, "--json")
    if not said.ok:
        raise Failure(f"Nothing was changed: the rehearsal failed. {last_words(said)}")
    seen = answer(said.out)
    for each in seen["applied"]:
        click.echo(f"  {each}")
    for each in seen["lost"]:
        click.echo(f"  going back would change: {each}")
    click.echo(f"  {seen['seconds']:.1f} s for {len(seen['applied'])} migrations")


def hand_over(service: Service, journal: Journal) -> None:
    """Have systemd do the rest, so that it is done whatever becomes of us; raises Failure.

    Nothing is noted before: whoever is killed until then has begun nothing.
    """
    machine = service.machine
    first = msgspec.json.encode(journal).decode()
    words = [releases.program(machine, journal.new), "upgrade", "--switch", first]
    if machine.staged:
        words += ["--root", str(machine.root)]
    elif shutil.which("systemd-run") is not None:
        machine.run(["systemctl", "reset-failed", f"{UNIT}.service"])
        words = [
            "systemd-run", "--quiet", "--collect", "--wait", "--pipe", f"--unit={UNIT}",
            "--property=Type=exec", "--property=Restart=on-abnormal", *words,
        ]  # fmt: skip
    said = machine.run(words)
    for line in said.out.splitlines():
        click.echo(line)
    if not said.ok:
        raise Failure(last_words(said))


def switch(service: Service, first: Journal) -> None:
    """What is handed over."""
    try:
        switching.resume(service, lambda words: click.echo(f"- {words}"), first)
    except (switching.WentBack, switching.Stuck) as error:
        raise Failure(str(error)) from error
    sys.stdout.flush()

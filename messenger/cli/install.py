"""`install` and `uninstall`: the service on this machine, from nothing to the first administrator.

Asks at most three questions, and none again that was answered; what is as it should be stays.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from messenger import shipped
from messenger.cli import Failure
from messenger.host import plan, proxy, refusals, releases, steps
from messenger.host.machine import CommandFailed, Machine
from messenger.host.plan import Answers, There
from messenger.host.service import Service
from messenger.host.steps import Step

CA_WITHIN: Final = 15.0
"""Seconds; without it `doctor` says that nobody vouches for the certificate."""
PROXIES: Final = ("caddy", "nginx", "none")
AFTER: Final = {
    "units": ("systemctl", "daemon-reload"),
    "caddy": ("systemctl", "reload-or-restart", "caddy"),
    "nginx": ("systemctl", "reload-or-restart", "nginx"),
}
"""What follows a change, in this order; the service is begun between the first and the rest."""

stage = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    help="Lay the files out under this folder, and run nothing: to look at them.",
)


@click.command()
@click.option("--domain", help="The name people open, like chat.example.org; '' for none.")
@click.option("--proxy", type=click.Choice(PROXIES), help="What speaks TLS in front of it.")
@click.option("--tls", type=click.Choice(["public", "internal"]), help="internal: a CA of its own.")
@click.option("--locale", type=click.Choice(["ru", "en"]), help="The language of the server.")
@click.option("--port", type=click.IntRange(1, 65535), help="Where the server itself listens.")
@click.option("--from", "wheel", type=click.Path(path_type=Path, exists=True), help="A wheel.")
@click.option("--files-only", is_flag=True, hidden=True, help="Write files; restart nothing.")
@stage
def install(wheel: Path | None, files_only: bool, root: Path | None, **given: Any) -> None:
    """Install the service on this machine, or change what of it differs.

    Makes the account, folders, settings, the systemd unit, the proxy's site with TLS, and the
    `messenger` command; prints the address, and a link that makes the first administrator.
    """
    machine = Machine((root or Path("/")).resolve())
    with worded():
        answers = ask(kept_answers(machine), given, asking=not files_only and sys.stdin.isatty())
        if files_only:
            react(machine, changed(machine, answers))
            return
        if not machine.staged:
            refuse(answers, machine)
        answers, release = put_release(machine, answers, wheel)
        after = changed(machine, answers)
        if machine.staged:
            return
        begin(machine, release, after)
        react(machine, after)
        vouch(machine, answers)
        greet(machine, answers, release)


@click.command()
@stage
def uninstall(root: Path | None) -> None:
    """Take the service off this machine. Data and settings stay."""
    machine = Machine((root or Path("/")).resolve())
    answers = kept_answers(machine)
    if answers is None:
        raise Failure("It is not installed here.")
    deploy = deploy_of(machine)
    with worded():
        if not machine.staged:
            if os.geteuid() != 0:
                raise Failure("Only root can take a service away: run it with sudo.")
            units = plan.startable(list(plan.units(answers, deploy)))
            machine.run(["systemctl", "disable", "--now", *units])
        there = see(machine, answers)
        kept = machine.read(proxy.KEPT)
        done = do(machine, plan.uninstall(answers, there, kept, deploy))
        if not machine.staged:
            react(machine, steps.follow(done))
    click.echo(
        f"Kept: the data in {plan.DATA}, the settings in {plan.SETTINGS}, the account {plan.NAME}."
        f"\nInstalling again goes on with them; `rm -r {plan.DATA} {plan.SETTINGS}` and"
        f" `userdel {plan.NAME}` remove them for good."
    )


# Answers


def kept_answers(machine: Machine) -> Answers | None:
    text = machine.read(plan.ANSWERS)
    return None if text is None else msgspec.json.decode(text, type=Answers)


def ask(kept: Answers | None, given: dict[str, Any], asking: bool) -> Answers:
    """What was given by options, kept from before, or is asked now; raises Failure."""
    known = {name: value for name, value in given.items() if value is not None}
    if kept is None and asking:
        if "domain" not in known:
            known["domain"] = click.prompt(
                "The name people will open (empty: only this machine)",
                default="",
                show_default=False,
            )
        if known["domain"] and "proxy" not in known:
            known["proxy"] = click.prompt(
                "What speaks TLS in front of it", type=click.Choice(PROXIES), default="caddy"
            )
        if "locale" not in known:
            known["locale"] = click.prompt(
                "The language of the server", type=click.Choice(["ru", "en"]), default="ru"
            )
    if "domain" in known:
        known["domain"] = known["domain"].strip().lower().rstrip(".") or None
    elif kept is None and "proxy" not in known:
        known["proxy"] = "none"
    if kept is None and known.get("domain"):
        known.setdefault("proxy", "caddy")
    answers = msgspec.structs.replace(kept or Answers(), **known)
    if answers.domain is None and answers.proxy != "none":
        raise Failure(f"{answers.proxy} needs a name to serve: give one with --domain.")
    if answers.domain is not None and not proxy.is_name(answers.domain):
        raise Failure(f"{answers.domain} is no name of a machine: write one like chat.example.org.")
    return answers


def refuse(answers: Answers, machine: Machine) -> None:
    reasons = refusals.refusals(answers, refusals.look(answers, machine))
    if reasons:
        raise Failure("\n".join(["Nothing was changed.", *reasons]))


# The release


def put_release(machine: Machine, answers: Answers, wheel: Path | None) -> tuple[Answers, str]:
    """Have one in force: of a wheel, of this checkout, or the one that this is."""
    now = releases.current(machine)
    if machine.staged:
        return answers, now or ""
    if wheel is None and not shipped.is_checkout():
        if now is None:
            raise Failure("Say which wheel is to be installed: --from FILE.")
        return answers, now
    do(machine, [plan.needed()])
    source = None if wheel else str(shipped.CHECKOUT)
    answers = msgspec.structs.replace(answers, source=source)
    if now is not None and wheel is None:
        # Another program under a running service is what `upgrade` is for.
        return answers, now
    release = laid(machine, wheel, shipped.CHECKOUT)
    if now is None:
        releases.switch(machine, release)
    elif now != release:
        raise Failure(
            f"{now} is in force: `messenger upgrade --from {wheel}` puts it in its place."
        )
    return answers, release


def laid(machine: Machine, wheel: Path | None, checkout: Path) -> str:
    """A release of a wheel, or of one that is made of the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        if wheel is None:
            click.echo(f"- build {checkout}")
            wheel = releases.build(checkout, Path(folder), machine)
        name = releases.name_of(wheel)
        if not releases.is_whole(machine, name):
            click.echo(f"- install release {name}")
        return releases.lay(machine, wheel.resolve())


# What is to be there


def see(machine: Machine, answers: Answers) -> There:
    site = answers.site
    certified = site is not None and machine.path(proxy.certificate_of(site)).exists()
    return There(
        environment=machine.read(plan.ENVIRONMENT) or "",
        caddyfile=machine.read(proxy.CADDYFILE),
        certified=certified,
    )


def changed(machine: Machine, answers: Answers) -> set[str]:
    """Make everything as the plan says; returns what follows from the changes."""
    site = answers.site
    if site is not None and site.proxy == "caddy":
        # Before its file is looked at, which the package brings.
        do(machine, [steps.Packages(names=("caddy",))])
    deploy = deploy_of(machine)
    done = do(machine, plan.install(answers, see(machine, answers), deploy))
    if site is not None and site.proxy == "nginx" and not machine.staged:
        react(machine, steps.follow(done), only={"nginx"})
        done += do(machine, [proxy.certificate(site)])
        done += do(machine, plan.install(answers, see(machine, answers), deploy))
    if not done:
        click.echo("Nothing differs.")
    return steps.follow(done)


def vouch(machine: Machine, answers: Answers) -> None:
    """Have `doctor` trust the proxy's own CA, which may be a moment in the making."""
    site = answers.site
    if site is None or site.tls == "public":
        return
    path, until = proxy.ca_of(site), time.monotonic() + CA_WITHIN
    while machine.read(path) is None and time.monotonic() < until:
        time.sleep(0.1)
    do(machine, plan.vouched(answers, machine.read(path)))


def deploy_of(machine: Machine) -> Path:
    """The files of the release in force; while there is none, those of this program."""
    now = releases.current(machine)
    return (releases.deploy(machine, now) if now is not None else None) or shipped.deploy()


def do(machine: Machine, wanted: Sequence[Step]) -> list[Step]:
    """Do what differs, and say so; returns what was done."""
    done = []
    for step in wanted:
        difference = steps.difference(step, machine)
        if difference is not None:
            click.echo(f"- {difference}")
            steps.apply(step, machine)
            done.append(step)
    return done


def react(machine: Machine, after: set[str], only: set[str] | None = None) -> None:
    for name, words in AFTER.items():
        if name in after and (only is None or name in only) and not machine.staged:
            machine.do(*words)


# The service


def begin(machine: Machine, release: str, after: set[str]) -> None:
    service = Service(machine)
    react(machine, after, only={"units"})
    machine.do("systemctl", "enable", "--quiet", *service.units())
    try:
        if service.release() is None:
            click.echo("- start the service")
            service.start()
        elif "service" in after or service.release() != release:
            click.echo("- restart the service")
            service.restart()
    except CommandFailed as error:
        words = service.log() or str(error)
        raise Failure(f"The service does not start. Its last words:\n{words}") from error
    if not service.wait_ready():
        raise Failure(f"The service does not become ready. Its last words:\n{service.log()}")


def greet(machine: Machine, answers: Answers, release: str) -> None:
    prepared = Service(machine).ask(release, "init")
    click.echo(f"\nMessenger {release} runs at {answers.address}")
    if prepared["invitation"] is not None:
        click.echo(f"The first administrator signs up here, once: {prepared['invitation']}")
    click.echo(
        "Backups, the archive and housekeeping happen by the clock, inside of it.\n"
        "From here on: messenger doctor, messenger admin invite, messenger upgrade."
    )


class worded:
    """Turns what a machine fails with into a sentence."""

    def __enter__(self) -> None:
        os.umask(0o022)

    def __exit__(self, kind: Any, error: BaseException | None, at: Any) -> None:
        if isinstance(error, CommandFailed | releases.NoWheel | PermissionError):
            raise Failure(str(error)) from error

"""What is to be there, as data; each is told in a few words, and done only if it differs."""

import stat
from collections.abc import Iterable
from functools import singledispatch

import msgspec

from messenger.host.machine import Machine


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    mode: int = 0o755
    owner: str | None = None


class File(msgspec.Struct, frozen=True, kw_only=True):
    """`then` names what follows a change: `units`, `service`, `caddy`, `nginx`."""

    path: str
    content: str
    mode: int = 0o644
    owner: str | None = None
    then: tuple[str, ...] = ()


class Link(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    target: str
    then: tuple[str, ...] = ()


class Account(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    home: str


class Packages(msgspec.Struct, frozen=True, kw_only=True):
    """Debian's, by name."""

    names: tuple[str, ...]


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A program that makes something; it is run when that is not there."""

    words: tuple[str, ...]
    makes: str
    why: str


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing is to be there. Whatever is in a folder goes with it."""

    path: str
    then: tuple[str, ...] = ()


Step = Folder | File | Link | Account | Packages | Command | Gone


@singledispatch
def difference(step: Step, machine: Machine) -> str | None:
    """What would be done, in a few words; None when it is as it is to be."""
    raise TypeError(step)


@singledispatch
def apply(step: Step, machine: Machine) -> None:
    """Make it so. Harmless to repeat; raises CommandFailed, OSError."""
    raise TypeError(step)


def follow(steps: Iterable[Step]) -> set[str]:
    """What follows from changes of these."""
    return {each for step in steps for each in getattr(step, "then", ())}


@difference.register
def _(step: Folder, machine: Machine) -> str | None:
    path = machine.path(step.path)
    if not path.is_dir():
        return f"make the folder {step.path}"
    there = stat.S_IMODE(path.stat().st_mode)
    return None if there == step.mode else f"set the mode of {step.path} to {step.mode:o}"


@apply.register
def _(step: Folder, machine: Machine) -> None:
    path = machine.path(step.path)
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(step.mode)
    machine.give(path, step.owner)


@difference.register
def _(step: File, machine: Machine) -> str | None:
    there = machine.read(step.path)
    if there is None:
        return f"write {step.path}"
    if there != step.content:
        return f"change {step.path}"
    mode = stat.S_IMODE(machine.path(step.path).stat().st_mode)
    return None if mode == step.mode else f"set the mode of {step.path} to {step.mode:o}"


@apply.register
def _(step: File, machine: Machine) -> None:
    machine.write(step.path, step.content, step.mode, step.owner)


@difference.register
def _(step: Link, machine: Machine) -> str | None:
    return None if machine.link_of(step.path) == step.target else f"link {step.path}"


@apply.register
def _(step: Link, machine: Machine) -> None:
    machine.link(step.path, step.target)


@difference.register
def _(step: Account, machine: Machine) -> str | None:
    return None if machine.staged or machine.has_account(step.name) else f"add {step.name}"


@apply.register
def _(step: Account, machine: Machine) -> None:
    shell = "/usr/sbin/nologin"
    machine.do("useradd", "--system", "--home-dir", step.home, "--shell", shell, step.name)


@difference.register
def _(step: Packages, machine: Machine) -> str | None:
    missing = () if machine.staged else missing_packages(step.names, machine)
    return f"install {', '.join(missing)}" if missing else None


@apply.register
def _(step: Packages, machine: Machine) -> None:
    # An index that cannot be refreshed may still be good enough.
    machine.run(["apt-get", "update", "-qq"])
    get = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
    machine.do(*get, *missing_packages(step.names, machine))


def missing_packages(names: Iterable[str], machine: Machine) -> tuple[str, ...]:
    return tuple(
        name
        for name in names
        if "install ok installed" not in machine.run(["dpkg", "-s", name]).out
    )


@difference.register
def _(step: Command, machine: Machine) -> str | None:
    return None if machine.staged or machine.path(step.makes).exists() else step.why


@apply.register
def _(step: Command, machine: Machine) -> None:
    machine.do(*step.words)


@difference.register
def _(step: Gone, machine: Machine) -> str | None:
    path = machine.path(step.path)
    return f"remove {step.path}" if path.exists() or path.is_symlink() else None


@apply.register
def _(step: Gone, machine: Machine) -> None:
    machine.remove(step.path)

"""Puts another release in force under a running service, and goes back by itself if that fails.

A journal on the disk says how far it is; it is written before what it speaks of is begun, and every
stage may be done twice. So whoever was killed is begun again with `resume` and ends in one of two
places: the new release serves, or the old one does, with the old schema.

    switching   link → the new one; its unit files; restart. Its start brings the tables up to date
    back        stop; the new one takes its migrations back; link → the old one; its files; start

Who asks to go back from a release that serves has the link and the files changed before the stop;
where there are no migrations to take back, a restart is all.
"""

from collections.abc import Callable
from typing import Final, Literal

import msgspec

from messenger.host import releases
from messenger.host.machine import CommandFailed, Machine
from messenger.host.plan import BASE
from messenger.host.service import Service

JOURNAL: Final = f"{BASE}/upgrade.json"
LAST: Final = f"{BASE}/last-upgrade.json"

Say = Callable[[str], None]


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """A change of releases. `schema` is the newest migration of the `old` one."""

    stage: Literal["switching", "back", "done"]
    old: str
    new: str
    schema: str
    why: str | None = None
    """Why it goes back; None when that was asked for."""


class WentBack(Exception):
    """The new release did not come up, and the old one serves again; the message says why."""


class Stuck(Exception):
    """Neither serves; the message says what is to be done by hand."""


def read(machine: Machine, name: str = JOURNAL) -> Journal | None:
    text = machine.read(name)
    return None if text is None else msgspec.json.decode(text, type=Journal)


def write(machine: Machine, journal: Journal) -> Journal:
    machine.write(JOURNAL, msgspec.json.encode(journal).decode(), 0o644)
    return journal


def forward(service: Service, new: str, schema: str) -> Journal:
    """What is to be done for `new` to take the place of what is in force, of `schema`."""
    old = releases.current(service.machine)
    assert old is not None
    return Journal(stage="switching", old=old, new=new, schema=schema)


def last(service: Service) -> Journal:
    """The upgrade that may be undone; raises CommandFailed when there is none."""
    found = read(service.machine, LAST)
    if found is None or found.new != releases.current(service.machine):
        raise CommandFailed("There is no upgrade to undo: what runs was installed as it is.")
    if not releases.is_whole(service.machine, found.old):
        raise CommandFailed(f"The release {found.old} is not there any more.")
    return found


def backward(service: Service) -> Journal:
    """What is to be done to undo the last upgrade; raises CommandFailed when there is none."""
    return msgspec.structs.replace(last(service), stage="back", why=None)


def resume(service: Service, say: Say, first: Journal | None = None) -> None:
    """Go on with what the journal says, to its end; where there is none, begin with `first`.

    Raises WentBack, Stuck.
    """
    journal = read(service.machine)
    if journal is None and first is not None:
        journal = write(service.machine, first)
    if journal is not None and journal.stage == "switching":
        journal = _switch(service, journal, say)
    if journal is not None and journal.stage == "back":
        _go_back(service, journal, say)


def _switch(service: Service, journal: Journal, say: Say) -> Journal:
    """The new release in force; returns the journal, which may say by now that it goes back."""
    machine = service.machine
    if service.release() != journal.new:
        say(f"restarting as {journal.new}")
        try:
            _lay(service, journal.new)
            service.restart()
        except CommandFailed as error:
            words = service.log() or str(error)
            return write(machine, msgspec.structs.replace(journal, stage="back", why=words))
    if not service.wait_ready():
        words = service.log() or "it was not ready in time"
        return write(machine, msgspec.structs.replace(journal, stage="back", why=words))
    return _done(machine, journal)


def _go_back(service: Service, journal: Journal, say: Say) -> None:
    machine = service.machine
    say(f"going back to {journal.old}")
    try:
        if journal.why is None:
            _back_from_good(service, journal, say)
        else:
            service.stop()
            _take_back(service, journal, say)
            _lay(service, journal.old)
            service.start()
        ready = service.wait_ready()
    except CommandFailed as error:
        raise Stuck(
            f"{error}\nMend that, and run `messenger upgrade` again: it goes on."
        ) from error
    if not ready:
        raise Stuck(f"{journal.old} is in force again and is not ready: {service.log()}")
    if journal.why is None:
        machine.remove(LAST)
    machine.remove(JOURNAL)
    if journal.why is not None:
        raise WentBack(
            f"{journal.new} did not come up, and {journal.old} serves again with all that was"
            f" stored. It said:\n{journal.why}"
        )


def _back_from_good(service: Service, journal: Journal, say: Say) -> None:
    """From a release that serves: what can be done beside it is done before it is stopped."""
    same = service.newest_migration(journal.new) == journal.schema
    _lay(service, journal.old)
    if same:
        service.restart()
        return
    service.stop()
    _take_back(service, journal, say)
    service.start()


def _take_back(service: Service, journal: Journal, say: Say) -> None:
    # Of the new release, which knows them; those it did not come to are not there to be taken.
    taken = service.ask(journal.new, "db", "rollback", "--to", journal.schema)
    for each in taken["taken_back"]:
        say(f"taken back: {each}")


def _lay(service: Service, release: str) -> None:
    releases.switch(service.machine, release)
    lay_out(service, release)


def _done(machine: Machine, journal: Journal) -> Journal:
    done = msgspec.structs.replace(journal, stage="done")
    machine.write(LAST, msgspec.json.encode(done).decode(), 0o644)
    machine.remove(JOURNAL)
    return done


def lay_out(service: Service, release: str) -> None:
    """Have a release write its own unit files and sites, without a restart."""
    words = [releases.program(service.machine, release), "install", "--files-only"]
    if service.machine.staged:
        words += ["--root", str(service.machine.root)]
    said = service.machine.run(words)
    if not said.ok:
        raise CommandFailed(said.err.strip() or said.out.strip())

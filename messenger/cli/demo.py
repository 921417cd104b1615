"""`demo`: a server with an organisation to look around in, in a data directory of its own.

What is in there is made once. A file marks the directory as a demo's, and keeps the password that
was made up for it; no other directory is ever used, let alone emptied.
"""

import asyncio
import dataclasses
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click
import msgspec

from messenger import config
from messenger.auth import Passwords, one_time_password
from messenger.cli import Failure
from messenger.cli.database import bring_up_to_date
from messenger.cli.demo_cluster import run_cluster
from messenger.cli.local_server import local_server
from messenger.cli.port import check_free
from messenger.cli.progress import progress
from messenger.cli.serve import run_server
from messenger.config import Settings
from messenger.demo.giving import Giving
from messenger.demo.playing import FOUNDED, Clock, Stage, length, play
from messenger.demo.story import story
from messenger.files.intake import Intake
from messenger.files.previews.keeping import Previews
from messenger.files.previews.studio import Studio
from messenger.files.storage import storage_of
from messenger.store.embedded import running_dsn
from messenger.store.rows.quotas import Quotas
from messenger.store.schema import migrate

if TYPE_CHECKING:
    from messenger.app import Server

MARK: Final = "demo.json"


class Mark(msgspec.Struct, frozen=True):
    """What stands in the file. Data that was `begun` and not `made` is half there."""

    password: str
    data: Literal["none", "begun", "made"] = "none"


@click.command()
@click.option("--port", type=int, help="The port to listen on, instead of PORT.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and make it anew.")
@click.option(
    "--cluster",
    type=click.IntRange(2, 9),
    help="So many servers at ports that follow one another, with one NATS; Linux only.",
)
def demo(port: int | None, reset: bool, cluster: int | None) -> None:
    """Run a server with an organisation to look around in.

    Its data is beside the real one's, in DATA_DIR/demo; when DATA_DIR is set, in DATA_DIR itself.
    DATABASE_URL is not used.
    """
    environ = environment(os.environ, port)
    data_dir = Path(environ["DATA_DIR"])
    if reset:
        look = keyless(environ)
        clear(data_dir, partial(check_free, look, *range(look.port, look.port + (cluster or 1))))
    mark = claim(data_dir)
    settings = config.load(environ)

    def prepare(dsn: str) -> None:
        make_once(settings, dsn, data_dir / MARK)

    def greet(addresses: list[str]) -> None:
        print("\n".join(greeting(" and ".join(addresses), mark.password)), flush=True)

    async def welcome(server: "Server") -> None:
        greet([server.address])

    if cluster is None:
        run_server(settings, prepare=prepare, started=welcome)
    else:
        run_cluster(environ, cluster, prepare, greet)


def environment(given: Mapping[str, str], port: int | None) -> dict[str, str]:
    """The demo's own: another data directory, no other database, the port of the command line."""
    environ = {name: value for name, value in given.items() if not name.startswith("DATABASE_URL")}
    if port is not None:
        environ["PORT"] = str(port)
    data_dir = keyless(environ).data_dir
    own = data_dir if environ.get("DATA_DIR", "").strip() else data_dir / "demo"
    return {**environ, "DATA_DIR": str(own)}


def keyless(environ: Mapping[str, str]) -> Settings:
    """The settings, to look at them: with a key given none is made."""
    keys = {"SECRET_KEY": "-" * 64, "VAPID_PRIVATE_KEY": "a" * 43}
    return config.load({**environ, **keys, **{f"{name}_FILE": "" for name in keys}})


# The directory


def claim(data_dir: Path) -> Mark:
    """Mark an empty directory as a demo's, or read the mark; raises Failure for any other."""
    mark = data_dir / MARK
    if mark.exists():
        return msgspec.json.decode(mark.read_bytes(), type=Mark)
    refuse_others(data_dir)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Mark(one_time_password())
    write(mark, fresh)
    return fresh


def refuse_others(data_dir: Path) -> None:
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise Failure(
            f"{data_dir} holds something that is not a demo's, and was left alone: set DATA_DIR to"
            " a directory that is empty or not there yet, or leave it unset."
        )


def clear(data_dir: Path, look: Callable[[], None] = lambda: None) -> None:
    """Empty a demo's directory; raises Failure when it is not one, or is in use.

    `look` raises what else would keep a demo from running: then all stays as it is.
    """
    if not (data_dir / MARK).exists():
        refuse_others(data_dir)
        return
    if running_dsn(data_dir) is not None:
        raise Failure(f"A demo runs in {data_dir}: stop it first.")
    look()
    for path in sorted(data_dir.iterdir(), key=lambda path: path.name == MARK):
        # The mark goes last: what is left of an interrupted reset is still a demo's.
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def write(path: Path, mark: Mark) -> None:
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=MARK)  # mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(mark))
    Path(aside).replace(path)


# The data


def make_once(settings: Settings, dsn: str, path: Path) -> None:
    """Fill the database, unless that was done; what an interrupted start left is made anew."""
    mark = msgspec.json.decode(path.read_bytes(), type=Mark)
    if mark.data == "made":
        return
    if mark.data == "begun":
        migrate.rollback(dsn, count=len(migrate.status(dsn)))
        bring_up_to_date(dsn)
    write(path, Mark(mark.password, "begun"))
    asyncio.run(make(settings, dsn, mark.password))
    write(path, Mark(mark.password, "made"))


async def make(settings: Settings, dsn: str, password: str, now: datetime | None = None) -> None:
    """Have the week before `now` happen on an empty, migrated database."""
    now = now or datetime.now(UTC)
    hashes = await hashed(settings, password)
    clock = Clock(now - FOUNDED)
    # Limits are for people; what these said is known to be harmless.
    free = dataclasses.replace(
        settings, message_rate_limit=(1000, 1), message_max_length=5000, direct_chats=True
    )
    async with local_server(free, dsn, clock) as opened:
        directory, storage = opened.directory, storage_of(settings)
        previews = Previews(Studio(), storage)
        intake = Intake(
            opened.database, storage, settings.file_max_bytes, Quotas(None, None), previews, clock
        )
        stage = Stage(
            story(), directory.ask, directory.store.board, Giving(intake), clock, directory.org_id
        )
        try:
            storage.clear_incoming()
            with progress("Making an organisation to look around in", length(story())) as advance:
                await play(stage, now, hashes, advance)
        finally:
            await previews.close()
            storage.close()


async def hashed(settings: Settings, password: str) -> dict[str, str]:
    passwords = Passwords(settings.bcrypt_rounds)
    try:
        made = await asyncio.gather(*(passwords.hash(password) for _ in story().logins))
    finally:
        passwords.close()
    return dict(zip(story().logins, made, strict=True))


def greeting(address: str, password: str) -> list[str]:
    names = {person.username: person.display_name for person in story().people}
    first, *others = story().logins
    return [
        f"The demo runs at {address}",
        f"  user name  {first:8}  password  {password}   {names[first]}, administrator",
        *(f"  user name  {other:8}  password  {password}   {names[other]}" for other in others),
    ]

"""`desktop`: the desktop client's installers that the server offers."""

import os
from pathlib import Path

import click
import msgspec

from messenger import config
from messenger.cli import Failure, Verbs
from messenger.installers import Index, NothingThere, Offered
from messenger.installers import publish as publish_installers

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


@click.group(cls=Verbs)
def desktop() -> None:
    """The desktop client's installers, which the sign-in page offers. `bin/desktop` makes them."""


@desktop.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@as_json
def publish(directory: Path, as_json: bool) -> None:
    """Offer the newest installers in DIRECTORY in place of those offered now."""
    settings = config.load(os.environ)
    try:
        index = publish_installers(directory, settings.data_dir)
    except NothingThere as error:
        raise Failure(str(error)) from None
    _print(index, as_json)


@desktop.command("list")
@as_json
def list_offered(as_json: bool) -> None:
    """List what is offered, with its hashes."""
    _print(Offered(config.load(os.environ).data_dir).current(), as_json)


def _print(index: Index, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(index).decode())
        return
    for each in index.installers:
        click.echo(f"{each.sha256}  {each.size:>11}  {each.name}")
    if not index.installers:
        click.echo("nothing is offered")

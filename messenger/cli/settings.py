"""`admin settings`: those that may change while the server runs, also from a shell.

What is stored holds at once in a running server, which is told of it.
"""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime

import click

from messenger import config, runtime
from messenger.cli import Verbs
from messenger.cli.local_server import current_database
from messenger.cli.printing import as_json, show, table
from messenger.config import Settings
from messenger.runtime import RUNTIME, RuntimeSetting
from messenger.store.db import Database


@click.group(cls=Verbs)
def settings() -> None:
    """Settings that may change while the server runs. The environment wins over them."""


@settings.command(name="list")
@as_json
def list_settings(as_json: bool) -> None:
    """List them, with where each value comes from."""
    _show(_on(None), as_json)


@settings.command(name="set")
@click.argument("name")
@click.argument("value")
@as_json
def set_setting(name: str, value: str, as_json: bool) -> None:
    """Set one, written as in the environment: `set RETENTION_DAYS 90`."""
    _show(_on({name.upper(): value}), as_json, name.upper())


@settings.command(name="reset")
@click.argument("name")
@as_json
def reset_setting(name: str, as_json: bool) -> None:
    """Forget what was chosen: the default holds again."""
    _show(_on({name.upper(): None}), as_json, name.upper())


def _on(changes: Mapping[str, str | None] | None) -> list[RuntimeSetting]:
    """Make changes, if any; then all of them as they stand. Raises ValidationFailed."""

    async def work(settings: Settings, dsn: str) -> list[RuntimeSetting]:
        database = Database(dsn, size=1)
        await database.open()
        try:
            if changes is not None:
                await runtime.change(database, settings, changes, None, datetime.now(UTC))
            return runtime.described(await runtime.overlaid(settings, database))
        finally:
            await database.close()

    settings = config.load(os.environ)
    with current_database(settings) as dsn:
        return asyncio.run(work(settings, dsn))


def _show(found: list[RuntimeSetting], as_json: bool, only: str | None = None) -> None:
    shown = [each for each in found if only in (None, each.name)]
    rows = [(each.name, each.value, each.source, RUNTIME[each.name].sentence) for each in shown]
    show(shown, table(("NAME", "VALUE", "FROM", "WHAT FOR"), rows), as_json)

"""The settings that may change while the server runs, and who wins.

The environment does: what stands there is locked. Where it says nothing an administrator may
choose, on the screen or with `admin settings`; that is stored in the database, holds at once and
after every start. The rest is the default. A value is written as in the environment, everywhere.

There is one `Settings` in a process, which everybody reads; only `Runtime` and `overlay` write to
it, and only what is declared `runtime`.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from messenger.config import Settings
from messenger.config.kinds import Kind, shape_of
from messenger.config.loading import longest_message
from messenger.config.printing import printable
from messenger.config.settings import SETTINGS
from messenger.errors import ValidationFailed
from messenger.store.db import Database
from messenger.store.rows import runtime_settings as rows
from messenger.store.rows.chats import Reader

log = logging.getLogger(__name__)

RUNTIME: Final = {name: each for name, each in SETTINGS.items() if each.runtime}
STORED: Final = "database"
"""Where a value comes from that an administrator chose, as `Settings.sources` has it."""

Changes = Mapping[str, str | None]
"""By name what it is to be, or None: as it is without anybody's choice."""


class RuntimeSetting(msgspec.Struct, frozen=True, kw_only=True):
    """A setting that may change while the server runs; values as in the environment."""

    name: Annotated[str, Meta(description="Its name in the environment.")]
    value: Annotated[str, Meta(description="What holds now.")]
    default: Annotated[str, Meta(description="What holds without anybody's choice.")]
    source: Annotated[
        Literal["environment", "database", "default"],
        Meta(description="Where the value comes from; what the environment says is locked."),
    ]
    kind: Annotated[Kind, Meta(description="What it takes.")]
    low: Annotated[int | None, Meta(description="The least, of a number or size.")] = None
    high: Annotated[int | None, Meta(description="The most, of a number or size.")] = None
    choices: Annotated[tuple[str, ...], Meta(description="What a choice may be.")] = ()
    sentence: Annotated[str, Meta(description="What it is for, in English.")]


class Runtime:
    """The runtime settings of a serving process: kept to what is stored."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        # State: how often some were changed here; who holds what it read of the settings, to be
        # called whenever some have changed.
        self._changes = 0
        self.watchers: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        return f"<Runtime {_chosen(self._settings)}>"

    def all(self) -> list[RuntimeSetting]:
        return described(self._settings)

    async def refresh(self) -> None:
        """Take over what is stored; raises Unavailable."""
        before = None
        while before != self._changes:
            # What was read before a change may come after it.
            before = self._changes
            stored = await rows.stored(self._database)
        self._take(stored)

    async def change(self, changes: Changes, by: int | None, now: datetime) -> list[RuntimeSetting]:
        """Store, apply and record; all of them or none. Raises ValidationFailed, Forbidden."""
        stored = await change(self._database, self._settings, changes, by, now)
        self._changes += 1
        self._take(stored)
        return self.all()

    def _take(self, stored: Mapping[str, str]) -> None:
        before = _chosen(self._settings)
        overlay(self._settings, stored)
        if _chosen(self._settings) != before:
            for watcher in self.watchers:
                watcher()


async def overlaid(settings: Settings, reader: Reader) -> Settings:
    """The same settings with what is stored on them: for commands that keep to them."""
    overlay(settings, await rows.stored(reader))
    return settings


async def change(
    database: Database, settings: Settings, changes: Changes, by: int | None, now: datetime
) -> Mapping[str, str]:
    """Store and record changes, and return all that is stored; applies nothing."""

    def plan(stored: dict[str, str]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        wanted, told = dict(stored), {}
        for name, text in changes.items():
            before = stored.get(name, _default(name))
            if text is None:
                _check_free(settings, name)
                wanted.pop(name, None)
            else:
                wanted[name] = checked(settings, name, text)
            after = wanted.get(name, _default(name))
            if before != after:
                told[name] = {"before": before, "after": after}
        return wanted, told

    return await rows.change(database, plan, by, now)


def overlay(settings: Settings, stored: Mapping[str, str]) -> None:
    """Make the runtime settings what is stored, and the others of them the default.

    What is stored and of no use (any more) is left out, with a line in the log: a server starts.
    """
    for name in RUNTIME:
        if settings.sources[name] == "environment":
            continue
        text, source = stored.get(name), STORED
        if text is not None:
            try:
                text = checked(settings, name, text)
            except ValidationFailed as error:
                log.warning("the stored setting %s is left out: %s", name, error)
                text = None
        if text is None:
            text, source = RUNTIME[name].default, "default"
        # Frozen for everybody else.
        object.__setattr__(settings, name.lower(), RUNTIME[name].read(text or ""))
        settings.sources[name] = source


def checked(settings: Settings, name: str, text: str) -> str:
    """The text as it is kept; raises ValidationFailed with what to write instead."""
    _check_free(settings, name)
    try:
        value = RUNTIME[name].read(text.strip())
    except ValueError as error:
        raise ValidationFailed(f"{name}: write {error}.", field=name) from None
    if name == "MESSAGE_MAX_LENGTH" and value > (most := longest_message(settings)):
        raise ValidationFailed(
            f"{name}: write at most {most}, which is what WS_MAX_COMMAND_BYTES and"
            " WS_MAX_PENDING_BYTES have room for.",
            field=name,
        )
    return printable(name, value)


def _check_free(settings: Settings, name: str) -> None:
    if name not in RUNTIME:
        raise ValidationFailed(f"{name} is no setting that changes while it runs.", field=name)
    if settings.sources[name] == "environment":
        raise ValidationFailed(
            f"{name} is set in the environment of the server; change it there.", field=name
        )


def described(settings: Settings) -> list[RuntimeSetting]:
    found = []
    for name, setting in RUNTIME.items():
        shape = shape_of(setting.read)
        high = longest_message(settings) if name == "MESSAGE_MAX_LENGTH" else shape.high
        found.append(
            RuntimeSetting(
                name=name,
                value=printable(name, getattr(settings, name.lower())),
                default=_default(name),
                source=settings.sources[name],  # type: ignore[arg-type]
                kind=shape.kind,
                low=shape.low,
                high=high,
                choices=shape.choices,
                sentence=setting.sentence,
            )
        )
    return found


def _default(name: str) -> str:
    if name not in RUNTIME:
        return ""
    setting = RUNTIME[name]
    return printable(name, setting.read(setting.default or ""))


def _chosen(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name.lower()) for name in RUNTIME}

"""How a setting is declared: as a field of its area's class, with `setting` as its default.

The field's name in capitals is the name in the environment.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import msgspec

from messenger.config.kinds import Reader


class Setting(msgspec.Struct, frozen=True):
    """What a field is read from; `sentence` stands in the documents.

    `default` is text, read as if it had been given; `loading` works out some that are None.
    `shown` is the default as the documents have it, where it depends on the machine or on other
    settings. A `runtime` setting may be changed while the server runs (`messenger.runtime`), so
    its readers read it each time.
    """

    default: str | None
    read: Reader
    sentence: str
    shown: str | None = None
    secret: bool = False
    runtime: bool = False


def setting(
    default: str | None,
    read: Reader,
    sentence: str,
    shown: str | None = None,
    secret: bool = False,
    runtime: bool = False,
) -> Any:
    """Declare a field as a `Setting`. `loading` always gives its value."""
    declared = Setting(default, read, sentence, shown, secret, runtime)
    return dataclasses.field(metadata={"setting": declared})


def settings_of(area: type[Any]) -> Iterator[tuple[str, Setting]]:
    """The settings of an area's class by their names in the environment, in its order."""
    for field in dataclasses.fields(area):
        yield field.name.upper(), field.metadata["setting"]

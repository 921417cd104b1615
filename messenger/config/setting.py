"""How a setting is declared: as `Annotated[type, Setting(...)]` on a field of its area's class.

The field's name in capitals is the name in the environment.
"""

from collections.abc import Iterator
from typing import Any, get_type_hints

import msgspec

from messenger.config.kinds import Reader


class Setting(msgspec.Struct, frozen=True):
    """What a field is read from; `sentence` stands in the documents.

    `default` is text, read as if it had been given; `loading` works out some that are None.
    `shown` is the default as the documents have it, where it depends on the machine or on other
    settings.
    """

    default: str | None
    read: Reader
    sentence: str
    shown: str | None = None
    secret: bool = False


def declared(area: type[Any]) -> Iterator[tuple[str, Setting]]:
    """The settings of an area's class by their names in the environment, in its order."""
    for field, hint in get_type_hints(area, include_extras=True).items():
        for each in hint.__metadata__:
            yield field.upper(), each

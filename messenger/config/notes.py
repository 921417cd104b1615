"""The table of settings for the generated documents. Shows no value of a running server."""

import msgspec

from messenger.config.settings import SETTINGS


class SettingNote(msgspec.Struct, frozen=True):
    """A row of the table; `default` is marked up, and empty where there is none."""

    name: str
    default: str
    sentence: str


def notes() -> list[SettingNote]:
    """Every setting, in the order of the areas."""
    return [
        SettingNote(
            name, each.shown or (f"`{each.default}`" if each.default else ""), each.sentence
        )
        for name, each in SETTINGS.items()
    ]

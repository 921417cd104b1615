"""All settings together: a base class for each area of the program, one object for all of it."""

from dataclasses import dataclass
from typing import Final

from messenger.config.accounts import Accounts
from messenger.config.archive import Archive
from messenger.config.backup import Backup
from messenger.config.chats import Chats
from messenger.config.files import Files
from messenger.config.mail import Mail
from messenger.config.printing import printable
from messenger.config.push import Push
from messenger.config.server import Server
from messenger.config.setting import Setting, settings_of
from messenger.config.sockets import Sockets


@dataclass(frozen=True, kw_only=True, repr=False)
class Settings(Server, Accounts, Chats, Files, Archive, Backup, Push, Mail, Sockets):
    """What the program reads; `sources` says by name where each value came from."""

    sources: dict[str, str]

    def __repr__(self) -> str:
        shown = " ".join(f"{name}={value}" for name, value, _ in describe(self))
        return f"<Settings {shown}>"


SETTINGS: Final[dict[str, Setting]] = {
    name: setting for area in Settings.__bases__ for name, setting in settings_of(area)
}
"""Every setting by its name in the environment."""


def describe(settings: Settings) -> list[tuple[str, str, str]]:
    """Each setting's name, value and source, with nothing secret in them."""
    return [
        (name, printable(name, getattr(settings, name.lower())), settings.sources[name])
        for name in SETTINGS
    ]

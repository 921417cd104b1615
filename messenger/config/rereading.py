"""Reads the settings again while the server runs, and puts in force what can be (`RELOADED`).

systemd's `EnvironmentFile` reaches a process only at its start. So a reload reads the file itself,
by its name in ENVIRONMENT_FILE; all that did not come from there stays as it was.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from messenger.config.loading import load
from messenger.config.settings import SETTINGS, Settings

RELOADED: Final = ("LOG_LEVEL", "LOG_FORMAT", "TRUSTED_PROXIES", "CORS_ORIGINS")
"""What is looked up each time that it is used. Everything else was handed out at the start."""
LINE: Final = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")


class Reread(msgspec.Struct, frozen=True):
    """Settings that are in force now, and those that wait for the next start."""

    changed: list[str]
    waiting: list[str]


class Rereading:
    """What the settings were made of at the start, to tell what a file has changed since."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], file: Path | None) -> None:
        self.settings = settings
        self.file = file
        from_file = self._read()
        # State: the environment without what the file had put there.
        self.rest = {n: value for n, value in environ.items() if from_file.get(n) != value}
        # What the command line said stands before either.
        self.fixed = {
            name for name, source in settings.sources.items()
            if source == "environment" and not environ.get(name)
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<Rereading {self.file}>"

    def _read(self) -> dict[str, str]:
        if self.file is None:
            return {}
        found = (LINE.fullmatch(line.rstrip()) for line in self.file.read_text().splitlines())
        return {each[1]: each[2] for each in found if each is not None}

    def again(self) -> Reread:
        """Put in force what can be; raises ConfigError or OSError, and then changes nothing."""
        fresh = load({**self.rest, **self._read()})
        differing = [name for name in SETTINGS if self._differs(name, fresh)]
        changed = [name for name in differing if name in RELOADED]
        for name in changed:
            # Frozen for everybody but the one who owns them: whoever reads it next has the new one.
            object.__setattr__(self.settings, name.lower(), getattr(fresh, name.lower()))
            self.settings.sources[name] = fresh.sources[name]
        return Reread(changed, [name for name in differing if name not in RELOADED])

    def _differs(self, name: str, fresh: Settings) -> bool:
        if getattr(fresh, name.lower()) == getattr(self.settings, name.lower()):
            return False
        source = fresh.sources[name]
        if name in self.fixed or source not in ("environment", "default"):
            return False
        # What administrators chose while it runs stands over a default.
        return source == "environment" or not SETTINGS[name].runtime

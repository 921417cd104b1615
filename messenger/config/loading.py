"""Reads the settings from the environment.

Makes the keys under DATA_DIR when none are given, and touches nothing besides. The names are
bare, so unknown names are left alone; `near_misses` finds those that look like a slip.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from messenger.config import mail_server, secret_key, vapid_key
from messenger.config.setting import Setting
from messenger.config.settings import SETTINGS, Settings
from messenger.config.sockets import COMMAND_BYTES, PENDING_BYTES

ESCAPED: Final = 12
"""Bytes of a character in a command, at the most: an emoji as two escapes of JSON."""
SPOKEN: Final = 6
"""Bytes of a character in an event, at the most: a control character as an escape."""
BESIDE: Final = 8192
"""Bytes of all that stands beside a message's text in a command: files are named by their ids."""
FILES: Final = 128 * 1024
"""Bytes of all files of a message in an event, with names as long as they may be."""


class ConfigError(Exception):
    """One or more settings are of no use; each problem is a sentence that says what to write."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings; raise ConfigError with all that is wrong with them at once."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    problems: list[str] = []
    for name, setting in SETTINGS.items():
        try:
            given, sources[name] = _given(name, setting, environ)
            values[name.lower()] = None if given is None else _read(name, setting, given)
        except ConfigError as error:
            problems += error.problems
    if not problems:
        problems = [*_derive(values), *_find_keys(values, sources)]
    if problems:
        raise ConfigError(problems)
    return Settings(**values, sources=sources)


def _given(name: str, setting: Setting, environ: Mapping[str, str]) -> tuple[str | None, str]:
    """A setting's text, and where it comes from. Empty is as good as absent."""
    file = environ.get(f"{name}_FILE") if setting.secret else None
    given = environ.get(name, "").strip()
    if given and file:
        raise ConfigError([f"{name} and {name}_FILE are both set: keep one of them."])
    if file:
        try:
            return Path(file).read_text().strip(), f"{name}_FILE"
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ConfigError(
                [f"{name}_FILE={file} cannot be read ({why}): write the path of a readable file."]
            ) from None
    return (given, "environment") if given else (setting.default, "default")


def _read(name: str, setting: Setting, given: str) -> Any:
    try:
        return setting.read(given)
    except ValueError as error:
        shown = name if setting.secret else f"{name}={given}"
        raise ConfigError([f"{shown} cannot be used: write {error}."]) from None


def _derive(values: dict[str, Any]) -> Iterator[str]:
    """Fill in the defaults that depend on other settings; tell what does not go together."""
    if values["ws_idle_timeout_sec"] <= values["ws_heartbeat_sec"]:
        yield (
            "WS_IDLE_TIMEOUT_SEC must be greater than WS_HEARTBEAT_SEC, or everyone who is silent"
            f" is cut off: write more than {values['ws_heartbeat_sec']}."
        )
    if values["file_storage"] == "s3" and values["s3_url"] is None:
        yield "FILE_STORAGE=s3 needs a bucket: write its address into S3_URL, like s3://bucket/files."
    if values["backup_wal"] and values["backup_age_recipient"] is not None:
        yield "BACKUP_WAL is kept as it is written, not encrypted: leave BACKUP_AGE_RECIPIENT out."
    yield from _fit_messages(values)
    if values["base_url"] is None:
        host = {"0.0.0.0": "localhost", "::": "localhost"}.get(values["host"], values["host"])
        shown = f"[{host}]" if ":" in host else host
        values["base_url"] = f"http://{shown}:{values['port']}"
    if values["vapid_subject"] is None:
        values["vapid_subject"] = _subject(values["base_url"])
    yield from _complete_mail(values)


def _complete_mail(values: dict[str, Any]) -> Iterator[str]:
    """Whom mail is from where nothing says so; tell what does not go together."""
    server, password = values["smtp_url"], values["smtp_password"]
    if server is None:
        if password is not None:
            yield "SMTP_PASSWORD is set without SMTP_URL: write the mail server there, or neither."
        return
    if password is not None and (server.username is None or server.password is not None):
        yield (
            "SMTP_PASSWORD goes with a name in SMTP_URL that has no password there:"
            " write smtps://name@mail.example.org."
        )
    elif server.username is not None and server.password is None and password is None:
        yield "SMTP_URL has a name without a password: write it there, or into SMTP_PASSWORD."
    if values["mail_from"] is None:
        host = urlsplit(values["base_url"]).hostname or ""
        if not is_named(host):
            yield "Mail needs a sender: write one into MAIL_FROM, like messenger@example.org."
            return
        values["mail_from"] = mail_server.read_sender(f"messenger@{host}")


def _subject(base_url: str) -> str:
    """Some push services refuse http, and a host without a dot."""
    if base_url.startswith("https://"):
        return base_url
    host = urlsplit(base_url).hostname or ""
    return f"mailto:admin@{host if is_named(host) else 'messenger.example.org'}"


def is_named(host: str) -> bool:
    """Whether a host has a name that others may know it by."""
    return "." in host and not host.replace(".", "").isdigit()


def _find_keys(values: dict[str, Any], sources: dict[str, str]) -> Iterator[str]:
    """Read or make the keys that were not given; tell why that was not possible."""
    kept: tuple[tuple[str, Any, str], ...] = (
        ("secret_key", secret_key, "secret key"),
        ("vapid_private_key", vapid_key, "key of pushes"),
    )
    for name, keeper, words in kept:
        if values[name] is not None:
            continue
        sources[name.upper()] = str(keeper.path_in(values["data_dir"]))
        try:
            values[name] = keeper.read_or_make(values["data_dir"])
        except OSError as error:
            yield (
                f"The {words} cannot be kept in DATA_DIR={values['data_dir']}"
                f" ({error.strerror}): write a directory that this account may write to."
            )
            return
        except ValueError as error:
            yield str(error)


def _fit_messages(values: dict[str, Any]) -> Iterator[str]:
    """The longest message must fit through the sockets, both ways."""
    longest = values["message_max_length"]
    for name, least, usual in (
        ("WS_MAX_COMMAND_BYTES", ESCAPED * longest + BESIDE, COMMAND_BYTES),
        ("WS_MAX_PENDING_BYTES", SPOKEN * longest + BESIDE + FILES, PENDING_BYTES),
    ):
        given = values[name.lower()]
        if given is None:
            values[name.lower()] = max(usual, 2 * least)
        elif given < least:
            yield (
                f"{name} must hold a message of MESSAGE_MAX_LENGTH={longest} characters:"
                f" write at least {least}, or leave it out."
            )


def longest_message(settings: Settings) -> int:
    """Characters of the longest message that the sockets have room for."""
    up = (settings.ws_max_command_bytes - BESIDE) // ESCAPED
    down = (settings.ws_max_pending_bytes - BESIDE - FILES) // SPOKEN
    return min(up, down)


def near_misses(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Variables that look like a slip for a setting, each with the name that was meant."""
    known = {*SETTINGS, *(f"{name}_FILE" for name, each in SETTINGS.items() if each.secret)}
    found = []
    for name in sorted(environ.keys() - known):
        bare = name.upper().removeprefix("MESSENGER_")
        import difflib

        meant = difflib.get_close_matches(bare, list(SETTINGS), n=1, cutoff=0.86)
        if meant:
            found.append((name, meant[0]))
    return found

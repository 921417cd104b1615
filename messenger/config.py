"""Every setting: its name, its default, what may stand there, and what to write when it is wrong.

The environment is read here and nowhere else, once, at start. Makes the secret key under DATA_DIR
when none is given, and touches nothing besides. A name that is not in the table is not ours: the
names are bare, so nothing is said about others, but `near_misses` finds what looks like a slip.
"""

import difflib
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from messenger import secret_key
from messenger import setting_types as kinds
from messenger.setting_types import Reader, choice, size, whole

_CHECKOUT = Path(__file__).parents[1]


class ConfigError(Exception):
    """One or more settings are of no use; each problem is a sentence that says what to write."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings, as the rest of the program sees them; `sources` says where each came from."""

    database_url: str | None
    data_dir: Path
    host: str
    port: int
    base_url: str
    secret_key: bytes
    access_token_expire_minutes: int
    refresh_token_expire_days: int
    bcrypt_rounds: int
    registration: Literal["open", "invite", "closed"]
    direct_chats: bool
    cors_origins: tuple[str, ...]
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    message_max_length: int
    message_rate_limit: tuple[int, int]
    write_rate_limit: tuple[int, int]
    max_open_tasks_per_chat: int
    auth_rate_limit_window_seconds: int
    auth_rate_limit_max_requests: int
    ws_heartbeat_sec: int
    ws_idle_timeout_sec: int
    ws_max_command_bytes: int
    ws_max_pending_bytes: int
    ws_max_ids_per_subscribe: int
    ws_max_subscriptions_per_connection: int
    ws_max_connections_per_user: int
    ws_rate_limit_window_sec: int
    ws_rate_limit_max_commands: int
    file_max_bytes: int
    retention_days: int
    archive_years: int
    backup_keep_days: int
    vapid_subject: str | None
    default_locale: Literal["ru", "en"]
    log_level: Literal["debug", "info", "warning", "error"]
    log_format: Literal["text", "json"]
    sources: dict[str, str]

    def __repr__(self) -> str:
        shown = " ".join(f"{name}={value}" for name, value, _ in describe(self))
        return f"<Settings {shown}>"


class _Setting(msgspec.Struct, frozen=True):
    """A default is text, read as if it had been given; `_derive` fills in some that are None."""

    name: str
    default: str | None
    read: Reader
    secret: bool = False

    @property
    def field(self) -> str:
        return self.name.lower()


def _default_data_dir() -> str:
    """`data` in a checkout, so that a trial leaves all in one place; else in the user's home."""
    in_checkout = (_CHECKOUT / "setup.cfg").is_file()
    return str(_CHECKOUT / "data") if in_checkout else "~/.local/share/messenger"


WITHOUT_EFFECT = {
    "FILE_MAX_BYTES": "files",
    "RETENTION_DAYS": "the archive",
    "ARCHIVE_YEARS": "the archive",
    "BACKUP_KEEP_DAYS": "backups",
    "VAPID_SUBJECT": "push",
}
"""Settings that are read and checked, and wait for what they are for."""

_FOREVER = 36_500
_TABLE = tuple(
    _Setting(*each)
    for each in (
        ("DATABASE_URL", None, kinds.database_url, True),
        ("DATA_DIR", _default_data_dir(), kinds.directory),
        ("HOST", "127.0.0.1", kinds.text("an address to listen on, like 127.0.0.1 or 0.0.0.0")),
        ("PORT", "8000", whole(0, 65535)),
        ("BASE_URL", None, kinds.base_url),
        ("SECRET_KEY", None, kinds.secret(secret_key.SHORTEST), True),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "15", whole(1, 1440)),
        ("REFRESH_TOKEN_EXPIRE_DAYS", "30", whole(1, 3650)),
        ("BCRYPT_ROUNDS", "12", whole(4, 16)),
        ("REGISTRATION", "invite", choice("open", "invite", "closed")),
        ("DIRECT_CHATS", "on", kinds.switch),
        ("CORS_ORIGINS", "", kinds.origins),
        ("TRUSTED_PROXIES", "", kinds.networks),
        ("MESSAGE_MAX_LENGTH", "5000", whole(1, 1_000_000)),
        ("MESSAGE_RATE_LIMIT", "20/10s", kinds.rate),
        ("WRITE_RATE_LIMIT", "1200/60s", kinds.rate),
        ("MAX_OPEN_TASKS_PER_CHAT", "5000", whole(1, 100_000)),
        ("AUTH_RATE_LIMIT_WINDOW_SECONDS", "60", whole(1, 86_400)),
        ("AUTH_RATE_LIMIT_MAX_REQUESTS", "5", whole(1, 1_000_000)),
        # Shorter than the minute after which home routers and proxies forget a quiet connection.
        ("WS_HEARTBEAT_SEC", "25", whole(1, 3600)),
        ("WS_IDLE_TIMEOUT_SEC", "60", whole(2, 7200)),
        ("WS_MAX_COMMAND_BYTES", None, size(1024, 2**24)),
        ("WS_MAX_PENDING_BYTES", None, size(2**16, 2**30)),
        ("WS_MAX_IDS_PER_SUBSCRIBE", "1000", whole(1, 100_000)),
        ("WS_MAX_SUBSCRIPTIONS_PER_CONNECTION", "10000", whole(1, 1_000_000)),
        ("WS_MAX_CONNECTIONS_PER_USER", "20", whole(1, 100_000)),
        ("WS_RATE_LIMIT_WINDOW_SEC", "10", whole(1, 3600)),
        ("WS_RATE_LIMIT_MAX_COMMANDS", "500", whole(1, 10_000_000)),
        ("FILE_MAX_BYTES", "10 MiB", size(1, 2**40)),
        ("RETENTION_DAYS", "30", whole(1, _FOREVER)),
        ("ARCHIVE_YEARS", "2", whole(0, 100)),
        ("BACKUP_KEEP_DAYS", "7", whole(1, _FOREVER)),
        ("VAPID_SUBJECT", None, kinds.vapid_subject),
        ("DEFAULT_LOCALE", "ru", choice("ru", "en")),
        ("LOG_LEVEL", "info", choice("debug", "info", "warning", "error")),
        ("LOG_FORMAT", "text", choice("text", "json")),
    )
)


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings; raise ConfigError with all that is wrong with them at once."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    problems: list[str] = []
    for setting in _TABLE:
        try:
            given, sources[setting.name] = _given(setting, environ)
            values[setting.field] = None if given is None else _read(setting, given)
        except ConfigError as error:
            problems += error.problems
    if not problems:
        problems = _derive(values, sources)
    if problems:
        raise ConfigError(problems)
    return Settings(**values, sources=sources)


def _given(setting: _Setting, environ: Mapping[str, str]) -> tuple[str | None, str]:
    """A setting's text, and where it comes from. Empty is as good as absent."""
    name, file = setting.name, environ.get(f"{setting.name}_FILE") if setting.secret else None
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


def _read(setting: _Setting, given: str) -> Any:
    try:
        return setting.read(given)
    except ValueError as error:
        shown = setting.name if setting.secret else f"{setting.name}={given}"
        raise ConfigError([f"{shown} cannot be used: write {error}."]) from None


def _derive(values: dict[str, Any], sources: dict[str, str]) -> list[str]:
    """Fill in the defaults that hang on other settings; return what does not go together."""
    problems = []
    if values["ws_idle_timeout_sec"] <= values["ws_heartbeat_sec"]:
        problems.append(
            "WS_IDLE_TIMEOUT_SEC must be greater than WS_HEARTBEAT_SEC, or everyone who is silent"
            f" is cut off: write more than {values['ws_heartbeat_sec']}."
        )
    problems += _fit_messages(values)
    if values["base_url"] is None:
        host = {"0.0.0.0": "localhost", "::": "localhost"}.get(values["host"], values["host"])
        shown = f"[{host}]" if ":" in host else host
        values["base_url"] = f"http://{shown}:{values['port']}"
    if values["secret_key"] is None:
        sources["SECRET_KEY"] = str(secret_key.kept_in(values["data_dir"]))
        try:
            values["secret_key"] = secret_key.read_or_make(values["data_dir"])
        except OSError as error:
            problems.append(
                f"The secret key cannot be kept in DATA_DIR={values['data_dir']}"
                f" ({error.strerror}): write a directory that this account may write to."
            )
        except ValueError as error:
            problems.append(str(error))
    return problems


COMMAND_BYTES: Final = 512 * 1024
"""What the longest task takes, checklist and all, and the cursors of all chats."""
PENDING_BYTES: Final = 1024 * 1024
ESCAPED: Final = 12
"""Bytes of a character in a command, at the most: an emoji as two escapes of JSON."""
SPOKEN: Final = 6
"""Bytes of a character in an event, at the most: a control character as an escape."""
BESIDE: Final = 4096
"""Bytes of all that stands beside a message's text."""


def _fit_messages(values: dict[str, Any]) -> list[str]:
    """What a message of the greatest length takes must fit through the sockets, both ways."""
    longest = values["message_max_length"]
    problems = []
    for name, least, usual in (
        ("WS_MAX_COMMAND_BYTES", ESCAPED * longest + BESIDE, COMMAND_BYTES),
        ("WS_MAX_PENDING_BYTES", SPOKEN * longest + BESIDE, PENDING_BYTES),
    ):
        given = values[name.lower()]
        if given is None:
            values[name.lower()] = max(usual, 2 * least)
        elif given < least:
            problems.append(
                f"{name} must hold a message of MESSAGE_MAX_LENGTH={longest} characters:"
                f" write at least {least}, or leave it out."
            )
    return problems


def describe(settings: Settings) -> list[tuple[str, str, str]]:
    """Each setting's name, value and source, with nothing secret in them."""
    return [
        (each.name, _shown(each, getattr(settings, each.field)), settings.sources[each.name])
        for each in _TABLE
    ]


def _shown(setting: _Setting, value: Any) -> str:
    match value:
        case None:
            return ""
        case bytes():
            return f"({len(value)} bytes)"
        case bool():
            return "on" if value else "off"
        case (int(count), int(seconds)):
            return f"{count}/{seconds}s"
        case tuple():
            return " ".join(str(each) for each in value)
        case _ if setting.name == "DATABASE_URL":
            return without_password(value)
        case _:
            return str(value)


def without_password(url: str) -> str:
    """A database's address as it may be shown and logged."""
    url = re.sub(r"^(\w+://[^:/@]*):.*@", r"\1:***@", url)
    return re.sub(r"(?i)([?&]\w*password=)[^&]*", r"\1***", url)


def near_misses(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Variables that look like a slip for one of ours, each with the name that was meant."""
    ours = [each.name for each in _TABLE]
    known = {*ours, *(f"{each.name}_FILE" for each in _TABLE if each.secret)}
    found = []
    for name in sorted(environ.keys() - known):
        bare = name.upper().removeprefix("MESSENGER_")
        meant = difflib.get_close_matches(bare, ours, n=1, cutoff=0.86)
        if meant:
            found.append((name, meant[0]))
    return found

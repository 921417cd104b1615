"""Settings of the process: where its data is, where it listens, how it logs."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final, Literal

from messenger.config import kinds
from messenger.config.kinds import choice, whole
from messenger.config.setting import setting

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]

_CHECKOUT: Final = Path(__file__).parents[2]


def _default_data_dir() -> str:
    """`data` in a checkout, so that a trial leaves all in one place; else in the user's home."""
    in_checkout = (_CHECKOUT / "setup.cfg").is_file()
    return str(_CHECKOUT / "data") if in_checkout else "~/.local/share/messenger"


@dataclass(frozen=True, kw_only=True)
class Server:
    database_url: str | None = setting(
        None,
        kinds.database_url,
        "The PostgreSQL to use, as `postgresql://user:password@host:5432/name`. Empty: one of"
        " our own, under `DATA_DIR`.",
        secret=True,
    )
    data_dir: Path = setting(
        _default_data_dir(),
        kinds.directory,
        "Where everything that is not in the database is kept.",
        shown="`data` in a checkout, else `~/.local/share/messenger`",
    )
    host: str = setting(
        "127.0.0.1",
        kinds.text("an address to listen on, like 127.0.0.1 or 0.0.0.0"),
        "The address to listen on.",
    )
    port: int = setting("8000", whole(0, 65535), "The port to listen on; 0 takes any free one.")
    base_url: str = setting(
        None,
        kinds.base_url,
        "The address people open, where it is not the one listened on.",
        shown="`http://HOST:PORT`",
    )
    base_url_ca: Path | None = setting(
        None,
        kinds.directory,
        "A file with the certificate of the CA that vouches for `BASE_URL`, where it is no public"
        " one: `doctor` trusts it there, beside those that the system trusts.",
    )
    bus: str = setting(
        "none",
        kinds.bus,
        "How several servers on one database tell one another what they write: `postgres`, by its"
        " notices; `nats://a,b,c` (or `tls://`), by NATS, which `pip install messenger[cluster]`"
        " brings. `none`: this is the only one, and a second one refuses to start.",
    )
    bus_credentials: Path | None = setting(
        None,
        kinds.directory,
        "The file with what NATS asks for: a `.creds` of its own, or one line `user:password`.",
    )
    bus_ca: Path | None = setting(
        None,
        kinds.directory,
        "The certificate that NATS's own is signed by, where no public one is.",
    )
    cors_origins: tuple[str, ...] = setting(
        "", kinds.origins, "Other sites whose pages may call the API from a browser."
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = setting(
        "",
        kinds.networks,
        "Addresses of reverse proxies, whose `X-Forwarded-For` and `X-Forwarded-Proto` are"
        " believed. They may read `/metrics`, too.",
    )
    environment_file: Path | None = setting(
        None,
        kinds.directory,
        "A file of `NAME=value` lines that a reload reads again: `LOG_LEVEL`, `LOG_FORMAT`,"
        " `TRUSTED_PROXIES` and `CORS_ORIGINS` are in force at once. The unit has it.",
    )
    log_level: LogLevel = setting(
        "info", choice(LogLevel), "How much is logged: `debug`, `info`, `warning` or `error`."
    )
    log_format: LogFormat = setting(
        "text", choice(LogFormat), "How a line is logged: `text` or `json`."
    )

"""What may stand in a setting: each function turns its text into a value.

Raises ValueError with what to write instead, to be read after "write". Pure.
"""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import msgspec

Reader = Callable[[str], Any]
Kind = Literal["choice", "number", "size", "switch", "rate", "text"]

_SIZE_UNITS = {
    "": 1,
    "KB": 10**3,
    "KIB": 2**10,
    "MB": 10**6,
    "MIB": 2**20,
    "GB": 10**9,
    "GIB": 2**30,
}
_TIME_UNITS = {"s": 1, "m": 60, "h": 3600}


class Shape(msgspec.Struct, frozen=True):
    """What a setting takes, for whoever draws a field for it: `low` and `high` both included."""

    kind: Kind
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()


class Shaped(msgspec.Struct, frozen=True):
    """A reader that says what it takes."""

    read: Reader
    shape: Shape

    def __call__(self, given: str) -> Any:
        return self.read(given)


def shape_of(reader: Reader) -> Shape:
    if isinstance(reader, Shaped):
        return reader.shape
    if reader is switch:
        return Shape("switch")
    return Shape("rate" if reader is rate else "text")


def text(advice: str) -> Reader:
    def read(given: str) -> str:
        if re.search(r"[\s\x00-\x1f]", given):
            raise ValueError(advice)
        return given

    return read


def line(advice: str) -> Reader:
    """A text that may have spaces in it."""

    def read(given: str) -> str:
        if not given.isprintable():
            raise ValueError(advice)
        return given

    return read


def secret(least: int) -> Reader:
    def read(given: str) -> bytes:
        key = given.encode()
        if len(key) < least:
            raise ValueError(f"at least {least} random bytes, or nothing and a key is made")
        return key

    return read


def whole(low: int, high: int) -> Reader:
    def read(given: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", given) or not low <= int(given) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(given)

    return Shaped(read, Shape("number", low, high))


def size(low: int, high: int) -> Reader:
    def read(given: str) -> int:
        found = re.fullmatch(r"([0-9]{1,15})\s*([KMG]I?B)?", given.upper())
        value = int(found[1]) * _SIZE_UNITS[found[2] or ""] if found else -1
        if not low <= value <= high:
            raise ValueError(f"a number of bytes from {low} to {high}, like 65536 or 1 MiB")
        return value

    return Shaped(read, Shape("size", low, high))


def choice(literal: Any) -> Reader:
    """One of the values of a `Literal`, in any case."""
    values = get_args(literal)

    def read(given: str) -> str:
        if given.lower() not in values:
            raise ValueError(" or ".join((", ".join(values[:-1]), values[-1])))
        return given.lower()

    return Shaped(read, Shape("choice", choices=values))


def switch(given: str) -> bool:
    if given.lower() in ("on", "true", "yes", "1"):
        return True
    if given.lower() in ("off", "false", "no", "0"):
        return False
    raise ValueError("on or off")


def rate(given: str) -> tuple[int, int]:
    """`20/10s`: how many, in how many seconds."""
    found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,6})?([smh])", given)
    if not found or not int(found[1]) or found[2] == "0":
        raise ValueError("a count and a time, like 20/10s, 100/1m or 1000/h")
    return int(found[1]), int(found[2] or 1) * _TIME_UNITS[found[3]]


def directory(given: str) -> Path:
    return Path(given).expanduser().absolute()


def database_url(given: str) -> str:
    """A libpq URI. `postgres://` is its other spelling."""
    advice = "postgresql://user:password@host:5432/database"
    try:
        parts = urlsplit(given)
        known = parts.scheme in ("postgresql", "postgres")
    except ValueError:
        known = False
    if not known:
        raise ValueError(advice)
    return "postgresql" + given.removeprefix(parts.scheme)


def bus(given: str) -> str:
    """`none`, `postgres`, or servers of NATS: `nats://a,nats://b:4222`, of one scheme, no names."""
    if given.lower() in ("none", "postgres"):
        return given.lower()
    scheme, _, rest = given.partition("://")
    hosts = [each.removeprefix(f"{scheme}://") for each in _listed(rest)]
    good = [re.fullmatch(r"([\w.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?", each) for each in hosts]
    if scheme not in ("nats", "tls") or not hosts or not all(good):
        raise ValueError("none, postgres, or servers of NATS like nats://one:4222,two:4222")
    return ",".join(f"{scheme}://{each}" for each in hosts)


def base_url(given: str) -> str:
    return _origin(given, "the address people open, without a path, like https://chat.example.org")


def contact(given: str) -> str:
    """Who runs this server, as VAPID has it (RFC 8292, section 2.1)."""
    if not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://[^\s/]+\S*)", given):
        raise ValueError("mailto:somebody@example.org or an address that begins with https://")
    return given


def age_recipient(given: str) -> str:
    """An X25519 recipient of age, in Bech32."""
    if not re.fullmatch(r"age1[02-9ac-hj-np-z]{58}", given):
        raise ValueError("a public key of age, which begins with age1 and has 62 characters")
    return given


def origins(given: str) -> tuple[str, ...]:
    advice = (
        "addresses without a path, with spaces or commas between, like https://chat.example.org"
    )
    return tuple(_origin(each, advice) for each in _listed(given))


def networks(given: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(each, strict=False) for each in _listed(given))
    except ValueError:
        raise ValueError(
            "addresses or networks, with spaces or commas between, like 127.0.0.1 10.0.0.0/8"
        ) from None


def s3_url(given: str) -> tuple[str, str]:
    """`s3://bucket/prefix`: the bucket and the prefix, which may be empty."""
    found = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([\w./-]*))?", given)
    if found is None:
        raise ValueError("a bucket and what its objects' names begin with, like s3://bucket/files")
    return found[1], (found[2] or "").strip("/")


def _origin(given: str, advice: str) -> str:
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        raise ValueError(advice) from None
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
    if parts.scheme not in ("http", "https") or not parts.hostname or extra or port == 0:
        raise ValueError(advice)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _listed(given: str) -> list[str]:
    return [each for each in re.split(r"[\s,]+", given) if each]

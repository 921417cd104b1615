"""Whether a page in a browser is this server's own, by the `Origin` it was loaded from."""

from typing import Final
from urllib.parse import urlsplit

DESKTOP: Final = "app://messenger"
"""The desktop client's pages. A browser has no such scheme: no page in one can come from there."""

PORTS: Final = {"http": 80, "https": 443}


def is_ours(origin: str, base_url: str, host: str, *, secure: bool) -> bool:
    """Compare scheme, host and port (RFC 6454 §5) with BASE_URL and the request's own address.

    `host` is the request's Host header. `secure` says that people reach this server by TLS: then no
    page that came without TLS is its own. Without it, a page that came by TLS may be: a proxy may
    stand in between that the settings do not name.
    """
    parsed = _parsed(origin)
    if parsed is None:
        return False
    schemes = ("https",) if secure else ("http", "https")
    return parsed in (_parsed(base_url), *(_parsed(f"{scheme}://{host}") for scheme in schemes))


def _parsed(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is no origin of the web."""
    try:
        parts = urlsplit(origin)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not parts.hostname or parts.username is not None or parts.password is not None:
        return None
    return parts.scheme, parts.hostname, port

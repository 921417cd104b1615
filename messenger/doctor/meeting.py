"""The connection to the address that people open: its name, its port, its certificate, and by whom
that is trusted."""

import asyncio
import socket
import ssl
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from messenger.doctor.finding import Finding, advice, well, wrong

SECONDS: Final = 8.0
"""For one request. What takes longer is as good as away for a browser, too."""
RENEWED: Final = 14 * 86400.0
"""Seconds before its end by which a certificate was renewed: with 21 of 90 days, at the latest."""
RENEWED_PART: Final = 1 / 5
"""The same of one that is good for days, or hours as Caddy's own: with a third of that left."""
EXPIRED: Final = 10
OTHER_NAME: Final = (62, 64)
"""X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_HOSTNAME_MISMATCH and …_IP_ADDRESS_MISMATCH."""


class Unreached(Exception):
    """No answer of ours; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as it came about: when its certificate begins and ends, in seconds since 1970,
    and by whom that is trusted. `own_ca` is the file that had to vouch for it."""

    trusted: ssl.SSLContext | None
    begins: float | None = None
    ends: float = 0.0
    own_ca: Path | None = None


def certificate(host: str, met: Met) -> Finding:
    left, life = met.ends - time.time(), met.ends - (met.begins or 0.0)
    days = int(left // 86400)
    if left < min(RENEWED, life * RENEWED_PART):
        return wrong("certificate", host=host, days=days)
    if met.own_ca is not None:
        return advice("certificate_internal", host=host, ca=met.own_ca)
    return well("certificate", host=host, days=days)


async def meet(base: str, own_ca: Path | None) -> Met:
    """Connect trusting whom the system trusts, and else our own CA, too. Raises Unreached."""
    if urlsplit(base).scheme != "https":
        return await _connect(base, Met(trusted=None))
    try:
        return await _connect(base, Met(trusted=ssl.create_default_context()))
    except Unreached as error:
        wider = ssl.create_default_context()
        if own_ca is None or error.finding.code != "certificate_unknown":
            raise
        try:
            wider.load_verify_locations(own_ca)
        except OSError:
            raise error from None
        return await _connect(base, Met(trusted=wider, own_ca=own_ca))


async def _connect(base: str, met: Met) -> Met:
    """The same with its certificate's days, without TLS as it is. Raises Unreached."""
    parts = urlsplit(base)
    host, port = parts.hostname or "", parts.port or (443 if met.trusted else 80)
    try:
        async with asyncio.timeout(SECONDS):
            await asyncio.get_running_loop().getaddrinfo(host, port)
            _, writer = await asyncio.open_connection(host, port, ssl=met.trusted)
    except (socket.gaierror, UnicodeError):
        raise Unreached(wrong("dns", host=host)) from None
    except ssl.SSLCertVerificationError as error:
        raise Unreached(_refused(host, error)) from None
    except (OSError, TimeoutError) as error:
        raise Unreached(wrong("unreachable", base=base, why=why(error))) from None
    try:
        found = writer.get_extra_info("peercert")
    finally:
        writer.close()
    if not found:
        return met
    begins, ends = (ssl.cert_time_to_seconds(found[name]) for name in ("notBefore", "notAfter"))
    return msgspec.structs.replace(met, begins=begins, ends=ends)


def _refused(host: str, error: ssl.SSLCertVerificationError) -> Finding:
    if error.verify_code == EXPIRED:
        return wrong("certificate_expired", host=host)
    if error.verify_code in OTHER_NAME:
        return wrong("certificate_name", host=host)
    return wrong("certificate_unknown", host=host, why=error.verify_message)


def why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    cause = getattr(error, "os_error", None) or error
    return getattr(cause, "strerror", None) or str(cause) or type(error).__name__

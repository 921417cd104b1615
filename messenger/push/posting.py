"""One push, sealed and posted to its push service, and what the answer means."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

import msgspec

from messenger.model.push import PushError
from messenger.outgoing.requests import Answer, Outgoing, Refused
from messenger.push.encryption import sealed

Outcome = Literal["sent", "gone", "later", "failed"]
"""Taken; no such subscription (any more); to be tried again; not to be tried again."""

MOST_ANSWER: Final = 2048
LONGEST_WAIT: Final = 3600.0
"""Seconds that a service may ask for at the most."""
WORDS: Final[Mapping[PushError, str]] = {
    "url": "The address of the push service is none.",
    "address": "The push service is not on the public internet.",
    "unreachable": "The push service cannot be reached.",
    "tls": "The certificate of the push service is not good.",
    "time": "The push service did not answer in time.",
    "answer": "The push service answered with something that is no answer.",
    "keys": "Nothing can be sealed with the keys of the device.",
    "gone": "The device is not subscribed any more.",
    "status": "The push service refused it (HTTP {status}).",
}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a push; `error` is in words, `wait` the seconds the service asked for."""

    outcome: Outcome
    code: PushError | None = None
    status: int | None = None
    wait: float | None = None

    @property
    def error(self) -> str | None:
        """Why it was not taken, in English."""
        return None if self.code is None else WORDS[self.code].format(status=self.status)


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A push for one device, with what its service may do with it (RFC 8030, section 5)."""

    endpoint: str
    p256dh: str
    auth: str
    authorization: str
    payload: bytes
    ttl: int
    urgency: Literal["low", "normal", "high"] = "normal"
    topic: str | None = None

    def headers(self) -> dict[str, str]:
        headers = {
            "Authorization": self.authorization,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(self.ttl),
            "Urgency": self.urgency,
        }
        return headers if self.topic is None else {**headers, "Topic": self.topic}


async def post(outgoing: Outgoing, parcel: Parcel) -> Result:
    try:
        body = sealed(parcel.endpoint, parcel.p256dh, parcel.auth, parcel.payload)
    except ValueError:
        return Result(outcome="failed", code="keys")
    try:
        answer = await outgoing.ask(
            "POST", parcel.endpoint, headers=parcel.headers(), body=body, most=MOST_ANSWER
        )
    except Refused as refused:
        # What leads to our own network or is no address will not be better later.
        hopeless = refused.reason in ("url", "address")
        return Result(outcome="failed" if hopeless else "later", code=refused.reason)
    return judged(answer)


def judged(answer: Answer) -> Result:
    status = answer.status
    if 200 <= status < 300:
        return Result(outcome="sent", status=status)
    if status in (404, 410):
        return Result(outcome="gone", code="gone", status=status)
    if status == 429 or status >= 500:
        wait = waited(answer.headers.get("Retry-After"), datetime.now(UTC))
        return Result(outcome="later", code="status", status=status, wait=wait)
    return Result(outcome="failed", code="status", status=status)


def waited(given: str | None, now: datetime) -> float | None:
    """Seconds of a `Retry-After`: a number or a date (RFC 9110, section 10.2.3)."""
    if given is None:
        return None
    if given.isascii() and given.isdecimal():
        return min(float(given), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), LONGEST_WAIT)

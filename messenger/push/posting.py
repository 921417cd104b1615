"""One request to a push service, and what its answer means."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

import msgspec

from messenger.outgoing.requests import Answer, Outgoing, Refused

Outcome = Literal["sent", "gone", "later", "failed"]
"""Taken; no such subscription (any more); to be tried again; not to be tried again."""

MOST_ANSWER: Final = 2048
LONGEST_WAIT: Final = 3600.0
"""Seconds that a service may ask for at the most."""
WORDS: Final[Mapping[str, str]] = {
    "url": "The address of the push service is none.",
    "address": "The push service is not on the public internet.",
    "unreachable": "The push service cannot be reached.",
    "tls": "The certificate of the push service is not good.",
    "time": "The push service did not answer in time.",
    "answer": "The push service answered with something that is no answer.",
}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a push; `error` is in words, `wait` the seconds the service asked for."""

    outcome: Outcome
    status: int | None = None
    error: str | None = None
    wait: float | None = None


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed push, with what the service may do with it (RFC 8030, section 5)."""

    endpoint: str
    authorization: str
    body: bytes
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


async def post(outgoing: Outgoing, posted: Posted) -> Result:
    try:
        answer = await outgoing.ask(
            "POST", posted.endpoint, headers=posted.headers(), body=posted.body, most=MOST_ANSWER
        )
    except Refused as refused:
        # What leads to our own network or is no address will not be better later.
        hopeless = refused.reason in ("url", "address")
        return Result(
            outcome="failed" if hopeless else "later", error=WORDS[refused.reason]
        )  # fmt: skip
    return judged(answer)


def judged(answer: Answer) -> Result:
    status = answer.status
    if 200 <= status < 300:
        return Result(outcome="sent", status=status)
    if status in (404, 410):
        return Result(
            outcome="gone", status=status, error="The device is not subscribed any more."
        )  # fmt: skip
    words = f"The push service refused it (HTTP {status})."
    if status == 429 or status >= 500:
        wait = waited(answer.headers.get("Retry-After"), datetime.now(UTC))
        return Result(outcome="later", status=status, error=words, wait=wait)
    return Result(outcome="failed", status=status, error=words)


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

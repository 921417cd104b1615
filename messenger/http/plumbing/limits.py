"""How often a sign-in may be tried: by account and source, by source, by account.

By account and source, so that a stranger cannot lock a user out; by source, against
trying many names; by account, generously, against many sources. Times come
from a monotonic clock: setting the wall clock must neither open nor close.
"""

import math
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Any, Final

from messenger.config import Settings
from messenger.errors import RateLimited
from messenger.pace import MovingWindow

SOURCE_FACTOR: Final = 10
"""Behind one address may be an office."""
ACCOUNT_FACTOR: Final = 20
REFRESH_FACTOR: Final = 6
"""A browser's tabs, all waking at once."""
RESETS: Final = 3
"""Letters with a new password, for one account from one address in an hour."""
VERIFICATIONS: Final = 5
"""Letters that prove an address, for one person in an hour."""
SEARCHES: Final = 60
"""Of one person in ten seconds: one with every letter of who types fast, in a few windows."""
KNOWN_FOR: Final = 30 * 24 * 3600.0
"""So long a source that signed an account in passes the account's common limit, in seconds."""
Key = tuple[str | int, ...]
LONGEST_TOLD: Final = 300
"""Characters of a key that other servers are told: no account has a longer name."""
TRIED: Final = "tried"
SIGNED_IN: Final = "signed_in"


class Limits:
    """The doors to an account: signing in, registering, refreshing."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = monotonic) -> None:
        self.requests = settings.auth_rate_limit_max_requests
        self._window = MovingWindow(settings.auth_rate_limit_window_seconds, clock)
        self._hour = MovingWindow(3600.0, clock)
        self._known = MovingWindow(KNOWN_FOR, clock)
        self._searches = MovingWindow(10.0, clock)
        # Tells the other servers what was counted here: several of them are not as many guesses.
        self.tell: Callable[[list[Any]], None] = lambda signal: None

    def __repr__(self) -> str:
        return f"<Limits {self.requests} in {self._window!r}>"

    def check_login(self, account: str, source: str | None) -> None:
        """Count an attempt on an account, known or not; raises RateLimited."""
        network = network_of(source)
        limits: list[tuple[Key, int]] = [
            (("login", account, network), self.requests),
            (("login from", network), self.requests * SOURCE_FACTOR),
        ]
        # An attack on an account from many addresses does not keep its owner out.
        if self._known.wait((account, network), 1) == 0:
            limits.append((("login to", account), self.requests * ACCOUNT_FACTOR))
        self._check(limits)

    def succeeded(self, account: str, source: str | None) -> None:
        """Note a sign-in from there: earlier failures no longer count."""
        network = network_of(source)
        self._window.forget(("login", account, network))
        self._known.forget((account, network))
        self._known.take((account, network))
        self._tell([SIGNED_IN, account, network])

    # Other servers

    kinds: tuple[str, ...] = (TRIED, SIGNED_IN)
    """Of the signals that `hear` takes."""

    def hear(self, signal: list[Any]) -> None:
        """Count what another server has counted, and nothing that is none of ours."""
        match signal:
            case ["tried", bool(in_hour), [str(), *_] as parts] if all(map(_is_part, parts)):
                (self._hour if in_hour else self._window).take(tuple(parts))
            case ["signed_in", str(account), str(network)]:
                self._window.forget(("login", account, network))
                self._known.forget((account, network))
                self._known.take((account, network))

    def _tell(self, signal: list[Any]) -> None:
        if all(len(str(part)) <= LONGEST_TOLD for part in signal):
            self.tell(signal)

    def check_register(self, source: str | None) -> None:
        """Count an attempt to make an account; raises RateLimited."""
        self._check([(("register", network_of(source)), self.requests * 2)])

    def check_invite(self, source: str | None) -> None:
        """Count a look at an invitation; raises RateLimited."""
        self._check([(("invite", network_of(source)), self.requests * SOURCE_FACTOR)])

    def check_reset(self, account: str, source: str | None) -> None:
        """Count who asks for a new password, for an account, known or not; raises RateLimited."""
        network = network_of(source)
        limits: list[tuple[Key, int]] = [
            (("reset", account, network), RESETS),
            (("reset from", network), RESETS * SOURCE_FACTOR),
        ]
        if self._known.wait((account, network), 1) == 0:
            limits.append((("reset of", account), RESETS * 2))
        self._check(limits, self._hour)

    def check_verification(self, user_id: int) -> None:
        """Count letters that prove an address, to whichever a person names; raises RateLimited."""
        self._check([(("verify", user_id), VERIFICATIONS)], self._hour)

    def check_search(self, user_id: int) -> None:
        """Count a search of a person; raises RateLimited."""
        self._searches.check(user_id, SEARCHES, sentence="Too many searches; wait a moment.")

    def check_link(self, source: str | None) -> None:
        """Count a use of a mailed link, good or not; raises RateLimited."""
        self._check([(("link", network_of(source)), self.requests * SOURCE_FACTOR)])

    def check_refresh(self, session_id: str, source: str | None) -> None:
        """Count a refresh of a session, whose token was found good; raises RateLimited."""
        key = ("refresh", session_id, network_of(source))
        self._check([(key, self.requests * REFRESH_FACTOR)])

    def check_token(self, source: str | None) -> None:
        """Count a refresh token that is none of ours; raises RateLimited."""
        self._check([(("token", network_of(source)), self.requests * SOURCE_FACTOR)])

    def _check(self, limits: Sequence[tuple[Key, int]], window: MovingWindow | None = None) -> None:
        window = window or self._window
        # All are asked before any counts: what is refused is not counted.
        wait = max(window.wait(key, limit) for key, limit in limits)
        if wait > 0:
            raise RateLimited(math.ceil(wait * 1000), "Too many attempts; wait before the next.")
        for key, _ in limits:
            window.take(key)
            self._tell([TRIED, window is self._hour, list(key)])


def _is_part(part: Any) -> bool:
    return isinstance(part, str | int)


def network_of(source: str | None) -> str:
    """Name where a request comes from; of IPv6 the /64, of which one subscriber has all."""
    try:
        address = ip_address((source or "").partition("%")[0])
    except ValueError:
        return source or "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)

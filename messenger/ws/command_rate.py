"""How many commands one connection may send within a window."""

from time import monotonic

from messenger.config import Settings


class CommandRate:
    """Commands since the window began, by their weight; the next window begins with the first
    command after it is over.
    """

    __slots__ = ("_from", "_taken")

    def __init__(self) -> None:
        self._from = monotonic()
        self._taken = 0

    def exceeded(self, weight: int, settings: Settings) -> bool:
        """Count so much; whether that is more than is allowed."""
        now = monotonic()
        if now - self._from >= settings.ws_rate_limit_window_sec:
            self._from = now
            self._taken = 0
        self._taken += weight
        return self._taken > settings.ws_rate_limit_max_commands

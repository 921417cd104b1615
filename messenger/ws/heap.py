"""Gives memory back to the system when slow readers are gone. Linux with glibc; elsewhere nothing.

What each was owed is freed between what others still need: glibc keeps all of it, for ever.
"""

import asyncio
import sys
from collections.abc import Callable


class Heap:
    """The memory of this process, as far as it is not Python's own."""

    def __init__(self, trim: Callable[[int], int] | None = None) -> None:
        self._trim = trim
        # State: whether much was freed since it was last given back.
        self.freed = False

    async def give_back(self) -> None:
        """Once a second: a little each time, for others wait for memory meanwhile."""
        if not self.freed:
            return
        self.freed = False
        trim = self._trim or malloc_trim()
        if trim is not None:
            # Lets go of the interpreter's lock; 0.2 ms of CPU for each MiB.
            await asyncio.to_thread(trim, 0)


def malloc_trim() -> Callable[[int], int] | None:
    """The function of glibc (malloc_trim(3)); None where there is none."""
    if not sys.platform.startswith("linux"):
        return None
    # Not at the start: most servers never need it.
    import ctypes

    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    return found

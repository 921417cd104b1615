"""What is remembered of the newest."""

from collections import OrderedDict
from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST: Final = 50_000
"""What was decided, as far as it is remembered."""


def remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep the newest of them."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > MOST:
        memory.popitem(last=False)

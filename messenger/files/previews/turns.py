"""Who waits for the worker: the small previews first, people in turn, each one's in order."""

from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Somebody who sends three hundred photos keeps another person waiting for one of them."""

    def __init__(self) -> None:
        self._lines: tuple[OrderedDict[int, deque[T]], ...] = (OrderedDict(), OrderedDict())

    def __len__(self) -> int:
        return sum(len(waiting) for line in self._lines for waiting in line.values())

    def add(self, user_id: int, job: T, *, urgent: bool) -> None:
        self._lines[not urgent].setdefault(user_id, deque()).append(job)

    def next(self) -> T | None:
        for line in self._lines:
            if line:
                user_id, waiting = line.popitem(last=False)
                job = waiting.popleft()
                if waiting:
                    line[user_id] = waiting
                return job
        return None

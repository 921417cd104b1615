"""Waiting for what must come: as long as it takes, on a machine however busy."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

PATIENCE = 60.0
"""Seconds. What is right never takes so long; what is wrong ends in a failure and not in a hang."""


async def until(fact: Callable[[], Any], every: float = 0.01) -> Any:
    """Ask until it is so, and return what was said last; raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while not (said := await _said(fact)):
            await asyncio.sleep(every)
    return said


async def _said(fact: Callable[[], Any]) -> Any:
    said = fact()
    return await said if inspect.isawaitable(said) else said

"""A server that a module's tests share: in a thread, for each of them has a loop of its own."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from messenger.config import Settings
from tests.api.cast import MovableServer, account

T = TypeVar("T")

FEW = 3
"""Connections of a server: half of its start is to open them."""


class House:
    """The server, and whoever has an account there."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="house")
        self._accounts: dict[str, tuple[int, str]] = {}
        self._thread.start()
        try:
            self.server = self._run(self._started(settings, dsn)).result()
        except BaseException:
            # A thread that goes on would keep the whole run from ending.
            self._end()
            raise

    async def _started(self, settings: Settings, dsn: str) -> MovableServer:
        server = MovableServer(settings, dsn)
        server.database.size = FEW
        await server.start()
        return server

    def _run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def account(self, name: str, role: Any) -> tuple[int, str]:
        """Somebody's id, and that of their session; made when they first come."""
        if name not in self._accounts:
            made = self._run(account(self.server, name, role))
            self._accounts[name] = await asyncio.wrap_future(made)
        return self._accounts[name]

    def close(self) -> None:
        try:
            self._run(self.server.stop()).result()
        finally:
            self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

"""The search as the server holds it: how queries are read is imported with the first of them."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from messenger.archive.reading import Reading
from messenger.files.previews.keeping import Previews
from messenger.model import Identity
from messenger.search.indexer import Indexer
from messenger.search.reading_files import FileTexts
from messenger.search.rebuilding import Rebuilding
from messenger.search.wanted import Found, Wanted
from messenger.store.db import Database

if TYPE_CHECKING:
    from messenger.search.finding import Finder

REST = 4.0
"""The builder waits so many times as long as it works: messages go first."""


class Search:
    """What asks the index, what keeps it, and what builds it."""

    def __init__(
        self,
        database: Database,
        reading: Reading,
        previews: Previews,
        clock: Callable[[], datetime],
        registry: CollectorRegistry,
    ) -> None:
        self.indexer = Indexer(database, registry)
        self.texts = FileTexts(database, previews, clock)
        self.indexer.on_files = self.texts.news.set
        self.rebuilding = Rebuilding(database, reading, clock, REST)
        self._given = database, reading, clock
        # State: what finds, once somebody has looked for something.
        self._finder: Finder | None = None

    def __repr__(self) -> str:
        return f"<Search {self.indexer!r}>"

    async def forget_erased(self, check: Callable[[], None]) -> int | None:
        """Take out of the dictionary what nobody uses since somebody was erased."""
        from messenger.search import forgetting

        database, _, clock = self._given
        return await forgetting.forget_erased(database, clock(), check)

    async def find(self, identity: Identity, wanted: Wanted) -> Found:
        """Raises ValidationFailed for too long a query, Unavailable when it takes too long."""
        if self._finder is None:
            from messenger.search.finding import Finder

            self._finder = Finder(*self._given)
        return await self._finder.find(identity, wanted)

"""`python -P -m tests.store.releases DATA_DIR`: keep a database's tables as those of a release.

The file is called by the newest migration of the database. The data directory is that of the
release's demo, which no server runs on.
"""

import asyncio
import sys
from pathlib import Path

from messenger.store import clients, comparing
from messenger.store.db import Database
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.schema import migrate


async def keep(dsn: str) -> Path:
    applied = [each.id for each in migrate.status(dsn) if each.state == "applied"]
    target = Path(__file__).parent / f"{applied[-1]}.dump"

    async def look() -> None:
        pass

    async with comparing.frozen(Database(dsn, size=1)) as moment:
        programs = clients.find(moment.server, None)
        await clients.dump(programs, dsn, moment.snapshot, target, look)
    return target


if __name__ == "__main__":
    with EmbeddedPostgres(Path(sys.argv[1]), lasting=False) as postgres:
        print(asyncio.run(keep(postgres.dsn)))

"""What the archive costs: `python -P -m tests.archive.measure fill|run|page DIRECTORY …`.

`fill` makes a database with a past in a directory, `run` archives it (messages a second, the
process's memory), `page` reads pages of 50 from all over the archive (percentiles, ms).
"""

import asyncio
import random
import resource
import sys
from pathlib import Path
from time import monotonic, process_time

from messenger.archive.reading import Reading
from messenger.archive.running import Policy, Run
from messenger.archive.vault import Vault
from messenger.store.archive.session import Session
from messenger.store.db import Database
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.schema.migrate import migrate
from tests.archive.past import NOW, fill

PAGES = 400


def run(dsn: str, vault: Vault) -> None:
    with Session(dsn) as session:
        started, worked = monotonic(), process_time()
        report = asyncio.run(Run(session, vault, Policy(30, 2, False), NOW).run())
        took = monotonic() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{report.messages} messages in {took:.1f} s: {report.messages / took:.0f}/s,"
            f" {process_time() - worked:.1f} s of CPU here, {memory:.0f} MB, {report.bytes} bytes"
        )


async def pages(dsn: str, vault: Vault) -> None:
    with Session(dsn) as session:
        lines = session.rows("select stream_id as chat, max(last_seq) as last from archive_parts"
                             " where messages > 0 group by 1")  # fmt: skip
        user = session.value("select min(user_id) from members")
    database, choose, times = Database(dsn, size=2), random.Random(1), []
    work = 0.0
    await database.open()
    reading = Reading(database, vault)
    for _ in range(PAGES):
        line = choose.choice(lines)
        place = choose.randint(100, line.last)
        started, worked = monotonic(), process_time()
        page = await reading.page(user, line.chat, 50, before=place)
        times.append(1000 * (monotonic() - started))
        work += 1000 * (process_time() - worked)
        assert len(page.messages) == 50
    await database.close()
    times.sort()
    marks = (times[len(times) // 2], times[len(times) * 95 // 100], times[-1])
    print("page of 50: p50 {:.1f} ms, p95 {:.1f} ms, most {:.1f} ms".format(*marks))
    print(f"{work / PAGES:.1f} ms of CPU each, in this process")


def main(what: str, directory: str, chats: str = "50", messages: str = "4000") -> None:
    where = Path(directory)
    with EmbeddedPostgres(where) as postgres:
        if what == "fill":
            migrate(postgres.dsn)
            with Session(postgres.dsn) as session:
                fill(session, int(chats), int(messages))
                session.rows("analyze")
        elif what == "run":
            run(postgres.dsn, Vault(where / "archives", None, "disk"))
        else:
            asyncio.run(pages(postgres.dsn, Vault(where / "archives", None, "disk")))


if __name__ == "__main__":
    main(*sys.argv[1:])

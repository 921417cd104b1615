"""What the search costs: `python -P -m tests.search.measure fill|build|ask DIRECTORY …`.

`fill DIRECTORY MESSAGES` makes a database in a directory, with messages of two years in Russian
and English words as often as words are. `build DIRECTORY [SECONDS]` makes its index, or goes on
with it, and tells how large it is. `ask DIRECTORY` looks for things (percentiles, ms).
"""

import asyncio
import io
import random
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from time import monotonic, process_time
from typing import Any, Final

import uvloop

from messenger import errors
from messenger.archive.reading import Reading
from messenger.archive.vault import Vault
from messenger.model import Identity
from messenger.search.finding import Finder
from messenger.search.rebuilding import Rebuilding
from messenger.search.wanted import Wanted
from messenger.store.archive.session import Session
from messenger.store.db import Database
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.schema.migrate import migrate
from tests.search.relevance import CORPUS
from tests.search.rounds import Rounds

NOW: Final = datetime.now(UTC)
PEOPLE, CHATS, LEMMAS = 200, 300, 40_000
TRIES, WARM = 40, 5
SMALL: Final = [
    "и",
    "в",
    "не",
    "на",
    "что",
    "с",
    "как",
    "это",
    "по",
    "но",
    "мы",
    "я",
    "у",
    "за",
    "от",
    "из",
    "все",
    "для",
    "уже",
    "до",
]
ENDINGS: Final = ("", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах")
SIZES: Final = """
    select 'messages' as what, pg_total_relation_size('messages') as bytes
    union all select 'search_entries', pg_total_relation_size('search_entries')
    union all select '  its rows', pg_relation_size('search_entries')
    union all select '  its index of words', pg_relation_size('search_entries_keys')
    union all select '  its key', pg_relation_size('search_entries_pkey')
    union all select 'search_words', pg_total_relation_size('search_words')
"""


def lemmas(chance: random.Random) -> list[str]:
    syllables = [a + b for a in "бвгдзклмнпрстфхш" for b in "аеиоуя"]
    made = ("".join(chance.choices(syllables, k=chance.randint(2, 4))) + chance.choice("бвдклмнрст")
            for _ in range(LEMMAS))  # fmt: skip
    common = [word for text in CORPUS.values() for word in text.lower().split() if word.isalpha()]
    # In the same order each time: what is asked for is as common as it was made.
    return [*dict.fromkeys(common), *dict.fromkeys(made)]


def texts(count: int) -> Iterator[str]:
    """Messages of about twelve words; the n-th commonest word comes 1/n times as often."""
    chance = random.Random(15)
    words = lemmas(chance)
    weights = list(accumulate(1 / (place + 8) for place in range(len(words))))
    for _ in range(count):
        many = chance.choice((2, 4, 6, 8, 10, 12, 14, 18, 30))
        chosen = chance.choices(words, cum_weights=weights, k=many)
        yield " ".join(
            chance.choice(SMALL) if chance.random() < 0.28 else each + chance.choice(ENDINGS)
            for each in chosen
        )


def fill(session: Session, count: int) -> None:
    chance = random.Random(7)
    at = NOW - timedelta(days=730)
    session.rows(
        f"""
        insert into streams (id, kind) overriding system value
        select each, case when each <= {PEOPLE} then 'user' else 'chat' end
        from generate_series(1, {PEOPLE + CHATS}) as t(each)
        """
    )
    session.rows(
        f"""
        insert into users (id, username, username_key, display_name, role, locale, time_zone,
                           created_at)
        select each, 'user' || each, 'user' || each, 'User ' || each, 'user', 'ru', 'UTC', now()
        from generate_series(1, {PEOPLE}) as t(each)
        """
    )
    session.rows(
        f"""
        insert into chats (id, kind, title, created_at, updated_at, member_count)
        select {PEOPLE} + each, 'group', 'Chat ' || each, now(), now(), 60
        from generate_series(1, {CHATS}) as t(each)
        """
    )
    session.rows(
        """
        insert into members (chat_id, user_id, role, joined_at)
        select c.id, u.id, 'member', now() from chats c, users u
        where mod(c.id * 31 + u.id * 17, 10) < 3 or u.id = 1
        """
    )
    step = timedelta(days=730) / count
    heads: dict[int, int] = {}
    buffer = io.StringIO()
    for place, text in enumerate(texts(count)):
        # A few chats have most of what is said.
        chat = PEOPLE + 1 + int(CHATS * chance.random() ** 3)
        seq = heads[chat] = heads.get(chat, 0) + 1
        moment = (at + step * place).isoformat()
        key = uuid.UUID(int=place + 1)
        sender = chance.randint(1, PEOPLE)
        buffer.write(
            f"{chat}\t{seq}\t{seq}\t{sender}\t{key}\t\\\\x{place:064x}\t{text}\t{moment}\t{seq}\n"
        )
        if buffer.tell() > 2**24:
            _copy(session, buffer)
    _copy(session, buffer)
    for chat, seq in heads.items():
        session.rows("update streams set seq = %(seq)s, n = %(seq)s where id = %(id)s",
                     seq=seq, id=chat)  # fmt: skip
    session.rows("analyze")


def _copy(session: Session, buffer: io.StringIO) -> None:
    buffer.seek(0)
    with session._raw.cursor() as cursor:
        cursor.copy_expert(
            "copy messages (chat_id, seq, n, sender_id, client_message_id, digest, text,"
            " created_at, rev) from stdin",
            buffer,
        )
    buffer.seek(0)
    buffer.truncate()


async def build(dsn: str, where: Path, seconds: float) -> None:
    database = Database(dsn, size=2)
    await database.open()
    builder = Rebuilding(database, Reading(database, Vault(where / "archives", None, "disk")),
                         lambda: NOW, rest=0.0)  # fmt: skip
    before = await builder.progress()
    began, worked = monotonic(), process_time()
    progress = await builder.step()
    while progress.stage != "done" and monotonic() - began < seconds:
        progress = await builder.step()
    took = monotonic() - began
    done = progress.messages - (before.messages if before else 0)
    cpu = process_time() - worked
    print(f"{done} messages in {took:.1f} s: {done / took:.0f}/s, {1e6 * cpu / max(1, done):.0f} µs"
          f" of CPU each here; {progress.part:.0%} done")  # fmt: skip
    await database.close()


def sizes(session: Session) -> None:
    session.rows("vacuum analyze search_entries")
    found = {row.what: row.bytes for row in session.rows(SIZES)}
    for what, size in found.items():
        print(f"{what:24}{size / 2**20:9.1f} MiB")
    index = found["search_entries"] + found["search_words"]
    print(f"the index is {index / found['messages']:.0%} of the messages")


async def ask(dsn: str, where: Path) -> None:
    database = Database(dsn, size=4)
    rounds = Rounds.of(database)
    await database.open()
    finder = Finder(database, Reading(database, Vault(where / "archives", None, "disk")),
                    lambda: NOW)  # fmt: skip
    chance = random.Random(3)
    words = lemmas(random.Random(15))

    def of(first: int, last: int) -> str:
        return words[chance.randint(first, last)] + chance.choice(ENDINGS)

    kinds: dict[str, Any] = {
        "one common word": lambda: of(0, 60),
        "two common words": lambda: f"{of(0, 60)} {of(0, 60)}",
        "one rare word": lambda: of(3000, 20000),
        "phrase": lambda: f'"{words[chance.randint(0, 30)]} {words[chance.randint(0, 30)]}"',
        "from: and word": lambda: f"from:@user{chance.randint(2, PEOPLE)} {of(0, 200)}",
        "as typed": lambda: of(0, 500)[:3],
        "a slip": lambda: _slip(words[chance.randint(100, 3000)], chance),
        "nothing": lambda: f"{of(3000, 20000)} {of(3000, 20000)} {of(3000, 20000)}",
    }
    for who, asker in (("sees all", 1), ("sees a third", 2)):
        identity = Identity(asker, "", f"user{asker}", "user")
        for name, make in kinds.items():
            before = rounds.count
            await _series(finder, identity, f"{name}, {who}", make, typed=name == "as typed")
            print(f"{'':32} {(rounds.count - before) / (TRIES + WARM):.1f} statements")
    await database.close()


async def _series(finder: Finder, identity: Identity, name: str, make: Any, *, typed: bool) -> None:
    times: list[float] = []
    found, work, given_up = 0, 0.0, 0
    for attempt in range(TRIES + WARM):
        wanted = Wanted(q=make(), kind=None, chat_id=None, sender=None, before=None, after=None,
                        order="best", typing=typed, limit=20, place=None)  # fmt: skip
        began, worked = monotonic(), process_time()
        try:
            hits = (await finder.find(identity, wanted)).hits
        except errors.Unavailable:
            hits, given_up = [], given_up + 1
        if attempt >= WARM:
            times.append(1000 * (monotonic() - began))
            work += 1000 * (process_time() - worked)
            found += len(hits)
    times.sort()
    p50, p95 = times[len(times) // 2], times[len(times) * 95 // 100]
    print(f"{name:32} p50 {p50:6.1f} ms  p95 {p95:6.1f}  most {times[-1]:6.1f}"
          f"  CPU here {work / TRIES:5.1f}  {found / TRIES:5.1f} hits"
          f"  {given_up} given up")  # fmt: skip


def _slip(word: str, chance: random.Random) -> str:
    place = chance.randint(0, max(0, len(word) - 3))
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def main(what: str, directory: str, given: str = "") -> None:
    where = Path(directory)
    with EmbeddedPostgres(where, durable=False) as postgres:
        if what == "fill":
            began = time.monotonic()
            migrate(postgres.dsn)
            with Session(postgres.dsn) as session:
                fill(session, int(given or 1_000_000))
            print(f"filled in {time.monotonic() - began:.0f} s")
        elif what == "build":
            asyncio.run(build(postgres.dsn, where, float(given or 1e9)))
            with Session(postgres.dsn) as session:
                sizes(session)
        else:
            # In the loop of the server.
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(ask(postgres.dsn, where))


if __name__ == "__main__":
    main(*sys.argv[1:])

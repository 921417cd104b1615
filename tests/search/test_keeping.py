"""The index is a function of what is there: whatever happens meanwhile, and whoever is killed."""

import asyncio
import os
import random
import signal
import sys
from typing import Any

import aiohttp
import pytest

from messenger.protocol.commands import AddMembers, DeleteMessage, EditMessage, RemoveMember
from messenger.search.codes import of_word
from messenger.search.entries import Entry, changes
from messenger.store.db import Database
from messenger.store.rows import chats, messages, users
from messenger.store.sql import sa
from messenger.store.statements import Prepared
from tests.faults.server import ServerProcess
from tests.search.office import PATIENCE, Office

WORDS = ("якорь", "бакен", "штурвал", "компас")
SEEDS = (1, 2)
ROUNDS = 30

Keys = dict[tuple[int, int], set[Any]]
INDEX = Prepared(
    sa.text(
        """
        select chat_id, entry, codes, coalesce(marks, '') as marks from search_entries
        """
    )
)
WORDS_OF_IT = Prepared(sa.text("select id, word from search_words"))


class Model:
    """Who may read which messages, and what they say."""

    def __init__(self) -> None:
        self.members: dict[int, set[str]] = {}
        self.said: dict[tuple[int, int], tuple[str, str]] = {}

    def seen_by(self, name: str, word: str) -> set[str]:
        return {
            f"message:{chat}:{seq}"
            for (chat, seq), (_, text) in self.said.items()
            if name in self.members[chat] and word in text
        }


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("seed", SEEDS)
async def test_people_find_what_they_may_read_and_nothing_else(office: Office, seed: int) -> None:
    chance, model = random.Random(seed), Model()
    people = ["anna", "boris", "vera"]
    for each in range(3):
        chat = await office.group(f"Порт {seed} {each}", *people)
        model.members[chat] = set(people)
    for turn in range(ROUNDS):
        await _act(office, model, chance)
        # Whatever the index has by now, nobody finds what they may not.
        name, word = chance.choice(people), chance.choice(WORDS)
        assert await _found(office, model, name, word) <= model.seen_by(name, word)
        if turn % 10 == 9:
            await office.indexed()
            for name in people:
                for word in WORDS:
                    assert await _found(office, model, name, word) == model.seen_by(name, word)


async def _act(office: Office, model: Model, chance: random.Random) -> None:
    chat = chance.choice([*model.members])
    others = ["boris", "vera"]
    match chance.choice(["say", "say", "say", "edit", "delete", "leave", "join"]):
        case "say":
            name, text = chance.choice(sorted(model.members[chat])), _text(chance)
            model.said[chat, await office.say(name, chat, text)] = name, text
        case "edit" if model.said:
            (where, seq), text = chance.choice([*model.said]), _text(chance)
            name = model.said[where, seq][0]
            if name in model.members[where]:
                await office.ask(name, EditMessage(chat_id=where, seq=seq, text=text))
                model.said[where, seq] = name, text
        case "delete" if model.said:
            where, seq = chance.choice([*model.said])
            await office.ask("anna", DeleteMessage(chat_id=where, seq=seq))
            del model.said[where, seq]
        case "leave":
            name = chance.choice(others)
            if name in model.members[chat]:
                user = (await office.person(name)).user_id
                await office.ask("anna", RemoveMember(chat_id=chat, user_id=user))
                model.members[chat].discard(name)
        case "join":
            name = chance.choice(others)
            if name not in model.members[chat]:
                user = (await office.person(name)).user_id
                await office.ask("anna", AddMembers(chat_id=chat, user_ids=[user]))
                model.members[chat].add(name)


def _text(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=2))


async def _found(office: Office, model: Model, name: str, word: str) -> set[str]:
    chats_of_it = {f"message:{chat}:" for chat in model.members}
    found: set[str] = set()
    place = None
    while True:
        page = await office.find(name, word, kind="message", order="new", limit=50, place=place)
        found |= {hit.key for hit in page.hits if hit.key.rpartition(":")[0] + ":" in chats_of_it}
        place = page.place
        if place is None:
            return found


async def index_of(database: Database) -> Keys:
    words = {of_word(row.id): row.word for row in await database.fetch(WORDS_OF_IT)}
    return {
        (row.chat_id, row.entry): {words.get(code, code) for code in row.codes}
        | set(row.marks.split())
        for row in await database.fetch(INDEX)
    }


async def expected_of(database: Database) -> Keys:
    """What the index must be: of everything as it stands in the tables."""
    found: Keys = {}
    ids = await database.fetch(Prepared(sa.text("select id, kind from streams")))
    subjects: list[Any] = list(
        await users.by_ids(database, [row.id for row in ids if row.kind == "user"])
    )
    for chat in (await chats.find(database, [row.id for row in ids])).values():
        if chat.deleted_at is None:
            subjects += [chat, *(await messages.after(database, chat.id, 0, 10_000, 2**30)).items]
    for subject in subjects:
        for change in changes(subject):
            if isinstance(change, Entry):
                found[change.chat_id, change.number] = {*change.keys, *change.marks}
    return found


async def converged(database: Database) -> None:
    """Wait until the index is what it must be."""
    async with asyncio.timeout(PATIENCE * 2):
        while await index_of(database) != await expected_of(database):
            await asyncio.sleep(0.1)


async def test_kill_9_while_messages_are_indexed_and_rebuilt_loses_nothing(
    dsn: str, tmp_path: Any
) -> None:
    server = ServerProcess(tmp_path / "data", dsn)
    database = Database(dsn, size=2)
    await database.open()
    try:
        server.start()
        await server.ready()
        token = await _signed_up(server)
        await _said(server, token, 150)
        server.kill()
        server.start()
        await server.ready()
        await converged(database)
        assert len(await index_of(database)) > 150
        await database.fetch(Prepared(sa.text("delete from search_entries")))
        server.kill()
        await _killed_rebuild(server, database)
        server.start()
        await server.ready()
        await converged(database)
    finally:
        server.kill()
        await database.close()


async def _signed_up(server: ServerProcess) -> str:
    about = {"username": "anna", "password": "correct horse battery"}
    made = await server.request("POST", "/auth/register", **about)
    return str(made["data"]["access"])


async def _said(server: ServerProcess, token: str, count: int) -> None:
    """Messages in the common chat, by somebody who does not wait for the answers."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        async with http.get(f"{server.base}/api/v1/chats") as answer:
            chat = (await answer.json())["data"][0]["id"]

        async def say(number: int) -> None:
            key = f"00000000-0000-4000-8000-{os.urandom(6).hex()}"
            body = {"client_message_id": key, "text": f"Судно {number} у причала {number % 7}"}
            path = f"{server.base}/api/v1/chats/{chat}/messages"
            async with http.post(path, json=body) as answer:
                assert answer.status == 201

        await asyncio.gather(*map(say, range(count)))


async def _killed_rebuild(server: ServerProcess, database: Database) -> None:
    """Begin to build anew, and kill that with its first entries."""
    environ = {**os.environ, "DATABASE_URL": server.dsn or "", "DATA_DIR": str(server.data_dir)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "messenger", "search", "rebuild", env=environ
    )
    async with asyncio.timeout(PATIENCE * 2):
        while process.returncode is None and not await index_of(database):
            await asyncio.sleep(0.005)
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.wait()

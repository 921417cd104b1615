"""Two people's models against the real server: both write for a while without a connection."""

import asyncio
import json
from typing import Any

from messenger.protocol.tasks import CreateTask
from messenger.store.reads import tasks as task_reads
from tests.web.conftest import Company, Person
from tests.web.test_node import STATIC, node, pytestmark

__all__ = ["pytestmark"]


async def cards(company: Company, alice: Person, chat_id: int, count: int) -> None:
    board = await task_reads.board(company.server.database, alice.user_id, chat_id)
    column = board.columns[0].id
    for number in range(count):
        card = CreateTask(chat_id=chat_id, title=f"card {number}", column_id=column)
        await company.ask(alice, card)


async def apart(company: Company, chat_id: int, *people: Person) -> Any:
    """Let the scenario run; what each device holds in the end."""
    arguments = [company.address, str(chat_id)]
    for person in people:
        token = company.server.tokens.access(person.user_id, person.identity.session_id)
        arguments += [str(person.user_id), token]
    said = await asyncio.to_thread(
        node, "--no-warnings", str(STATIC / "src/testing/offline.ts"), *arguments
    )
    return json.loads(said.splitlines()[-1])


async def test_what_two_wrote_apart_is_the_same_for_both_each_thing_once(
    company: Company, alice: Person, bob: Person, lobby: int
):
    await cards(company, alice, lobby, 6)
    found = await apart(company, lobby, alice, bob)
    hers, his = found["devices"]
    assert hers == his
    assert hers["left"] == 0
    for who in range(2):
        own = [text for text in hers["texts"] if text.startswith(f"{who}:")]
        assert own == [f"{who}: message {number}" for number in range(20)]
    assert len(hers["cards"]) == 6
    assert sum(found["conflicts"]) > 0, "both moved the same cards: somebody must be asked"

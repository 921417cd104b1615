"""What people look for is among the first three, and a plain reader finds nothing more."""

import pytest
import pytest_asyncio

from messenger.model.search import SearchHit
from messenger.search.words import keys_of
from tests.search.office import Office
from tests.search.relevance import CHATS, CORPUS, PAIRS, PEOPLE, TASKS

pytestmark = pytest.mark.asyncio(loop_scope="module")
TABLE = [(query, wanted) for pairs in PAIRS.values() for query, wanted in pairs]
RECALL = 0.95


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def written(office: Office) -> dict[str, str]:
    """Keys of hits, by what they are called in the table."""
    keys: dict[str, str] = {}
    for name, (username, shown) in PEOPLE.items():
        keys[name] = f"person:{(await office.person(username, shown)).user_id}"
    rooms = [await office.group(f"Комната {each}", "anna", "boris", "irina") for each in range(4)]
    for name, title in CHATS.items():
        keys[name] = f"chat:{await office.group(title, 'anna', 'boris')}"
    for place, (name, text) in enumerate(CORPUS.items()):
        chat = rooms[place % len(rooms)]
        keys[name] = f"message:{chat}:{await office.say('anna', chat, text)}"
    for name, title in TASKS.items():
        keys[name] = f"task:{(await office.task('anna', rooms[0], title)).id}"
    await office.indexed()
    return keys


async def test_what_is_looked_for_is_among_the_first_three(
    office: Office, written: dict[str, str]
) -> None:
    assert len(TABLE) >= 120
    wrong = {}
    for query, wanted in TABLE:
        hits = await office.hits("boris", query)
        first = _first_of_its_kind(hits, written[wanted].partition(":")[0])
        if written[wanted] not in first:
            names = {key: name for name, key in written.items()}
            wrong[query] = (wanted, [names.get(key, key) for key in first])
    assert wrong == {}


def _first_of_its_kind(hits: list[SearchHit], kind: str) -> list[str]:
    """Kinds are shown in groups: it must be at the top of its own."""
    return [hit.key for hit in hits if hit.key.startswith(kind)][:3]


async def test_every_message_with_the_words_is_found(
    office: Office, written: dict[str, str]
) -> None:
    texts = {written[name]: set(keys_of(text)) for name, text in CORPUS.items()}
    words = sorted({key for keys in texts.values() for key in keys if key.isalpha()})
    missed = found = 0
    for word in words:
        expected = {key for key, keys in texts.items() if word in keys}
        got = {hit.key for hit in await office.hits("boris", word, kind="message", limit=50)}
        found += len(expected & got)
        missed += len(expected - got)
    assert found / (found + missed) >= RECALL

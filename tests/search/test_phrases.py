"""Phrases: PostgreSQL looks through the candidates, and what it lets through is read."""

import pytest

from messenger.search.paging import PHRASE_BLOCK
from tests.search.office import Office

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_phrase_is_found_behind_hundreds_that_have_its_words_apart(office: Office) -> None:
    chat = await office.group("Склад", "anna", "boris")
    texts = [
        "Нужна опись стеллажей", "ОПИСЬ: «Стеллажей»!", "о\u0301пись стел\u00adлажей",
        "Ещё раз: опись-стеллажей",
    ]  # fmt: skip
    for text in texts:
        await office.say("anna", chat, text)
    for number in range(PHRASE_BLOCK + 5):
        await office.say("anna", chat, f"Опись новых стеллажей, лист {number}")
    await office.indexed()
    found = await office.texts("boris", '"опись стеллажей"', kind="message")
    assert sorted(found) == sorted(texts)
    [found] = await office.texts("boris", '"опись новых" "лист 7"')
    assert found == "Опись новых стеллажей, лист 7"
    assert await office.texts("boris", '"опись старых"') == []


async def test_words_beside_a_phrase_count_as_they_are_typed(office: Office) -> None:
    chat = await office.group("Архив", "anna", "boris")
    old = await office.say("anna", chat, "Папки: акт приёмки, подписан")
    for number in range(PHRASE_BLOCK + 5):
        await office.say("anna", chat, f"Подпись есть, акт приёмки номер {number}")
    await office.indexed()
    [first, *_] = await office.hits("boris", '"акт приёмки" подписан', kind="message")
    assert first.seq == old

"""What is found, of what is there: kinds, edits, rights, pages."""

import pytest

from tests.search.office import Office

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_message_is_found_in_any_form_of_its_words(office: Office) -> None:
    chat = await office.group("Закупки", "anna", "boris")
    await office.say("anna", chat, "Посмотрите договоры с поставщиками, пожалуйста")
    await office.indexed()
    [text] = await office.texts("boris", "договор поставщика")
    assert text.startswith("Посмотрите")
    [hit] = await office.hits("boris", "договор поставщика")
    assert [hit.text.text[a:b] for a, b in hit.text.ranges] == ["договоры", "поставщиками"]

"""The text of files: what is read of each kind, and that it is found."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from messenger.files.intake import Received
from messenger.files.previews.jobs import NoPreview, Text
from messenger.files.previews.reading import LONGEST, read_text
from messenger.files.sweep import sweep
from messenger.protocol.commands import DeleteMessage
from messenger.store.sql import sa
from messenger.store.statements import Prepared
from tests.search import documents
from tests.search.office import PATIENCE, Office

HAS_TEXT = Prepared(sa.text("select 1 from search_texts where text like '%чертёж люстры%'"))
SAID = "Протокол совещания номер семь"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (documents.docx(SAID), SAID),
        (documents.xlsx(SAID), f"{SAID}\n"),
        (documents.xlsx(SAID), "777123"),
        (documents.pptx(SAID), SAID),
        (documents.odt(SAID), f"{SAID} конец"),
        (documents.pdf("Minutes of the meeting"), "Minutes of the meeting"),
        (SAID.encode(), SAID),
        (SAID.encode("utf-16"), SAID),
        (SAID.encode("cp1251"), SAID),
    ],
    ids=["docx", "xlsx", "cells", "pptx", "odt", "pdf", "utf-8", "utf-16", "cp1251"],
)
def test_text_of_a_document(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    found = read_text(path)
    assert isinstance(found, Text)
    assert said in found.text


@pytest.mark.parametrize(
    "content",
    [documents.bomb(), documents.docx(SAID)[:-40], b"%PDF-1.4 nothing else"],
    ids=["entities", "half a zip", "no pdf"],
)
def test_what_is_broken_or_hostile_has_no_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    assert read_text(path) == NoPreview("damaged")


def test_only_the_first_mebibyte_of_a_text_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes("слово ".encode() * 300_000)
    found = read_text(path)
    assert isinstance(found, Text)
    assert LONGEST - 12 <= len(found.text.encode()) <= LONGEST


@pytest.mark.asyncio(loop_scope="module")
async def test_a_file_is_found_by_its_name_and_by_its_text(office: Office) -> None:
    chat = await office.group("Протоколы", "anna", "boris")
    anna = await office.person("anna")
    spool = office.server.files.begin()
    await spool.write(documents.docx("Утвердили эскизный проект мезонина"))
    await spool.close()
    received = [Received("минутки.docx", spool)]
    (file,) = await office.server.files.keep(anna.user_id, chat, received, None)
    seq = await office.say("anna", chat, "вот", file_ids=[file.id])
    await office.indexed()
    [named] = await office.hits("boris", "минутки", kind="file")
    assert (named.file and named.file.id, named.seq, named.text) == (file.id, seq, None)
    async with asyncio.timeout(PATIENCE):
        while not (found := await office.hits("boris", "эскиз мезонин", kind="file")):
            await asyncio.sleep(0.05)
    [hit] = found
    assert hit.text is not None
    assert [hit.text.text[a:b] for a, b in hit.text.ranges] == ["эскизный", "мезонина"]
    assert await office.hits("boris", "мезонин", kind="message") == []


@pytest.mark.asyncio(loop_scope="module")
async def test_the_text_of_a_file_goes_with_its_content(office: Office) -> None:
    database, chat = office.server.database, await office.group("Секреты", "anna", "boris")
    anna = await office.person("anna")
    spool = office.server.files.begin()
    await spool.write(documents.docx("Совершенно секретный чертёж люстры"))
    await spool.close()
    received = [Received("люстра.docx", spool)]
    (file,) = await office.server.files.keep(anna.user_id, chat, received, None)
    seq = await office.say("anna", chat, "вот", file_ids=[file.id])

    async def has_text() -> bool:
        return bool(await database.fetch(HAS_TEXT))

    async with asyncio.timeout(PATIENCE):
        while not await has_text():
            await asyncio.sleep(0.05)
    await office.ask("anna", DeleteMessage(chat_id=chat, seq=seq))
    await sweep(database, office.server.files.storage, datetime.now(UTC) + timedelta(days=7))
    assert not await has_text()

"""A chat's files in its side panel: by kind and month, found by name, each leading on."""

import re
from typing import Any

import psycopg2
import pytest
from playwright.async_api import expect

from messenger.protocol.commands import DeleteMessage
from messenger.protocol.tasks import AttachFiles, CreateTask, DeleteTask, DetachFile
from tests.web.attached import attach, photo, uploaded
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, fixture, offline, words

pytestmark = pytest.mark.leaves_nothing
SAY = words("en")


def written_in(company: Company, seq: int, month: str) -> None:
    """Put a message back to a month."""
    with psycopg2.connect(company.dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "update messages set created_at = %s where seq = %s",
            (f"{month}-15", seq),
        )


@fixture
async def shelf(company: Company, alice: Person, lobby: int) -> int:
    """Photos of two months, documents and links; gives the `seq` of the older photos."""
    photos = {f"summer {n}.jpg": photo(600, 400, 50 * n) for n in range(3)}
    older = await attach(company, alice, lobby, photos)
    written_in(company, older, "2024-07")
    await attach(company, alice, lobby, {"winter.jpg": photo(400, 600)})
    papers = {"Смета на ремонт.txt": b"100", "contract.txt": b"signed", "notes.txt": b"later"}
    await attach(company, alice, lobby, papers)
    await company.send(alice, lobby, "look at https://www.example.org/plans?year=2026 please")
    return older


def panel(page: Any) -> Any:
    return page.get_by_role("complementary", name=re.compile(SAY["chat.files"]))


async def test_the_panel_opens_from_the_chat_and_leads_on_by_keys(
    page: NewPage, bob: Person, lobby: int, shelf: int
) -> None:
    here = await page(bob, path=f"/chat/{lobby}")
    await here.get_by_role("button", name=SAY["chat.menu"]).click()
    await here.get_by_role("menuitem", name=SAY["chat.files"]).click()
    await here.wait_for_url(f"/chat/{lobby}/media")
    months = panel(here).get_by_role("heading", level=3)
    await expect(months).to_have_text([re.compile(r"^[A-Z][a-z]+$"), "July 2024"])
    assert await violations(here) == []
    await panel(here).get_by_role("button", name="winter.jpg").focus()
    await here.keyboard.press("ArrowDown")
    await here.keyboard.press("ArrowRight")
    await expect(panel(here).get_by_role("button", name="summer 1.jpg")).to_be_focused()
    await here.keyboard.press("Enter")
    viewer = here.get_by_role("dialog", name=SAY["keys.viewer"])
    await expect(viewer.get_by_role("status").first).to_contain_text("Photo 2 of 3")
    await here.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)
    await expect(panel(here).get_by_role("button", name="summer 1.jpg")).to_be_focused()
    await here.keyboard.press("g")
    await here.wait_for_url(f"/chat/{lobby}/{shelf}")
    await here.go_back()
    await here.wait_for_url(f"/chat/{lobby}/media")
    await here.keyboard.press("Escape")
    await here.wait_for_url(f"/chat/{lobby}")
    await here.keyboard.press("Control+k")
    await here.keyboard.insert_text(SAY["keys.files"])
    await here.get_by_role("option", name=SAY["keys.files"], exact=True).click()
    await here.wait_for_url(f"/chat/{lobby}/media")


async def test_files_are_found_by_name_and_follow_what_happens(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int, shelf: int
) -> None:
    here = await page(bob, path=f"/chat/{lobby}/documents", phone=True)
    names = panel(here).locator(".file-name")
    await expect(names).to_have_text(["notes.txt", "contract.txt", "Смета на ремонт.txt"])
    await panel(here).get_by_role("searchbox").fill("СМЕТА")
    await expect(names).to_have_text(["Смета на ремонт.txt"])
    seq = await attach(company, alice, lobby, {"смета 2.txt": b"2", "other.txt": b"3"})
    await expect(names).to_have_text(["смета 2.txt", "Смета на ремонт.txt"])
    await company.ask(alice, DeleteMessage(chat_id=lobby, seq=seq))
    await expect(names).to_have_text(["Смета на ремонт.txt"])
    await panel(here).get_by_role("searchbox").fill("none of these")
    await panel(here).get_by_role("button", name=SAY["filespanel.all"]).click()
    await expect(names).to_have_count(3)
    await panel(here).get_by_role("radio", name=SAY["filespanel.links"]).click()
    links = panel(here).get_by_role("link")
    await expect(links).to_have_attribute("href", "https://www.example.org/plans?year=2026")
    await company.send(alice, lobby, "and почта.рф, not a@example.org nor main.rs")
    await expect(links).to_have_count(2)
    await panel(here).get_by_role("button", name=SAY["viewer.message"]).last.click()
    await expect(here.get_by_text("look at")).to_be_in_viewport()


async def test_files_of_cards_are_there_and_lead_to_them(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int, shelf: int
) -> None:
    task = await company.ask(alice, CreateTask(chat_id=lobby, title="Call the plumber"))

    async def put(name: str, content: bytes) -> str:
        [file] = await uploaded(company, alice, lobby, {name: content})
        await company.ask(alice, AttachFiles(task_id=task.id, file_ids=[file.id]))
        return file.id

    await put("pipes.jpg", photo(500, 400))
    here = await page(bob, path=f"/chat/{lobby}/media")
    on_card = SAY["filespanel.on_card_named"].format(card="Call the plumber")
    pipes = panel(here).get_by_role("button", name=re.compile(f"pipes.jpg.*{on_card}"))
    await expect(panel(here).locator(".files-cell").first).to_have_attribute(
        "aria-label", re.compile("pipes.jpg")
    )
    await put("tap.jpg", photo(400, 400))
    tap = panel(here).get_by_role("button", name=re.compile("tap.jpg"))
    await expect(tap).to_be_visible()
    assert await violations(here) == []
    await pipes.click()
    viewer = here.get_by_role("dialog", name=SAY["keys.viewer"])
    shown = viewer.get_by_role("status").first
    await expect(shown).to_contain_text("pipes.jpg")
    await here.keyboard.press("ArrowRight")
    await expect(shown).to_contain_text("tap.jpg")
    await viewer.get_by_role("button", name=SAY["chat.open_task"]).click()
    await here.wait_for_url(f"/task/{task.id}")
    await here.go_back()
    await panel(here).get_by_role("radio", name=SAY["filespanel.documents"]).click()
    estimate = await put("estimate.txt", b"100")
    row = panel(here).locator(".file-row").first
    await expect(row).to_contain_text("estimate.txt")
    await expect(row).to_contain_text("Call the plumber")
    await row.locator(".file-row-main").focus()
    await here.keyboard.press("g")
    await here.wait_for_url(f"/task/{task.id}")
    await here.go_back()
    await expect(row).to_contain_text("estimate.txt")
    await company.ask(alice, DetachFile(task_id=task.id, file_id=estimate))
    await expect(row).to_contain_text("notes.txt")
    await panel(here).get_by_role("radio", name=SAY["filespanel.media"]).click()
    await pipes.click()
    await company.ask(alice, DeleteTask(task_id=task.id))
    await expect(viewer.get_by_text(SAY["viewer.deleted"]).first).to_be_visible()
    await here.keyboard.press("Escape")
    await expect(panel(here).locator(".files-cell")).to_have_count(4)


@pytest.mark.leaves_nothing(False)
async def test_pages_follow_and_wait_for_a_connection(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
) -> None:
    for part in range(3):
        await attach(company, alice, lobby, {f"{part}-{n}.txt": b"x" for n in range(50)})
    here = await page(bob, path=f"/chat/{lobby}/voice")
    await expect(panel(here).get_by_text(SAY["filespanel.no_voice"])).to_be_visible()
    await offline(here)
    await panel(here).get_by_role("radio", name=SAY["filespanel.media"]).click()
    await expect(panel(here).get_by_text(SAY["filespanel.offline_text"])).to_be_visible()
    # What this device knows of the chat is there.
    await panel(here).get_by_role("radio", name=SAY["filespanel.documents"]).click()
    await expect(panel(here).locator(".file-name").first).to_have_text("2-49.txt")
    await expect(panel(here).get_by_text(SAY["filespanel.more_offline"])).to_be_attached()
    await here.context.set_offline(False)
    names = panel(here).locator(".file-name")
    await expect(names.first).to_have_text("2-49.txt")
    await names.nth(59).scroll_into_view_if_needed()
    await expect(names.nth(100)).to_be_attached()
    await names.nth(100).scroll_into_view_if_needed()
    await expect(names).to_have_count(150)
    await expect(names.last).to_have_text("0-0.txt")

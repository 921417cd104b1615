"""What one writes goes where one means it; what cannot be done is said, with a way on."""

import asyncio
from typing import Any

import pytest

from messenger.protocol.commands import RemoveMember
from messenger.store.reads import tasks as task_reads
from tests.web.board_page import add_task
from tests.web.conftest import Company, NewPage, Person, offline, sign_in, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")
DROP = """() => {
  const data = new DataTransfer();
  data.items.add(new File(['x'], 'x.png', {type: 'image/png'}));
  const drop = new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true});
  document.querySelector('.shell').dispatchEvent(drop);
  return drop.defaultPrevented;
}"""
PASTE = """() => {
  const data = new DataTransfer();
  data.items.add(new File(['x'], 'x.png', {type: 'image/png'}));
  document.querySelector('.tasks-add input, input').dispatchEvent(
    new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


async def test_a_private_to_do_goes_to_the_notebook_and_says_so(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    hers = await page(alice, path="/tasks")
    await hers.get_by_text(EN["tasks.seen_by_me"]).wait_for()
    await hers.get_by_label(EN["tasks.add"]).fill("Buy a present for Bob")
    await hers.keyboard.press("Enter")
    await hers.get_by_role("link", name="Buy a present for Bob").wait_for()
    where = hers.get_by_label(EN["tasks.add_where"])
    await where.select_option(label="Lobby")
    await hers.get_by_text(EN["tasks.seen_by"].replace("{title}", "Lobby")).wait_for()
    await hers.locator(".tasks-chat", has_text=EN["chats.notebook"]).wait_for()
    board = await task_reads.board(company.server.database, alice.user_id, lobby)
    assert board.tasks == []


async def test_a_file_that_is_dropped_where_nothing_takes_it_is_said_and_the_app_stays(
    page: NewPage, alice: Person
):
    hers = await page(alice, path="/tasks", worker=False)
    held: list[Any] = []
    await hers.route("**/assets/soon-*.js", lambda route: held.append(route))
    await hers.reload()
    await hers.get_by_label(EN["tasks.add"]).wait_for()
    said = hers.locator(".toast", has_text=EN["tray.drop_nowhere"])
    async with asyncio.timeout(20):
        while not held:
            await hers.wait_for_timeout(50)
    # Before what takes files is there, the browser would show the file in the page's place.
    assert await hers.evaluate(DROP)
    # From here on it is let through.
    await hers.unroute("**/assets/soon-*.js")
    async with asyncio.timeout(20):
        while not await said.count():
            assert await hers.evaluate(DROP)
            await hers.wait_for_timeout(50)
    await said.get_by_role("button", name=EN["app.close"]).click()
    await said.wait_for(state="detached")
    await hers.evaluate(PASTE)
    await said.wait_for()


async def test_who_was_removed_while_offline_is_told_and_can_copy_what_they_wrote(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    room = await company.group(bob, alice, title="Secret plans")
    await company.send(bob, room, "hello")
    hers = await page(alice, path=f"/chat/{room}")
    composer = hers.get_by_role("textbox", name=EN["chat.placeholder"])
    await composer.wait_for()
    await offline(hers)
    await composer.fill("my long answer")
    await composer.press("Enter")
    await company.ask(bob, RemoveMember(chat_id=room, user_id=alice.user_id))
    await hers.context.set_offline(False)
    # Where one was says so, too.
    gone = EN["app.former"].replace("{title}", "Secret plans")
    await hers.locator("#place").get_by_text(gone).wait_for()
    await hers.get_by_role("button", name=EN["outbox.look"]).click()
    told = hers.get_by_role("dialog").get_by_text(
        EN["outbox.removed"].replace("{title}", "Secret plans")
    )
    await told.wait_for()
    await hers.get_by_role("button", name=EN["outbox.copy_text"]).wait_for()
    assert await hers.get_by_role("button", name=EN["outbox.retry"]).count() == 0


async def refuse(page: Any, path: str) -> None:
    refused = {"error": {"code": "internal", "message": "Something broke."}}

    async def answer(route: Any) -> None:
        if route.request.method != "POST":
            return await route.continue_()
        headers = {"X-Request-Id": "5f0c2d9e-0000-4000-8000-000000000000"}
        return await route.fulfill(status=500, json=refused, headers=headers)

    await page.route(path, answer)


async def test_a_refused_group_keeps_the_focus_and_escape_closes(page: NewPage, alice: Person):
    hers = await page(alice)
    await refuse(hers, "**/api/v1/chats")
    await hers.get_by_role("button", name=EN["chats.new"]).click()
    await hers.get_by_role("menuitem", name=EN["chats.new_group"]).click()
    dialog = hers.get_by_role("dialog", name=EN["chats.new_group"])
    await dialog.get_by_label(EN["chats.new_title"]).fill("Team")
    await dialog.get_by_role("button", name=EN["chats.create"]).click()
    await dialog.get_by_text(EN["error.internal"]).wait_for()
    await dialog.get_by_text("5f0c2d9e").wait_for()
    focused = "document.activeElement.closest('.field')?.querySelector('label')?.innerText"
    assert await hers.evaluate(focused) == EN["chats.new_title"]
    # Also when nothing has the focus any more.
    await hers.evaluate("document.activeElement.blur()")
    await hers.keyboard.press("Escape")
    await dialog.wait_for(state="detached")


async def test_a_refusal_in_a_toast_has_the_request_to_copy(
    page: NewPage, alice: Person, bob: Person
):
    hers = await page(alice, path=f"/people/{bob.user_id}")
    await refuse(hers, "**/api/v1/chats/direct")
    await hers.get_by_role("button", name=EN["people.message"]).click()
    await hers.locator(".toast").get_by_role("button", name="5f0c2d9e").wait_for()


async def test_signing_in_again_does_not_lead_to_signing_out(page: NewPage, alice: Person):
    hers = await page(alice, path="/settings/leave")
    await hers.get_by_role("button", name=EN["settings.sign_out"]).click()
    await hers.get_by_label(EN["entry.login"], exact=True).wait_for()
    assert not hers.url.endswith("/settings/leave")
    await sign_in(hers, alice, "en")
    await hers.get_by_role("heading", name=EN["chats.title"]).wait_for()


async def test_what_opens_in_a_card_has_the_focus(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    task = await add_task(company, alice, "Paint", chat_id=lobby, labels=["blue"])
    hers = await page(alice, path=f"/task/{task}")
    await hers.get_by_role("button", name=EN["card.labels"]).press("Enter")
    await hers.wait_for_function("() => document.activeElement.innerText.trim() === 'blue'")
    await hers.keyboard.press("Escape")
    assert EN["card.labels"] in await hers.evaluate("document.activeElement.innerText")

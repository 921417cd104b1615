"""What somebody did or typed is not lost: by a closed socket, by others, by Esc, by a click."""

import re
from typing import Any

from messenger.model import Due
from messenger.protocol.tasks import UpdateTask
from messenger.store.reads import tasks as task_reads
from tests.web.board_page import add_task, card, column, columns, drag, expect_cards, open_board
from tests.web.conftest import Company, NewPage, Person, fixture, kept, offline, playwright, words

EN = words("en")


@fixture
async def task(company: Company, alice: Person, lobby: int) -> int:
    return await add_task(company, alice, "Paint the door", chat_id=lobby)


def composer(page: Any) -> Any:
    return page.get_by_role("textbox", name=EN["chat.placeholder"], exact=True)


def panel(page: Any) -> Any:
    return page.get_by_role("complementary")


def said(page: Any, text: str) -> Any:
    return page.get_by_role("log").get_by_text(text, exact=True)


async def stored(company: Company, person: Person, task_id: int) -> Any:
    return await task_reads.task(company.server.database, person.user_id, task_id)


async def test_a_write_that_no_server_can_read_is_set_aside(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    """As an older client may have left it in the outbox: nothing waits behind it."""
    hers = await page(alice, path=f"/chat/{lobby}")
    await composer(hers).wait_for()
    # Not only "offline": what is on its way then may still arrive.
    await company.stop()
    await hers.get_by_text(EN["link.offline"]).first.wait_for()
    await composer(hers).fill("bad")
    await hers.keyboard.press("Enter")
    await composer(hers).fill("good")
    await hers.keyboard.press("Enter")
    await said(hers, "good").wait_for()
    spoil = """(name) => new Promise((done, failed) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => {
        const tx = opening.result.transaction("outbox", "readwrite");
        const store = tx.objectStore("outbox");
        let spoilt = 0;
        store.getAll().onsuccess = ({ target }) => {
          for (const item of target.result) {
            const { fields } = item;
            if (fields.text !== "bad") continue;
            spoilt += 1;
            store.put({ ...item, fields: { ...fields, text: "bad \\ud83d" } });
          }
        };
        tx.oncomplete = () => {
          opening.result.close();
          done(spoilt);
        };
        tx.onerror = failed;
      };
    })"""
    # From a page without the client: one that has it would keep what it has in mind.
    device = hers.context
    await hers.locator(".post-unsent").nth(1).wait_for()
    await hers.wait_for_timeout(500)
    await hers.close()
    await company.start()
    hers = await device.new_page()
    await hers.goto("/health")
    assert await hers.evaluate(spoil, f"messenger-{alice.user_id}") == 1
    await hers.goto(f"/chat/{lobby}")
    his = await page(bob, path=f"/chat/{lobby}")
    await said(his, "good").wait_for()
    refused = hers.locator(".unsent-problem")
    await refused.get_by_text(EN["chat.not_sent"].split("{")[0].strip()).wait_for()
    await refused.get_by_role("button", name=EN["chat.edit"]).click()
    await composer(hers).fill("mended")
    await hers.keyboard.press("Enter")
    await said(his, "mended").wait_for()


async def test_a_description_saved_meanwhile_is_a_conflict_with_both_texts(
    page: NewPage, company: Company, alice: Person, task: int
):
    hers = await page(alice, path=f"/task/{task}")
    await panel(hers).get_by_role("button", name=EN["card.describe"]).click()
    await hers.keyboard.type("hers")
    await company.ask(alice, UpdateTask(task_id=task, description="from elsewhere", title="Door"))
    await panel(hers).get_by_role("heading", name="Door", exact=True).wait_for()
    await hers.keyboard.press("Control+Enter")
    question = panel(hers).get_by_role("group", name=EN["card.conflict"])
    await question.get_by_text("hers").wait_for()
    await question.get_by_text("from elsewhere").first.wait_for()
    assert (await stored(company, alice, task)).description == "from elsewhere"


async def test_a_description_given_up_is_there_again(page: NewPage, alice: Person, task: int):
    hers = await page(alice, path=f"/task/{task}")
    await panel(hers).get_by_role("button", name=EN["card.describe"]).click()
    await hers.keyboard.type("half a thought")
    await hers.keyboard.press("Escape")
    await panel(hers).get_by_text(EN["card.unsaved"]).wait_for()
    await hers.reload()
    await panel(hers).get_by_role("button", name=EN["card.unsaved_go_on"]).click()
    field = panel(hers).get_by_role("textbox", name=EN["card.description"])
    await playwright.expect(field).to_have_value("half a thought")
    await panel(hers).get_by_text(EN["app.restored"]).wait_for()


async def test_what_was_typed_into_forms_survives_a_reload_but_not_signing_out(
    page: NewPage, alice: Person, task: int
):
    hers = await page(alice, path=f"/task/{task}")
    await panel(hers).get_by_label(EN["card.comment"]).fill("half a comment")
    await hers.reload()
    comment = panel(hers).get_by_label(EN["card.comment"])
    await panel(hers).get_by_text(EN["app.restored"]).wait_for()
    await playwright.expect(comment).to_have_value("half a comment")
    await hers.goto("/")
    await hers.get_by_role("button", name=EN["chats.new"]).first.click()
    await hers.get_by_role("menuitem", name=EN["chats.new_group"]).click()
    await hers.get_by_role("dialog").get_by_label(EN["chats.new_title"]).fill("Half a group")
    await hers.reload()
    await hers.get_by_role("button", name=EN["chats.new"]).first.click()
    await hers.get_by_role("menuitem", name=EN["chats.new_group"]).click()
    title = hers.get_by_role("dialog").get_by_label(EN["chats.new_title"])
    await hers.get_by_role("dialog").get_by_text(EN["app.restored"]).wait_for()
    await playwright.expect(title).to_have_value("Half a group")
    kept = "Object.keys(localStorage).filter((name) => name.startsWith('messenger.unsaved')).length"
    assert await hers.evaluate(kept) == 1


async def test_a_message_that_is_being_changed_waits_for_ones_return(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    other = await company.group(alice, bob, title="Other")
    await company.send(alice, lobby, "an old one")
    hers = await page(alice, path=f"/chat/{lobby}")
    await said(hers, "an old one").wait_for()
    await composer(hers).press("ArrowUp")
    await composer(hers).fill("a new one")
    await hers.evaluate("(href) => history.pushState(null, '', href)", f"/chat/{lobby}")
    await hers.locator(f'a[href="/chat/{other}"]').first.click()
    await hers.wait_for_url(f"**/chat/{other}")
    await hers.locator(f'a[href="/chat/{lobby}"]').first.click()
    await hers.get_by_text(EN["chat.editing"]).wait_for()
    await playwright.expect(composer(hers)).to_have_value("a new one")
    await composer(hers).press("Enter")
    await said(hers, "a new one").wait_for()


async def test_completing_a_name_keeps_the_lines_and_the_undo_of_the_field(
    page: NewPage, alice: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await composer(hers).fill("one @bo\ntwo")
    await composer(hers).evaluate("(field) => field.setSelectionRange(7, 7)")
    await composer(hers).press("ArrowLeft")
    await composer(hers).press("ArrowRight")
    await composer(hers).press("b")
    await composer(hers).press("Backspace")
    await hers.get_by_role("option", name="Bob").wait_for()
    await composer(hers).press("Enter")
    await playwright.expect(composer(hers)).to_have_value("one @bob \ntwo")
    await composer(hers).press("Control+z")
    assert re.fullmatch(r"one @bob?\ntwo", await composer(hers).input_value())


async def test_a_date_that_is_being_typed_is_not_saved_before_it_is_whole(
    page: NewPage, company: Company, alice: Person, task: int
):
    hers = await page(alice, path=f"/task/{task}")
    asked: list[str] = []
    hers.on("request", lambda request: asked.append(request.post_data or ""))
    await panel(hers).locator(".card-row-head", has_text=EN["card.due"]).click()
    field = panel(hers).get_by_label(EN["card.due_day"])
    await field.focus()
    await hers.keyboard.type("12152026", delay=40)
    assert [body for body in asked if "due" in body] == []
    await hers.keyboard.press("Enter")
    await panel(hers).get_by_text("15").first.wait_for()
    for _ in range(100):
        if (found := await stored(company, alice, task)).due is not None:
            break
        await hers.wait_for_timeout(50)
    assert found.due == Due(date="2026-12-15")
    assert len([body for body in asked if "due" in body]) == 1


async def test_one_click_or_drag_is_undone_by_the_button_and_by_keys(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    board = await company.group(alice, bob, title="Board", board=True)
    first, *_ = await columns(company, alice, board)
    for title in ("one", "two"):
        await add_task(company, alice, title, chat_id=board, column_id=first.id)
    hers, his = await open_board(page, alice, board), await open_board(page, bob, board)
    await drag(hers, card(hers, "one"), column(hers, "Done").locator(".column-cards"))
    await expect_cards(his, "Done", "one")
    await hers.get_by_role("button", name=EN["app.undo"]).click()
    await expect_cards(his, "To do", "one", "two")
    await expect_cards(his, "Done")
    await drag(hers, card(hers, "two"), column(hers, "Done").locator(".column-cards"))
    await expect_cards(his, "Done", "two")
    await hers.keyboard.press("Control+z")
    await expect_cards(his, "To do", "one", "two")
    menu = EN["board.column_menu"].replace("{title}", "To do")
    await hers.get_by_role("button", name=menu).click()
    await hers.get_by_role("menuitem", name=EN["board.remove_column"]).click()
    await expect_cards(hers, "In progress", "one", "two")
    await hers.keyboard.press("Control+z")
    await expect_cards(hers, "To do", "one", "two")


async def cut_off(page: Any) -> None:
    """Offline, and known to be: what is on its way cannot be changed, what waits can."""
    await offline(page)
    await page.get_by_text(EN["link.offline"]).first.wait_for()


async def test_a_waiting_message_is_changed_and_cancelled_from_its_menu(
    page: NewPage, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await composer(hers).wait_for()
    await cut_off(hers)
    for text in ("first", "second"):
        await composer(hers).fill(text)
        await hers.keyboard.press("Enter")
    await said(hers, "first").click(button="right")
    await hers.get_by_role("menuitem", name=EN["chat.edit"]).click()
    await playwright.expect(composer(hers)).to_have_value("first")
    await composer(hers).fill("changed")
    await hers.keyboard.press("Enter")
    await said(hers, "second").click(button="right")
    await hers.get_by_role("menuitem", name=EN["chat.cancel_sending"]).click()
    await said(hers, "second").wait_for(state="detached")
    await hers.context.set_offline(False)
    his = await page(bob, path=f"/chat/{lobby}")
    await said(his, "changed").wait_for()
    await hers.locator(".post-unsent").wait_for(state="detached")
    assert await said(his, "second").count() + await said(his, "first").count() == 0


async def test_a_waiting_comment_is_changed_and_cancelled_from_its_menu(
    page: NewPage, company: Company, alice: Person, task: int
):
    hers = await page(alice, path=f"/task/{task}")
    field = panel(hers).get_by_label(EN["card.comment"], exact=True)
    await field.wait_for()
    await cut_off(hers)
    for text in ("first", "second"):
        await field.fill(text)
        await field.press("Enter")
    await said(hers, "second").click(button="right")
    await hers.get_by_role("menuitem", name=EN["chat.cancel_sending"]).click()
    await said(hers, "second").wait_for(state="detached")
    menu = panel(hers).get_by_role("button", name="Actions on the comment of Alice")
    await menu.click()
    await hers.get_by_role("menuitem", name=EN["chat.edit"]).click()
    await panel(hers).locator(".talk-editing textarea").fill("changed")
    # It is sent while it is being changed: what was typed stays, and changes what was sent.
    await hers.context.set_offline(False)
    await said(hers, "first").wait_for()
    await hers.keyboard.press("Enter")
    await panel(hers).locator(".talk-unsent").wait_for(state="detached")
    await said(hers, "changed").wait_for()
    assert await panel(hers).locator(".talk-comment").count() == 1


async def test_an_open_tab_asks_for_a_new_version(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice, path=f"/chat/{lobby}")
    await kept(hers)
    watch = """() => {
      window.asked = 0;
      const update = ServiceWorkerRegistration.prototype.update;
      ServiceWorkerRegistration.prototype.update = function () {
        window.asked += 1;
        return update.call(this);
      };
      const now = performance.now.bind(performance);
      performance.now = () => now() + 60_000;
    }"""
    await hers.evaluate(watch)
    await offline(hers)
    await hers.get_by_text(EN["link.offline"]).first.wait_for()
    await hers.context.set_offline(False)
    await hers.wait_for_function("() => window.asked > 0")

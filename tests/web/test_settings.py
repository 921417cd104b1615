"""Settings: the account, this device, other devices, leaving; and what could not be sent."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from messenger.jobs import exports
from messenger.model import ChecklistItem
from messenger.protocol.commands import RemoveMember
from messenger.protocol.tasks import UpdateTask
from tests.web.axe import violations
from tests.web.board_page import add_task
from tests.web.conftest import (
    PASSWORD,
    WITHIN_MS,
    Company,
    NewPage,
    Person,
    go,
    offline,
    playwright,
    sign_in,
    words,
)

EN, RU = words("en"), words("ru")


# What is still stored of an account; waits for there to be nothing.
LEFT_BEHIND = """async (within) => {
  const settled = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const stored = async () => {
    const found = localStorage.getItem("messenger.account") === null ? [] : ["account"];
    for (const { name } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const rows = database.transaction(store).objectStore(store);
        if (await settled(rows.count()) > 0) found.push(`${name}/${store}`);
      }
      database.close();
    }
    return found;
  };
  const end = performance.now() + within;
  let found = await stored();
  while (found.length > 0 && performance.now() < end) {
    await new Promise(requestAnimationFrame);
    found = await stored();
  }
  return found;
}"""


def title(page: Any, name: str) -> Any:
    return page.get_by_role("heading", name=name, exact=True)


async def test_a_new_name_is_seen_by_others(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    hers, his = await page(alice, path="/settings/profile"), await page(bob, path="/people")
    await hers.get_by_label(EN["settings.name"], exact=True).fill("Alice Liddell")
    # Typed and not saved, it is there again.
    await hers.goto("/tasks")
    await hers.goto("/settings/profile")
    await hers.get_by_text(EN["app.restored"]).wait_for()
    await hers.get_by_role("button", name=EN["app.save"]).click()
    assert await hers.get_by_text(EN["app.restored"]).count() == 0
    await his.get_by_role("link", name=re.compile("Alice Liddell")).wait_for()


async def test_a_name_that_nobody_sees_is_not_said_to_be_saved(page: NewPage, alice: Person):
    hers = await page(alice, path="/settings/profile")
    name = hers.get_by_label(EN["settings.name"], exact=True)
    for unseen in ("   ", "\u200b\u2800"):
        await name.fill(unseen)
        await hers.get_by_text(EN["entry.bad_display_name"]).wait_for()
        await hers.get_by_role("button", name=EN["app.save"]).click()
        assert await hers.get_by_text(EN["settings.saved"], exact=True).count() == 0
        assert await name.input_value() == unseen


async def test_a_name_or_title_that_turns_text_round_is_refused_where_it_is_typed(
    page: NewPage, company: Company, alice: Person
):
    turned = "Paint \u202eexe.door"
    team = await company.group(alice, title="Team")
    task = await add_task(company, alice, "Paint the door", chat_id=team)
    hers = await page(alice, path="/settings/profile")
    refused = hers.get_by_text(EN["app.turns_round"])
    await hers.get_by_label(EN["settings.name"], exact=True).fill(turned)
    await hers.get_by_role("button", name=EN["app.save"]).click()
    await refused.wait_for()
    assert await hers.get_by_text(EN["settings.saved"], exact=True).count() == 0
    await hers.goto("/tasks")
    field = hers.get_by_label(EN["tasks.add"])
    await field.fill(turned)
    await field.press("Enter")
    await refused.wait_for()
    assert await field.input_value() == turned
    await hers.goto(f"/task/{task}")
    await hers.get_by_role("button", name="Paint the door", exact=True).click()
    title = hers.locator(".editable-field")
    await title.fill(turned)
    await title.press("Enter")
    await refused.wait_for()
    assert await title.input_value() == turned
    await title.fill("Paint the gate")
    await title.press("Enter")
    await hers.get_by_role("button", name="Paint the gate", exact=True).wait_for()


async def test_the_language_changes_at_once_and_stays(page: NewPage, alice: Person):
    hers = await page(alice, path="/settings/look")
    await hers.get_by_role("radio", name="Русский").click()
    await title(hers, RU["settings.look"]).wait_for()
    await hers.reload()
    await title(hers, RU["settings.look"]).wait_for()


async def test_theme_and_density_are_chosen_with_arrows(page: NewPage, alice: Person):
    hers = await page(alice, path="/settings/look")
    await hers.get_by_role("radio", name=EN["settings.theme_system"]).focus()
    await hers.keyboard.press("ArrowRight")
    await hers.keyboard.press("ArrowRight")
    await hers.locator("html[data-theme=dark]").wait_for()
    await hers.get_by_role("radio", name=EN["settings.comfortable"]).focus()
    await hers.keyboard.press("ArrowRight")
    await hers.locator("html[data-density=compact]").wait_for()


async def test_permission_to_notify_is_asked_for_by_a_click_only(page: NewPage, alice: Person):
    hers = await page(alice)
    await hers.add_init_script(
        "window.asked = 0;"
        "Object.defineProperty(Notification, 'permission', {get: () => 'default'});"
        "Notification.requestPermission = async () => { window.asked++; return 'granted'; };"
        "PushManager.prototype.subscribe = async () => { throw new Error('no service'); };"
    )
    await hers.goto("/settings/notices")
    ask = hers.get_by_role("switch", name=EN["push.here"])
    await ask.wait_for()
    assert await hers.evaluate("window.asked") == 0
    await ask.press("Space")
    # No push service can be reached from here: told by tabs alone.
    await hers.get_by_text(EN["push.tabs"]).wait_for()
    assert await hers.evaluate("window.asked") == 1


async def test_a_refused_permission_tells_how_to_allow_it(page: NewPage, alice: Person):
    hers = await page(alice)
    await hers.add_init_script(
        "Object.defineProperty(Notification, 'permission', {get: () => 'denied'});"
    )
    await hers.goto("/settings/notices")
    how = EN["push.denied_chrome"].partition("{address}")[0].strip()
    await hers.get_by_text(how).wait_for()


async def test_ending_a_session_signs_that_device_out(page: NewPage, alice: Person):
    phone, hers = await page(alice, phone=True), await page(alice, path="/settings/devices")
    await hers.get_by_text(EN["settings.this_device"]).wait_for()
    # Without names of their own, every other one is ended.
    await hers.get_by_role("button", name=EN["settings.end_others"]).press("Enter")
    await phone.get_by_text(EN["entry.ended"]).wait_for()


async def test_a_changed_password_counts_from_then_on(page: NewPage, alice: Person):
    hers = await page(alice, path="/settings/password")
    await hers.get_by_label(EN["settings.old_password"], exact=True).fill(PASSWORD)
    await hers.get_by_label(EN["settings.new_password"], exact=True).fill("wiser now than then")
    await hers.keyboard.press("Enter")
    await hers.get_by_text(EN["settings.password_changed"]).wait_for()
    again = await page()
    await again.get_by_label(EN["entry.login"], exact=True).fill("alice")
    await again.get_by_label(EN["entry.password"], exact=True).fill("wiser now than then")
    await again.keyboard.press("Enter")
    await again.get_by_role("heading", name=EN["chats.title"]).wait_for()


async def test_a_wrong_old_password_is_said_at_its_field(page: NewPage, alice: Person):
    hers = await page(alice, path="/settings/password")
    await hers.get_by_label(EN["settings.old_password"], exact=True).fill("not this one")
    await hers.get_by_label(EN["settings.new_password"], exact=True).fill("wiser now than then")
    await hers.keyboard.press("Enter")
    await hers.get_by_text(EN["settings.wrong_password"]).wait_for()


async def test_signing_out_leaves_nothing_behind(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice, path="/settings/leave")
    await hers.get_by_role("button", name=EN["settings.sign_out"]).click()
    await title(hers, EN["entry.title"]).wait_for()
    assert await hers.evaluate(LEFT_BEHIND, WITHIN_MS) == []


async def test_signing_out_warns_of_what_waits(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice, path=f"/chat/{lobby}")
    composer = hers.get_by_role("textbox", name=EN["chat.placeholder"])
    await composer.wait_for()
    await offline(hers)
    await composer.fill("not sent yet")
    await composer.press("Enter")
    await hers.keyboard.press("Control+k")
    await hers.get_by_role("combobox").fill("sign out")
    await hers.keyboard.press("Enter")
    await hers.get_by_role("button", name=EN["settings.sign_out"]).click()
    dialog = hers.get_by_role("dialog", name=EN["settings.sign_out_title"])
    await dialog.wait_for()
    await hers.keyboard.press("Escape")
    await dialog.wait_for(state="detached")
    await playwright.expect(title(hers, EN["settings.leave"])).to_have_count(1)


async def test_what_was_refused_can_be_given_up(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    his = await page(bob, path=f"/chat/{lobby}")
    composer = his.get_by_role("textbox", name=EN["chat.placeholder"])
    await composer.wait_for()
    await offline(his)
    await composer.fill("too late")
    await composer.press("Enter")
    await company.ask(alice, RemoveMember(chat_id=lobby, user_id=bob.user_id))
    await his.context.set_offline(False)
    await his.get_by_role("button", name=EN["outbox.look"]).click()
    dialog = his.get_by_role("dialog", name=EN["outbox.title"])
    await dialog.get_by_text("too late").wait_for()
    assert await violations(his) == []
    await dialog.get_by_role("button", name=EN["outbox.discard"]).press("Enter")
    await dialog.wait_for(state="detached")


async def test_what_two_changed_at_once_is_decided_from_anywhere(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    door = await add_task(company, bob, "Door", chat_id=lobby, assigned_to=alice.user_id)
    item = ChecklistItem(id="a", text="sand", done=False)
    await company.ask(bob, UpdateTask(task_id=door, checklist=[item]))
    hers = await page(alice, path=f"/task/{door}")
    await hers.get_by_role("button", name="sand", exact=True).click()
    await offline(hers)
    await hers.keyboard.type("sand it well")
    await hers.keyboard.press("Enter")
    theirs = ChecklistItem(id="a", text="sand twice", done=False)
    await company.ask(bob, UpdateTask(task_id=door, checklist=[theirs]))
    await hers.get_by_role("link", name=EN["rail.people"]).click()
    await hers.context.set_offline(False)
    await hers.get_by_role("button", name=EN["outbox.look"]).click()
    dialog = hers.get_by_role("dialog", name=EN["outbox.title"])
    await dialog.get_by_role("link", name="Door").wait_for()
    assert await violations(hers) == []
    await dialog.get_by_role("button", name=EN["card.conflict_put"]).press("Enter")
    await dialog.wait_for(state="detached")


async def test_on_a_phone_each_section_is_a_place(page: NewPage, alice: Person):
    hers = await page(alice, phone=True, path="/settings")
    await hers.get_by_role("link", name=EN["settings.look"]).tap()
    await title(hers, EN["settings.look"]).wait_for()
    await hers.get_by_role("button", name=EN["app.back"]).tap()
    await title(hers, EN["settings.title"]).wait_for()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
async def test_axe_finds_nothing_in_the_settings(page: NewPage, alice: Person, phone: bool):
    hers = await page(alice, phone=phone)
    for name in ("profile", "look", "writing", "notices", "devices", "password", "leave"):
        await go(hers, f"/settings/{name}")
        await title(hers, EN[f"settings.{name}"]).wait_for()
        assert await violations(hers) == [], name


async def test_another_account_does_not_see_what_was_here(
    page: NewPage, alice: Person, bob: Person, lobby: int
):
    device = await page(alice, path=f"/chat/{lobby}")
    await device.goto("/settings/leave")
    await device.get_by_role("button", name=EN["settings.sign_out"]).click()
    await title(device, EN["entry.title"]).wait_for()
    await sign_in(device, bob, "en")
    await device.get_by_role("button", name=re.compile(r"Bob\. ")).wait_for()


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


async def test_ones_data_is_gathered_said_and_fetched(
    page: NewPage, alice: Person, monkeypatch: pytest.MonkeyPatch
):
    ready = asyncio.Event()

    async def make(run: Any, settings: Any, user_id: int, path: Path) -> None:
        await ready.wait()
        write(path, b"all that is hers")

    monkeypatch.setattr(exports, "_make", make)
    hers = await page(alice, path="/settings/export")
    await hers.get_by_role("button", name=EN["export.ask"]).press("Enter")
    await hers.get_by_text(EN["export.waiting"]).wait_for()
    assert await violations(hers) == []
    # Elsewhere meanwhile, she is told, and led back.
    await hers.get_by_role("link", name=EN["rail.chats"]).first.press("Enter")
    ready.set()
    await hers.get_by_role("button", name=EN["export.show"], exact=True).press("Enter")
    fetch = hers.get_by_role("link", name=re.compile(EN["export.fetch"].partition(",")[0]))
    async with hers.expect_download() as file:
        await fetch.click()
    assert (await (await file.value).path()).read_bytes() == b"all that is hers"
    assert await violations(hers) == []
    await hers.get_by_role("button", name=EN["export.remove"]).press("Enter")
    await hers.get_by_role("button", name=EN["export.ask"]).wait_for()


CUT = """() => [...document.querySelectorAll("select")].flatMap((select) => {
  const style = getComputedStyle(select);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const texts = [...select.options].map(({ text }) => text);
  return texts.filter((text) => pen.measureText(text).width > room + 1);
})"""
RAW = """() => [...document.querySelectorAll("button")]
  .filter((each) => getComputedStyle(each).borderTopStyle === "outset")
  .map((each) => each.className)"""


async def test_what_can_be_chosen_is_read_as_a_whole_on_a_phone(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
) -> None:
    root = (await company.hire("root", role="admin"))[0]
    await company.send(alice, lobby, "Something to ask about")
    for person, path in (
        (bob, "/settings/notices"),
        (root, "/admin/people"),
        (root, "/admin/audit"),
    ):
        theirs = await page(person, phone=True, locale="ru", path=path)
        await theirs.set_viewport_size({"width": 390, "height": 844})
        await theirs.locator("select").nth(1).wait_for()
        if person is bob:
            await theirs.locator(".notice-why-message").wait_for()
        assert await theirs.evaluate(CUT) == [], path
        assert await theirs.evaluate(RAW) == [], path
    await go(theirs, "/tasks")
    due = theirs.get_by_label(RU["tasks.add_due"])
    await due.select_option(RU["card.due_next_week"])
    assert RU["card.due_next_week"] not in await theirs.evaluate(CUT)

"""What one expects of every messenger: places kept, chats pinned, days found, long posts folded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from messenger.protocol.commands import MarkRead
from messenger.protocol.preferences import SetNotify
from messenger.store.rows import chats
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, kept, offline, playwright, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")
BROAD = {"width": 1500, "height": 900}
# The engine without a browser has nobody to ask, so it never allows notifications.
RECORD = """
    window.told = [];
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
    ServiceWorkerRegistration.prototype.showNotification = async function (title, options) {
        window.told.push({ title, ...options });
    };
"""


def row(page: Any, title: str) -> Any:
    return page.locator(".chats-row").filter(has_text=title)


def post(page: Any, text: str) -> Any:
    return page.locator(".post").filter(has_text=text)


def composer(page: Any) -> Any:
    return page.get_by_role("textbox", name=EN["chat.placeholder"])


async def titles(page: Any) -> list[str]:
    found: list[str] = await page.locator(".chats-name > span:first-child").all_inner_texts()
    return found


async def history(company: Company, who: Person, reader: Person, chat_id: int, count: int) -> None:
    seq = 0
    for number in range(count):
        seq = await company.send(who, chat_id, f"message number {number}.")
    await company.ask(reader, MarkRead(chat_id=chat_id, read_seq=seq))


async def days_ago(company: Company, chat_id: int, number: int, days: int) -> None:
    """Put messages up to one back by some days: `n` counts them from 1."""
    back = (
        f"update messages set created_at = created_at - interval '{days} days'"
        f" where chat_id = {chat_id} and n <= {number}"
    )
    await company.server.database.transact(lambda connection: connection.command(back))


@pytest.mark.leaves_nothing(False)
async def test_a_chat_is_left_and_found_again_where_one_was(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await history(company, bob, alice, lobby, 120)
    hers = await page(alice, path=f"/chat/{lobby}")
    await post(hers, "message number 119.").wait_for()
    await hers.locator(".feed").hover()
    await hers.mouse.wheel(0, -2500)
    await hers.get_by_role("button", name=EN["chat.jump"]).wait_for()
    await hers.wait_for_timeout(800)
    top = """() => {
        const edge = document.querySelector('.feed').getBoundingClientRect().top;
        const all = [...document.querySelectorAll('.feed .post')];
        const post = all.find((each) => each.getBoundingClientRect().bottom > edge);
        return [post.textContent, Math.round(post.getBoundingClientRect().top - edge)];
    }"""
    stood = await hers.evaluate(top)
    await hers.get_by_role("link", name=EN["rail.tasks"]).first.click()
    await composer(hers).wait_for(state="detached")
    meanwhile = await company.send(bob, lobby, "meanwhile")
    await hers.go_back()
    await composer(hers).wait_for()
    assert await same_place(hers, top, stood)
    await company.ask(alice, MarkRead(chat_id=lobby, read_seq=meanwhile))
    await hers.reload()
    await composer(hers).wait_for()
    assert await same_place(hers, top, stood)


async def same_place(page: Any, top: str, stood: list[Any]) -> bool:
    await page.locator(".feed .post").first.wait_for()
    await page.wait_for_timeout(300)
    text, offset = await page.evaluate(top)
    return bool(text == stood[0] and abs(offset - stood[1]) <= 2)


async def test_a_pinned_chat_stays_first_on_all_devices(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    other = await company.group(alice, bob, title="Other")
    await company.send(bob, lobby, "first")
    await company.send(bob, other, "second")
    hers, phone = await page(alice), await page(alice, phone=True)
    await row(phone, "Other").wait_for()
    await row(hers, "Lobby").click(button="right")
    await hers.get_by_role("menuitem", name=EN["chats.pin"]).click()
    for shown in (hers, phone):
        await row(shown, "Lobby").get_by_role("img", name=EN["chats.pinned"]).wait_for()
        assert (await titles(shown))[:2] == ["Lobby", "Other"]
    await company.send(bob, other, "third")
    await row(hers, "Other").get_by_text("third").wait_for()
    assert (await titles(hers))[:2] == ["Lobby", "Other"]
    await row(hers, "Lobby").focus()
    await hers.keyboard.press("Shift+F10")
    await hers.get_by_role("menuitem", name=EN["chats.unpin"]).click()
    await row(phone, "Lobby").get_by_role("img", name=EN["chats.pinned"]).wait_for(state="detached")
    assert (await titles(hers))[:2] == ["Other", "Lobby"]


async def test_a_chat_marked_as_unread_has_a_dot_until_it_is_opened(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await history(company, bob, alice, lobby, 1)
    hers, phone = await page(alice), await page(alice, phone=True)
    await row(hers, "Lobby").click(button="right")
    await hers.get_by_role("menuitem", name=EN["chats.mark_unread"]).click()
    for shown in (hers, phone):
        await row(shown, "Lobby").get_by_text(EN["chats.marked"]).wait_for()
    assert await violations(hers) == []
    await row(phone, "Lobby").click()
    await row(hers, "Lobby").get_by_text(EN["chats.marked"]).wait_for(state="detached")
    my = (await chats.my(company.server.database, alice.user_id, [lobby]))[lobby]
    assert my.marked_unread is False


async def test_what_waits_to_be_sent_is_in_the_list_and_brings_the_chat_up(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "older")
    other = await company.group(alice, bob, title="Other")
    await company.send(bob, other, "newer")
    hers = await page(alice, path=f"/chat/{lobby}")
    await composer(hers).wait_for()
    await offline(hers)
    await composer(hers).fill("on its way")
    await composer(hers).press("Enter")
    await row(hers, "Lobby").get_by_text("on its way").wait_for()
    await row(hers, "Lobby").get_by_role("img", name=EN["status.waiting"]).wait_for()
    assert (await titles(hers))[:2] == ["Lobby", "Other"]


@pytest.mark.leaves_nothing(False)
async def test_a_day_is_found_from_the_line_of_any_day(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await history(company, bob, alice, lobby, 150)
    await days_ago(company, lobby, 100, 10)
    await days_ago(company, lobby, 20, 10)
    hers = await page(alice, path=f"/chat/{lobby}")
    await post(hers, "message number 149.").wait_for()
    await hers.locator(".feed-date > button").last.click()
    day = (datetime.now(UTC) - timedelta(days=15)).date().isoformat()
    await hers.get_by_label(EN["chat.date_day"], exact=True).fill(day)
    await hers.get_by_role("button", name=EN["chat.date_show"]).click()
    await playwright.expect(post(hers, "message number 20.")).to_be_in_viewport()
    await offline(hers)
    await hers.locator(".feed-date > button").first.click()
    await hers.get_by_label(EN["chat.date_day"], exact=True).fill("2001-01-01")
    await hers.get_by_role("button", name=EN["chat.date_show"]).click()
    await hers.get_by_text(EN["chat.date_nearest"]).wait_for()


async def test_a_long_message_is_folded_until_it_is_wanted(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "\n".join(f"line {each}" for each in range(40)))
    await company.send(bob, lobby, "\n".join(f"short {each}" for each in range(20)))
    hers = await page(alice, path=f"/chat/{lobby}")
    turn = post(hers, "line 39").get_by_role("button", name=EN["chat.unfold"])
    await turn.wait_for()
    assert await post(hers, "short 19").get_by_role("button", name=EN["chat.unfold"]).count() == 0
    folded = (await post(hers, "line 39").bounding_box())["height"]
    await turn.scroll_into_view_if_needed()
    await turn.press("Enter")
    await post(hers, "line 39").get_by_role("button", name=EN["chat.fold"]).wait_for()
    assert (await post(hers, "line 39").bounding_box())["height"] > 2 * folded


@pytest.mark.leaves_nothing(False)
async def test_one_is_told_of_what_one_asked_for_and_hears_every_message(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.ask(alice, SetNotify(chat_id=lobby, level="mentions"))
    other = await company.group(alice, bob, title="Other")
    hers = await page(alice)
    await hers.add_init_script(RECORD)
    await hers.add_init_script(
        "Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })"
    )
    await hers.reload()
    await kept(hers)
    await row(hers, "Lobby").wait_for()
    for chat_id, text in ((lobby, "no"), (lobby, "@alice one"), (other, "two"), (other, "three")):
        await company.send(bob, chat_id, text)
    await hers.wait_for_function("() => window.told.length >= 3")
    await hers.wait_for_timeout(300)
    told = await hers.evaluate(
        "window.told.map(({ body, renotify, tag }) => [body, renotify, tag])"
    )
    assert sorted(told) == [
        ["Bob: @alice one", True, f"chat-{lobby}"],
        ["Bob: three", True, f"chat-{other}"],
        ["Bob: two", True, f"chat-{other}"],
    ]


@pytest.mark.leaves_nothing(False)
async def test_today_is_yesterday_after_midnight_in_a_tab_that_stays_open(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "good evening")
    hers = await page(alice)
    now = datetime.now(UTC)
    await hers.clock.install(time=now)
    await hers.goto(f"/chat/{lobby}")
    await hers.locator(".feed-date").get_by_text("today").wait_for()
    await hers.clock.fast_forward(24 * 3600 * 1000)
    await hers.locator(".feed-date").get_by_text("yesterday").wait_for()
    await row(hers, "Lobby").get_by_text("yesterday").wait_for()


async def test_a_chat_and_its_board_stand_side_by_side_where_there_is_room(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice)
    await hers.set_viewport_size(BROAD)
    await hers.goto(f"/chat/{lobby}")
    board = hers.get_by_role("group", name=EN["board.columns"])
    await board.wait_for()
    await composer(hers).fill("beside the board")
    await composer(hers).press("Enter")
    await post(hers, "beside the board").get_by_role("img", name=EN["status.stored"]).wait_for()
    assert await violations(hers) == []
    edge = hers.get_by_role("separator", name=EN["rail.both_width"])
    before = (await hers.locator(".both-chat").bounding_box())["width"]
    await edge.press("ArrowRight")
    assert (await hers.locator(".both-chat").bounding_box())["width"] == before + 10
    both = hers.get_by_role("button", name=EN["chat.both"])
    await both.click()
    await board.wait_for(state="detached")
    await hers.reload()
    await hers.get_by_role("link", name=EN["chat.tab_board"], exact=True).click()
    await board.wait_for()
    assert await composer(hers).count() == 0
    await both.click()
    await composer(hers).wait_for()
    await hers.set_viewport_size({"width": 1280, "height": 800})
    await composer(hers).wait_for(state="detached")
    await board.wait_for()


async def test_the_list_stands_beside_the_place_from_900_pixels_on(
    page: NewPage, alice: Person, lobby: int
):
    hers = await page(alice)
    await hers.set_viewport_size({"width": 900, "height": 700})
    await hers.goto(f"/chat/{lobby}")
    await composer(hers).wait_for()
    assert await row(hers, "Lobby").is_visible()
    assert not await hers.get_by_role("button", name=EN["app.back"]).is_visible()
    await hers.set_viewport_size({"width": 899, "height": 700})
    await row(hers, "Lobby").wait_for(state="detached")
    assert await hers.get_by_role("button", name=EN["app.back"]).is_visible()

"""The keys that `?` lists, each from every focus and in both layouts; typing goes to the composer.

The list itself is what is tried: a key in it that no act here stands for fails, and so does an act
that the list does not have.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.web.attached import attach
from tests.web.board_page import add_task, columns
from tests.web.conftest import Company, NewPage, Person, playwright, words
from tests.web.giving import a_file, give
from tests.web.house import MOVE

pytestmark = pytest.mark.leaves_nothing
EN = words("en")
LAYOUTS = pytest.mark.parametrize("layout", ["latin", "russian"])
RUSSIAN = dict(zip("gtpsrecqmkbixu/?", "пезыкусйьлишчг.,", strict=True))
NAMED = {"Esc": "Escape", "↑": "ArrowUp", "↓": "ArrowDown", "←": "ArrowLeft", "→": "ArrowRight"}
NAMED |= {"Ctrl": "Control", "Space": " "}

PRESS = """([keys, layout]) => {
  const held = {Control: 'ctrlKey', Alt: 'altKey', Shift: 'shiftKey', Meta: 'metaKey'};
  const flags = {};
  for (const key of keys.slice(0, -1)) flags[held[key]] = true;
  const wanted = keys.at(-1);
  const plain = wanted.length === 1 ? wanted.toLowerCase() : wanted;
  const places = {'/': 'Slash', '?': 'Slash', ' ': 'Space'};
  const letter = plain.length === 1 && /[a-z]/.test(plain);
  const code = places[plain] ?? (letter ? `Key${plain.toUpperCase()}` : plain);
  const key = layout[plain] ?? plain;
  if (plain === '?') flags.shiftKey = true;
  const about = {key, code, bubbles: true, cancelable: true, ...flags};
  const event = new KeyboardEvent('keydown', about);
  document.activeElement.dispatchEvent(event);
  return event.defaultPrevented;
}"""

LISTED = """() => {
  const text = (found) => [...found].map((each) => each.innerText);
  const lines = (group) => [...group.querySelectorAll('.keys-line')].map((line) =>
    [line.querySelector('dt').innerText, text(line.querySelectorAll('kbd'))]);
  return Object.fromEntries([...document.querySelectorAll('.keys-group')].map((group) =>
    [group.querySelector('h3').innerText, Object.fromEntries(lines(group))]));
}"""


class Desk:
    """Two chats beside each other, a board, something unread; and hands on a keyboard."""

    def __init__(self, page: Any, layout: str, chats: dict[str, int]) -> None:
        self.page = page
        self.layout = RUSSIAN if layout == "russian" else {}
        self.chats = chats

    @property
    def composer(self) -> Any:
        return self.page.get_by_role("textbox", name=EN["chat.placeholder"])

    async def go(self, place: str) -> None:
        """To a place anew, with nothing open over it."""
        while await self.page.locator("dialog[open]").count() > 0:
            await self.page.keyboard.press("Escape")
        for each in ("/people", place):
            await self.page.evaluate(MOVE, each)
        await self.page.locator(".people").wait_for(state="detached")
        if place.startswith("/chat"):
            await self.page.locator(".post").first.wait_for()
        if place.startswith("/board"):
            await self.page.locator(".board-card").first.wait_for()

    async def focus(self, where: str) -> None:
        blur = "() => document.activeElement?.blur?.()"
        found = {
            "composer": ".composer-text",
            "list": ".chats-list [data-found]",
            "card": ".board-card-link",
            "message": ".post:not(.post-unsent)",
            "tray": "button.tray-tile",
        }.get(where)
        if found is None:
            await self.page.evaluate(blur)
        elif where == "tray":
            if await self.page.locator(found).count() < 2:
                two = [a_file(name, name.encode(), "text/plain") for name in ("a.txt", "b.txt")]
                await give(self.page, ".composer-text", "paste", *two)
            await self.page.locator(found).last.focus()
        elif where == "message":
            # By keys, as who means its letters comes there.
            await self.composer.focus()
            for _ in range(12):
                await self.page.keyboard.press("Shift+Tab")
                if await self.page.evaluate("document.activeElement.matches('.post')"):
                    break
        else:
            await self.page.locator(found).first.focus()

    async def press(self, combo: str) -> bool:
        """As the list writes it; true when somebody took it."""
        keys = [NAMED.get(key, key) for key in combo.split(" ")]
        return bool(await self.page.evaluate(PRESS, [keys, self.layout]))

    def differs(self, combo: str) -> bool:
        """Whether the layout has to do with it: arrows are the same in all."""
        return not self.layout or any(key.lower() in self.layout for key in combo.split(" "))

    async def listed(self) -> dict[str, dict[str, list[str]]]:
        """What the list has: by heading, what each does and its keys."""
        await self.page.evaluate("() => document.activeElement?.blur?.()")
        await self.page.keyboard.press("?")
        await self.page.get_by_role("dialog", name=EN["keys.title"]).wait_for()
        found: dict[str, dict[str, list[str]]] = await self.page.evaluate(LISTED)
        await self.page.keyboard.press("Escape")
        return found


@pytest.fixture
def desk(page: NewPage, company: Company, alice: Person, bob: Person):
    async def made(layout: str) -> Desk:
        chats = {
            title: await company.group(alice, bob, title=title, board=True)
            for title in ("Below", "Here", "Above")
        }
        for title, chat in chats.items():
            await company.send(bob, chat, f"from bob in {title}")
            await attach(company, alice, chat, {"a.txt": b"hello"}, f"mine in {title}")
        first = (await columns(company, alice, chats["Here"]))[0]
        for title in ("One", "Two"):
            await add_task(company, alice, title, chat_id=chats["Here"], column_id=first.id)
        return Desk(await page(alice), layout, chats)

    return made


Check = Callable[[Desk], Awaitable[None]]


def at(place: str) -> Check:
    async def check(desk: Desk) -> None:
        await desk.page.wait_for_url(f"**{place.format(**desk.chats)}")

    return check


def shows(selector: str) -> Check:
    async def check(desk: Desk) -> None:
        await desk.page.locator(selector).first.wait_for()

    return check


def has_focus(selector: str) -> Check:
    async def check(desk: Desk) -> None:
        await desk.page.wait_for_function(
            "(selector) => document.activeElement.matches(selector)", arg=selector
        )

    return check


EVERYWHERE = {
    "keys.switch": shows(".switcher"),
    "keys.search": shows(".search-field"),
    "keys.list": shows(".keys"),
    "keys.read": shows(".feed"),
    "keys.all_read": shows(".toast"),
    # There is nothing to take back here: the key is the browser's then. It has tests of its own.
    "keys.undo": shows(".shell"),
    "keys.next_chat": at("/chat/{Below}"),
    "keys.previous_chat": at("/chat/{Above}"),
    # Nothing is unread: one stays.
    "keys.next_unread": shows(".shell"),
    "keys.previous_unread": shows(".shell"),
}
LEADS = {
    "rail.chats": at("/"),
    "rail.tasks": at("/tasks"),
    "rail.people": at("/people"),
    "rail.settings": at("/settings"),
    "keys.go": shows(".shell"),
}
BOARD = {
    "board.key_find": has_focus("input"),
    "board.key_mine": at("/board/*mine=1"),
}
ON_A_CARD = {
    "keys.walk": has_focus(".board-card-link"),
    "board.key_take": shows(".board-card-held"),
    "board.move_to": shows("dialog[open]"),
    "board.open": shows(".shell"),
}
ON_A_MESSAGE = {
    "chat.reply": shows(".composer-about"),
    "chat.forward": shows(".switcher"),
    "chat.edit": shows(".composer-about"),
    "chat.make_task": shows("dialog[open]"),
    "chat.copy_text": shows(".toast"),
    "chat.select": shows(".selection-bar"),
    "keys.find_in_chat": has_focus(".find-bar-field"),
    "app.delete": shows(".toast"),
    "chat.actions": shows("dialog.menu"),
    "keys.walk": has_focus(".post"),
    "keys.message_files": has_focus(".file-row-main"),
    "chat.jump": shows(".feed"),
}
WRITING = {
    "chat.send": shows(".composer-text"),
    "keys.new_line": shows(".composer-text"),
    "keys.edit_last": shows(".composer-about"),
    "keys.bold": shows(".composer-text"),
    "keys.italic": shows(".composer-text"),
    "keys.link": shows(".composer-text"),
    # A browser asks for files only who really pressed.
    "tray.attach": shows(".composer-text"),
}
IN_THE_TRAY = {
    "tray.forwards": shows(".tray"),
    "tray.backwards": shows(".tray"),
    "tray.rename": has_focus(".tray-rename-field"),
    "tray.remove": shows(".toast"),
}
IN_THE_LIST = {"keys.walk": shows(".chats-list"), "board.open": shows(".chats-list")}
BY_HEADING: dict[str, dict[str, Check]] = {
    "keys.everywhere": EVERYWHERE,
    "keys.places": EVERYWHERE | LEADS,
    "keys.composer": WRITING,
    "keys.tray": IN_THE_TRAY,
    "keys.message": ON_A_MESSAGE,
    "keys.chat_list": IN_THE_LIST,
    "board.keys_group": BOARD | ON_A_CARD,
}
FOCUS = {
    "keys.composer": ["composer"],
    "keys.tray": ["tray"],
    "keys.message": ["message"],
    "keys.chat_list": ["list"],
}
# Keys of the field and of the list the browser itself acts on, given no more than a press.
NATIVE = {"keys.undo", "chat.send", "keys.new_line", "keys.link", "board.open"}


def plain(combo: str) -> bool:
    """Whether it writes something where one types."""
    return not any(held in combo for held in ("Ctrl", "Alt", "Esc"))


async def try_all(desk: Desk, place: str, everywhere: list[str]) -> None:
    """Each key that is listed at this place, from every focus it is for."""
    await desk.go(place)
    known = {
        EN[key]: key for key in [*BY_HEADING, *(k for each in BY_HEADING.values() for k in each)]
    }
    for heading, lines in (await desk.listed()).items():
        group = known[heading]
        for said, combos in lines.items():
            key = next(key for key in BY_HEADING[group] if EN[key] == said)
            for combo in filter(desk.differs, combos):
                for focus in focuses(group, key, everywhere):
                    if focus == "composer" and group != "keys.composer" and plain(combo):
                        continue
                    await desk.go(place)
                    await desk.focus(focus)
                    took = await desk.press(combo) if " " not in combo or "G" not in combo else None
                    if took is None:
                        for letter in combo.split(" "):
                            await desk.press(letter)
                    assert took is not False or key in NATIVE, (place, focus, key, combo)
                    await BY_HEADING[group][key](desk)


def focuses(group: str, key: str, everywhere: list[str]) -> list[str]:
    if key in ON_A_CARD and group == "board.keys_group":
        return ["card"]
    return FOCUS.get(group, everywhere)


@LAYOUTS
async def test_every_key_that_is_listed_in_a_chat_works(desk: Any, layout: str):
    made = await desk(layout)
    await try_all(made, f"/chat/{made.chats['Here']}", ["composer", "list", "message", "body"])


@LAYOUTS
async def test_every_key_that_is_listed_at_a_board_works(desk: Any, layout: str):
    made = await desk(layout)
    await try_all(made, f"/board/{made.chats['Here']}", ["list", "card", "body"])


@pytest.mark.parametrize("focus", ["body", "list", "message"])
async def test_what_is_typed_anywhere_goes_to_the_composer(desk: Any, focus: str):
    made = await desk("latin")
    await made.go(f"/chat/{made.chats['Here']}")
    if focus == "message":
        # Clicked at, not reached by keys: its letters are not meant.
        await made.page.locator(".post-bubble").first.click()
    else:
        await made.focus(focus)
    await made.page.keyboard.type("reg test")
    await playwright.expect(made.composer).to_have_value("reg test")


async def test_alt_and_up_in_an_empty_composer_goes_to_the_chat_above(desk: Any):
    made = await desk("latin")
    await made.go(f"/chat/{made.chats['Here']}")
    await made.composer.press("Alt+ArrowUp")
    await made.page.wait_for_url(f"**/chat/{made.chats['Above']}")
    await made.page.locator(".post-own").filter(has_text="mine in Above").wait_for()
    await made.composer.press("ArrowUp")
    await made.page.get_by_text(EN["chat.editing"]).wait_for()


async def test_marks_around_a_selection_are_undone_like_typing(desk: Any):
    made = await desk("latin")
    await made.go(f"/chat/{made.chats['Here']}")
    await made.composer.fill("one two")
    await made.composer.press("Control+Shift+ArrowLeft")
    await made.page.keyboard.press("Control+b")
    await playwright.expect(made.composer).to_have_value("one **two**")
    await made.page.keyboard.press("Control+i")
    await playwright.expect(made.composer).to_have_value("one ***two***")
    await made.page.keyboard.press("Control+z")
    await made.page.keyboard.press("Control+z")
    await playwright.expect(made.composer).to_have_value("one two")
    await made.composer.press("End")
    await made.composer.press("Control+Shift+ArrowLeft")
    await made.page.keyboard.press("Control+k")
    await playwright.expect(made.composer).to_have_value("one [two]()")


async def test_escape_marks_a_chat_read_and_with_shift_all(
    desk: Any, company: Company, bob: Person
):
    made = await desk("latin")
    await made.page.goto("/people")
    for title in ("Above", "Below"):
        await company.send(bob, made.chats[title], "unread")
    unread = made.page.locator(".rail .badge")
    await unread.first.wait_for()
    await made.page.keyboard.press("Shift+Escape")
    await unread.first.wait_for(state="detached")

"""How fast and how light the client is: medians of several samples, held against its budgets.

Times are taken inside the pages, from the event of the hand to the frame that shows the result.
The figures are said by `pytest -rP`.
"""

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from messenger.protocol.commands import MarkRead
from tests.web.board_page import add_task, columns
from tests.web.conftest import (
    ARGUMENTS,
    CHROMIUM,
    Company,
    NewPage,
    Person,
    driven,
    sign_in,
    words,
)

EN = words("en")
pytestmark = pytest.mark.alone
OPENED_MS = 50
LONG_OPENED_MS = 200
SEEN_MS = 100
SCRIPTS_BYTES = 60_000
MOST_ROWS = 320
"""Messages in the document at once, however many there are."""
MOST_AT_ONCE = 16
"""Rows that a phone draws in one task: more of them keep a slow one longer than 50 ms."""
ROUNDS = 5
PRESS_MS = 60
"""A finger or a button is down for longer than this before it counts as a click."""

# From the click on a chat in the list to the frame that shows its newest message and a screenful.
CLOCK = """() => {
  window.opened = [];
  addEventListener("click", (event) => {
    const wanted = event.target.closest("a.chats-row")?.dataset.newest;
    if (wanted === undefined) return;
    // Right after the frame, before whatever the page does next.
    const shown = () => scheduler.postTask(
      () => window.opened.push(performance.now() - event.timeStamp), { priority: "user-blocking" });
    const watching = new MutationObserver(() => {
      const posts = document.querySelectorAll(".post-text");
      if (posts.length < 20 || [...posts].at(-1).innerText !== wanted) return;
      watching.disconnect();
      requestAnimationFrame(shown);
    });
    watching.observe(document.body, { childList: true, subtree: true, characterData: true });
  }, true);
}"""

ASKED = """() => performance.getEntriesByType("resource").map(({ name }) => name)
  .filter((name) => name.includes("/messages"))"""

# Two pages share the machine's clock, not the start of their own.
PRESSED = """() => addEventListener("keydown", ({ key, timeStamp }) => {
  if (key === "Enter") window.pressed = performance.timeOrigin + timeStamp;
}, true)"""
SEEN = """(text) => {
  window.seen = new Promise((resolve) => {
    const log = document.querySelector("[role=log]");
    const watching = new MutationObserver(() => {
      if (!log.innerText.includes(text)) return;
      watching.disconnect();
      requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
    });
    watching.observe(log, { childList: true, subtree: true });
  });
}"""

# How many messages or cards come into the document in each task.
DRAWN = """() => {
  window.drawn = [];
  const rows = ".post, .board-card";
  const watching = new MutationObserver((records) => {
    const added = records.flatMap(({ addedNodes }) => [...addedNodes])
      .filter((node) => node instanceof Element && node.isConnected);
    const found = added.flatMap((node) => [node, ...node.querySelectorAll("*")]);
    const count = new Set(found.filter((node) => node.matches(rows))).size;
    if (count > 0) window.drawn.push(count);
  });
  watching.observe(document, { childList: true, subtree: true });
}"""

# Scrolls up by views until so many messages lie below; the most rows there were on the way.
CLIMB = """async (messages) => {
  const log = document.querySelector(".feed");
  const numberOf = (post) => Number(/message (\\d+),/.exec(post.innerText)[1]);
  const highest = () => numberOf(log.querySelector(".post-text"));
  const [from, end] = [highest(), performance.now() + 20_000];
  let most = 0;
  while (highest() > from - messages && performance.now() < end) {
    log.scrollTop -= log.clientHeight;
    await new Promise(requestAnimationFrame);
    most = Math.max(most, log.querySelectorAll(".post").length);
  }
  return [from - highest(), most];
}"""

# The compressed sizes of the scripts asked for before anything was shown: it waited for them.
SCRIPTS = """async () => {
  const shown = await new Promise((resolve) => {
    const seen = (list) => list.getEntriesByName("first-contentful-paint").forEach(resolve);
    new PerformanceObserver(seen).observe({ type: "paint", buffered: true });
  });
  return performance.getEntriesByType("resource")
    .filter(({ name, startTime }) => name.endsWith(".js") && startTime < shown.startTime)
    .map(({ encodedBodySize }) => encodedBodySize);
}"""


async def within(limit: float, sample: Callable[[], Awaitable[list[float]]]) -> None:
    """Whatever else the machine does makes a round slower, never faster: one has to be within."""
    medians: list[float] = []
    for _ in range(ROUNDS):
        samples = await sample()
        medians.append(statistics.median(samples))
        print(f"median {medians[-1]:.1f} ms, at worst {max(samples):.1f}")
        if medians[-1] <= limit:
            return
    pytest.fail(f"medians of {medians} ms; the budget is {limit}")


def said(title: str, number: int) -> str:
    return f"{title}, message {number}, as long as what people write to each other."


async def fill(company: Company, who: Person, reader: Person, title: str, count: int) -> int:
    """A chat with so many messages, all of them read."""
    chat_id = await company.group(who, reader, title=title)
    for start in range(1, count, 250):
        numbers = range(start, min(start + 250, count))
        await asyncio.gather(*(company.send(who, chat_id, said(title, each)) for each in numbers))
    seq = await company.send(who, chat_id, said(title, count))
    await company.ask(reader, MarkRead(chat_id=chat_id, read_seq=seq))
    return chat_id


async def click(page: Any, chat_id: int, newest: str) -> float:
    """Milliseconds from the click on a chat in the list to its messages."""
    row = page.locator(f"a.chats-row[href='/chat/{chat_id}']")
    await row.evaluate("(row, newest) => row.dataset.newest = newest", newest)
    before = await page.evaluate("opened.length")
    await row.click(delay=PRESS_MS)
    await page.wait_for_function("(before) => opened.length > before", arg=before)
    return float(await page.evaluate("opened.at(-1)"))


async def list_of(page: Any, chats: int) -> None:
    """Load the list of chats anew: nothing of any chat is in memory."""
    await page.goto("/")
    await page.locator("a.chats-row").nth(chats - 1).wait_for()
    await page.evaluate(CLOCK)


async def test_a_chat_is_there_within_50_ms_of_a_click_from_local_data(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    titles = [f"Chat {number}" for number in range(9)]
    chats = [(await fill(company, bob, alice, each, 210), said(each, 210)) for each in titles]
    hers = await page(alice)

    async def each_once() -> list[float]:
        await list_of(hers, len(chats))
        # The first brings the screen along.
        _, *others = [await click(hers, *chat) for chat in chats]
        assert await hers.evaluate(ASKED) == [], "the messages are at hand"
        return others

    await within(OPENED_MS, each_once)


@pytest.mark.parametrize("place", ["chat", "board"])
async def test_a_phone_is_not_blocked_by_all_that_a_screen_has(
    page: NewPage, company: Company, alice: Person, lobby: int, place: str
):
    for number in range(40):
        await company.send(alice, lobby, said("Lobby", number))
    for number, column in enumerate(await columns(company, alice, lobby) * 20):
        title = f"Card {number}, of some length"
        await add_task(company, alice, title, chat_id=lobby, column_id=column.id)
    hers = await page(alice, phone=True, path=f"/{place}/{lobby}")
    row, least = {"chat": (".post", 20), "board": (".board-card", 60)}[place]
    await hers.locator(row).nth(least - 1).wait_for(state="attached")
    # From local data, as after every load but the first.
    await hers.add_init_script(f"({DRAWN})()")
    await hers.reload()
    await hers.locator(row).nth(least - 1).wait_for(state="attached")
    drawn = await hers.evaluate("drawn")
    print(f"{drawn} rows in a task")
    assert sum(drawn) >= least
    assert max(drawn) <= MOST_AT_ONCE


async def test_what_one_types_another_sees_within_100_ms(
    page: NewPage, alice: Person, bob: Person, lobby: int
):
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{lobby}")
    await hers.get_by_role("textbox", name=EN["chat.placeholder"]).focus()
    await his.get_by_role("log").wait_for()
    await hers.evaluate(PRESSED)
    numbers = iter(range(1000))

    async def message() -> float:
        text = f"This is number {next(numbers)}."
        await his.evaluate(SEEN, text)
        await hers.keyboard.type(text)
        await hers.keyboard.press("Enter")
        took = float(await his.evaluate("seen") - await hers.evaluate("pressed"))
        assert took > 0
        return took

    async def messages() -> list[float]:
        return [await message() for _ in range(12)][2:]

    await within(SEEN_MS, messages)


async def test_a_chat_of_10_000_messages_opens_at_once_and_stays_light(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    short = await fill(company, bob, alice, "Short", 60), said("Short", 60)
    long = await fill(company, bob, alice, "Long", 10_000), said("Long", 10_000)
    hers = await page(alice)

    async def opened() -> list[float]:
        samples = []
        for _ in range(3):
            await list_of(hers, 2)
            await click(hers, *short)
            samples.append(await click(hers, *long))
        return samples

    await within(LONG_OPENED_MS, opened)
    climbed, rows = await hers.evaluate(CLIMB, 1000)
    print(f"{rows} rows at most")
    assert climbed >= 1000
    assert 60 < rows <= MOST_ROWS


@pytest.mark.parametrize("inside", [False, True], ids=["sign-in", "chats"])
async def test_the_scripts_of_a_first_load_are_no_more_than_60_kb(
    page: NewPage, alice: Person, inside: bool
):
    device = await page(alice if inside else None, path="/" if inside else "/sign-in")
    shown = ".chats-row" if inside else "input[type=password]"
    await device.locator(shown).first.wait_for()
    sizes = await device.evaluate(SCRIPTS)
    print(f"{sum(sizes)} bytes of scripts")
    assert min(sizes) > 0
    assert SCRIPTS_BYTES / 3 < sum(sizes) <= SCRIPTS_BYTES


async def test_nothing_is_in_the_way_of_installing(company: Company, alice: Person, tmp_path: Path):
    async with driven() as browsers:
        # A profile that is kept: a private window is never installable.
        profile = await browsers.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            base_url=company.address,
            locale="en-GB",
        )
        page = profile.pages[0]
        await sign_in(page, alice, "en")
        await page.evaluate("navigator.serviceWorker.ready.then(() => {})")
        devtools = await profile.new_cdp_session(page)
        manifest = await devtools.send("Page.getAppManifest")
        found = await devtools.send("Page.getInstallabilityErrors")
        await profile.close()
    assert "/manifest.webmanifest" in manifest["url"]
    assert manifest["errors"] == []
    assert found["installabilityErrors"] == []

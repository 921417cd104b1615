"""Typing while fifty messages a second come in, on a slow device: every key is seen soon.

Times are taken inside the page, from the event of the key to the frame that shows it; the processor
is slowed down by the browser. What is done before that frame, and how much is drawn, do not depend
on the machine.
"""

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.web.conftest import Company, NewPage, Person
from tests.web.test_budgets import fill

pytestmark = pytest.mark.alone
SLOWER = 4
PER_SECOND = 50
KEYS = 40
APART_S = 0.12
"""A quick hand presses keys so far apart."""
SEEN_MS = 50
ROUNDS = 3
"""Whatever else the machine does makes a round slower, never faster: one has to be within."""
CALM_TIMES = 3
"""What the machine does all the time makes a calm chat slow, too: so many times that is within."""
MOST_POSTS = 240
MOST_GONE = 48

# Of every key, how long it took to its frame, and whether the draft was stored before that.
CLOCK = """() => {
  window.seen = [];
  window.stored = 0;
  let [pressed, puts] = [0, 0];
  addEventListener("keydown", ({ timeStamp }) => ([pressed, puts] = [timeStamp, 0]), true);
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (row) {
    if (this.name === "drafts") puts += 1;
    return put.call(this, row);
  };
  document.querySelector(".composer-text").addEventListener("input", () => {
    const from = pressed;
    const shown = () => scheduler.postTask(() => {
      window.seen.push(performance.now() - from);
      if (puts > 0) window.stored += 1;
    }, { priority: "user-blocking" });
    requestAnimationFrame(shown);
  });
}"""

# How many posts there are at most, and how many of them leave in one task.
ROWS = """() => {
  window.rows = { most: 0, gone: 0 };
  new MutationObserver((records) => {
    const gone = records.flatMap(({ removedNodes }) => [...removedNodes])
      .filter((node) => node instanceof Element && node.matches(".post")).length;
    rows.gone = Math.max(rows.gone, gone);
    rows.most = Math.max(rows.most, document.querySelectorAll(".post").length);
  }).observe(document.querySelector(".feed"), { childList: true, subtree: true });
}"""


@contextlib.asynccontextmanager
async def flood(company: Company, who: Person, chat_id: int) -> AsyncIterator[None]:
    async def send() -> None:
        begun, number = time.monotonic(), 0
        while True:
            number += 1
            await company.send(who, chat_id, f"Number {number}, and *what else* there is to say.")
            await asyncio.sleep(max(0, begun + number / PER_SECOND - time.monotonic()))

    sending = asyncio.create_task(send())
    try:
        yield
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def type_by_hand(page: Any) -> list[float]:
    """Milliseconds from each key to its frame."""
    await page.evaluate("() => void (seen.length = 0)")
    begun = time.monotonic()
    for index in range(KEYS):
        await page.keyboard.press(" " if index % 6 == 5 else "abcde"[index % 6])
        await asyncio.sleep(max(0, begun + (index + 1) * APART_S - time.monotonic()))
    await page.wait_for_function("(keys) => seen.length === keys", arg=KEYS)
    times: list[float] = await page.evaluate("seen")
    return times


async def test_what_one_types_is_seen_at_once_while_a_flood_comes(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    chat_id = await fill(company, bob, alice, "Flood", 120)
    hers = await page(alice, path=f"/chat/{chat_id}")
    await hers.locator(".post").nth(47).wait_for()
    field = hers.locator(".composer-text")
    await field.click()
    devtools = await hers.context.new_cdp_session(hers)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await hers.evaluate(CLOCK)
    await hers.evaluate(ROWS)
    medians: list[float] = []
    async with flood(company, bob, chat_id):
        while len(medians) < ROUNDS and min(medians, default=SEEN_MS) >= SEEN_MS:
            times = sorted(await type_by_hand(hers))
            medians.append(statistics.median(times))
            p95 = times[int(KEYS * 0.95)]
            print(f"median {medians[-1]:.0f} ms, p95 {p95:.0f}, at worst {times[-1]:.0f}")
    rows = await hers.evaluate("rows")
    print(f"{rows['most']} posts at most, {rows['gone']} left at once")
    assert len(await field.input_value()) == KEYS * len(medians)
    assert await hers.evaluate("stored") == 0, "a key is seen before it is stored"
    assert rows["most"] <= MOST_POSTS
    assert rows["gone"] <= MOST_GONE
    if min(medians) >= SEEN_MS:
        calm = [statistics.median(await type_by_hand(hers)) for _ in range(2)]
        print(f"without the flood: medians {calm}")
        assert min(medians) < CALM_TIMES * min(calm)

"""Voice messages: recorded with the browser's own means, heard by somebody else."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from messenger.store.reads import files
from tests.web.axe import violations
from tests.web.conftest import (
    ARGUMENTS,
    CHROMIUM,
    Browser,
    Company,
    NewPage,
    Person,
    offline,
    words,
)

SAY = words("en")
NAME = SAY["voice.message"]
FAKE_UI = "--use-fake-ui-for-media-stream"


async def in_chat(page: NewPage, person: Person, chat: int, **how: Any) -> Any:
    device = await page(person, path=f"/chat/{chat}", **how)
    await field(device).wait_for()
    return device


def field(at: Any) -> Any:
    return at.get_by_role("textbox", name=SAY["chat.placeholder"])


def button(at: Any, does: str) -> Any:
    return at.get_by_role("button", name=SAY[f"voice.{does}"].replace("{name}", NAME), exact=True)


def strip(at: Any) -> Any:
    return at.get_by_role("region", name=SAY["voice.player"])


async def speak(at: Any, seconds: int) -> None:
    """Until so much of it is recorded."""
    await expect(at.get_by_role("timer")).to_have_text(re.compile(f"^0:0[{seconds}-9]$"))


async def said(at: Any, seconds: int) -> None:
    await button(at, "record").click()
    await speak(at, seconds)
    await button(at, "send").click()
    await expect(field(at)).to_be_focused()


async def test_a_double_click_on_send_records_nothing(
    page: NewPage, alice: Person, lobby: int
) -> None:
    hers = await in_chat(page, alice, lobby)
    await field(hers).fill("Once")
    await hers.get_by_role("button", name=SAY["chat.send"]).dblclick()
    await hers.get_by_role("log").get_by_text("Once").wait_for()
    # What it would ask for, or say is missing, comes at once.
    await hers.wait_for_timeout(500)
    assert await hers.get_by_role("dialog").count() == 0
    assert await hers.get_by_role("timer").count() == 0


HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
KEPT = """async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name);
  const counts = names.map((name) => new Promise((resolve) => {
    indexedDB.open(name).onsuccess = ({ target }) => {
      const counted = target.result.transaction("trays").objectStore("trays").getAll();
      counted.onsuccess = () => resolve(counted.result.flatMap(({ files }) => files).length);
    };
  }));
  return (await Promise.all(counts)).includes(1);
}"""


async def kept_on_device(at: Any) -> None:
    await at.wait_for_function(KEPT)


async def voices(company: Company, person: Person, chat: int) -> list[Any]:
    database = company.server.database
    wanted = files.Wanted(kind="voice")
    found, _ = await files.in_chat(database, person.user_id, chat, 50, wanted, None)
    return found


async def test_what_one_says_is_heard_by_the_other_and_the_next_after_it(
    page: NewPage, alice: Person, bob: Person, lobby: int
):
    hers, his = await in_chat(page, alice, lobby), await in_chat(page, bob, lobby)
    await button(hers, "record").click()
    await speak(hers, 1)
    assert await violations(hers) == []
    await button(hers, "pause_recording").click()
    await button(hers, "go_on").click()
    await speak(hers, 3)
    await button(hers, "send").click()
    await expect(field(hers)).to_be_focused()
    await said(hers, 1)
    first, second = his.locator(".sound-voice").nth(0), his.locator(".sound-voice").nth(1)
    await expect(first.locator(".sound-about")).to_have_text(re.compile("^0:0[3-9]$"))
    bars = await first.locator(".waveform-all path").get_attribute("d")
    assert len({*re.findall(r"v([\d.]+)", bars)}) > 2, "not flat: it has beeped"
    await button(first, "play_named").click()
    await expect(strip(his)).to_contain_text("Alice")
    await button(strip(his), "pause").click()
    assert await violations(his) == []
    assert await his.evaluate("navigator.mediaSession.metadata.title") == "Alice"
    slider = first.get_by_role("slider")
    await slider.focus()
    await slider.press("End")
    await slider.press("ArrowLeft")
    assert re.fullmatch("0:0[2-9] of 0:0[3-9]", await slider.get_attribute("aria-valuetext"))
    speed = strip(his).locator(".sound-speed")
    await speed.click()
    await expect(speed).to_have_text("1.5×")
    # It goes on while one reads elsewhere, then with the next, and ends after that.
    await his.get_by_role("link", name=SAY["rail.tasks"]).first.click()
    await button(strip(his), "play").click()
    await his.go_back()
    await button(second, "pause_named").wait_for()
    await strip(his).wait_for(state="detached")


async def test_recorded_offline_and_left_it_waits_and_goes_out_once(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
):
    hers = await in_chat(page, alice, lobby)
    await offline(hers)
    await button(hers, "record").click()
    await speak(hers, 2)
    await hers.get_by_role("link", name=SAY["rail.tasks"]).first.click()
    await hers.go_back()
    kept = hers.get_by_role("group", name=SAY["voice.unsent"])
    await button(kept, "play_named").click()
    await strip(hers).wait_for(state="detached")
    await button(kept, "discard").click()
    # A tab that is put away, and then closed, has it too.
    await button(hers, "record").click()
    await speak(hers, 2)
    await hers.evaluate(HIDE)
    await kept_on_device(hers)
    asked: list[str] = []
    hers.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept())[1])
    await hers.reload()
    assert asked == ["beforeunload"]
    await button(kept, "send").click()
    await hers.locator(".post-unsent .sound-voice").wait_for()
    await hers.context.set_offline(False)
    await hers.locator(".post[data-seq] .sound-voice").wait_for()
    (file,) = await voices(company, bob, lobby)
    assert file.mime == "audio/webm"
    assert 2000 <= file.duration_ms < 10_000
    assert len(file.waveform) > 20


async def test_a_finger_holds_slides_away_and_lets_go(
    company: Company, page: NewPage, alice: Person, lobby: int
):
    hers = await in_chat(page, alice, lobby, phone=True)
    box = await button(hers, "record").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = await hers.context.new_cdp_session(hers)

    async def touch(does: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        await finger.send("Input.dispatchTouchEvent", {"type": does, "touchPoints": points})

    async def held(seconds: int) -> None:
        await touch("touchStart", x, y)
        await speak(hers, seconds)

    await held(1)
    await touch("touchMove", x - 150, y)
    await hers.get_by_text(SAY["voice.discarded"]).wait_for()
    await touch("touchEnd")
    # Upwards it goes on without a finger.
    await held(0)
    await touch("touchMove", x, y - 100)
    await touch("touchEnd")
    await button(hers, "discard").click()
    await held(1)
    await touch("touchEnd")
    await hers.locator(".post[data-seq] .sound-voice").wait_for()
    assert len(await voices(company, alice, lobby)) == 1


@pytest.fixture
def small_files(settings: dict[str, str]) -> None:
    """Two seconds and a half, with what is left for a file's end."""
    settings["FILE_MAX_BYTES"] = "74 KiB"


async def test_a_recording_that_a_file_holds_no_more_of_waits_to_be_sent(
    small_files: None, page: NewPage, alice: Person, lobby: int
):
    hers = await in_chat(page, alice, lobby)
    await button(hers, "record").click()
    await hers.get_by_text(SAY["voice.full"]).wait_for()
    await button(hers.get_by_role("group", name=SAY["voice.unsent"]), "send").click()
    await hers.locator(".post[data-seq] .sound-voice").wait_for()


async def test_a_refused_microphone_says_how_to_undo_that(
    company: Company, chromium: Any, alice: Person, lobby: int
):
    denying = [f"{each}=deny" if each == FAKE_UI else each for each in ARGUMENTS]
    other = await chromium.browser_type.launch(executable_path=CHROMIUM, args=denying)
    hers = await in_chat(Browser(other, company).page, alice, lobby)
    await button(hers, "record").click()
    dialog = hers.get_by_role("dialog", name=SAY["voice.denied"])
    await expect(dialog).to_contain_text(SAY["voice.denied_help"])
    await hers.keyboard.press("Escape")
    await button(hers, "record").wait_for()
    await other.close()

"""Voice messages: recorded with the browser's own means, heard by somebody else."""

import re
from typing import Any

from playwright.async_api import expect

from messenger.store.reads import files
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


async def voices(company: Company, person: Person, chat: int) -> list[Any]:
    found, _ = await files.in_chat(
        company.server.database, person.user_id, chat, 50, None, "voice", None
    )
    return found


async def test_what_one_says_is_heard_by_the_other_and_the_next_after_it(
    page: NewPage, alice: Person, bob: Person, lobby: int
):
    hers, his = await in_chat(page, alice, lobby), await in_chat(page, bob, lobby)
    await said(hers, 3)
    await said(hers, 1)
    first, second = his.locator(".sound-voice").nth(0), his.locator(".sound-voice").nth(1)
    await expect(first.locator(".sound-about")).to_have_text(re.compile("^0:0[34]$"))
    bars = await first.locator(".waveform-all path").get_attribute("d")
    assert len({*re.findall(r"v([\d.]+)", bars)}) > 2, "not flat: it has beeped"
    await button(first, "play_named").click()
    await expect(strip(his)).to_contain_text("Alice")
    await button(strip(his), "pause").click()
    slider = first.get_by_role("slider")
    await slider.focus()
    await slider.press("End")
    await slider.press("ArrowLeft")
    assert re.fullmatch("0:0[23] of 0:0[34]", await slider.get_attribute("aria-valuetext"))
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
    await hers.reload()
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

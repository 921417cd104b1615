"""The viewer: a chat's photos by keys and by hand, and what goes wrong with them."""

import re
from typing import Any

from playwright.async_api import expect

from messenger.protocol.commands import DeleteMessage, RemoveMember
from tests.web.attached import attach, photo
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, fixture, offline, words
from tests.web.giving import attach as choose

SAY = words("en")


@fixture
async def album(company: Company, alice: Person, lobby: int) -> int:
    """Five photos in three messages; gives the `seq` of the one that has three."""
    await attach(company, alice, lobby, {"older.jpg": photo(1200, 800, 20)}, "the first of all")
    three = {f"photo {n}.jpg": photo(2400, 1600, 60 * n) for n in (1, 2, 3)}
    seq = await attach(company, alice, lobby, three, "look https://example.org")
    await attach(company, alice, lobby, {"newer.jpg": photo(800, 1200, 200)})
    return seq


async def opened(page: Any, name: str) -> Any:
    await page.get_by_role("button", name=name).click()
    viewer = page.get_by_role("dialog", name=SAY["keys.viewer"])
    await expect(viewer).to_be_visible()
    await shows(viewer, name)
    return viewer


async def shows(viewer: Any, *parts: str) -> None:
    """What a reader hears of what is shown now."""
    for part in parts:
        await expect(viewer.get_by_role("status").first).to_contain_text(part)


async def in_russian(page: Any, code: str, letter: str) -> None:
    """A key of the Cyrillic layout."""
    await page.evaluate(
        "given => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {...given, bubbles: true, cancelable: true}))",
        {"key": letter, "code": code},
    )


def times(viewer: Any) -> Any:
    return viewer.get_by_role("button", name=SAY["viewer.fit"])


async def test_keys_lead_through_the_photos_of_the_chat_and_close(
    page: NewPage, bob: Person, lobby: int, album: int
) -> None:
    here = await page(bob, path=f"/chat/{lobby}")
    picture = here.get_by_role("button", name="photo 2.jpg")
    await picture.focus()
    viewer = await opened(here, "photo 2.jpg")
    await shows(viewer, "Photo 2 of 3", "Alice", "look https://example.org")
    assert await violations(here) == []
    await here.keyboard.press("End")
    await shows(viewer, "Photo 3 of 3")
    await here.keyboard.press("ArrowRight")
    await shows(viewer, "Photo, newer.jpg")
    await expect(viewer.get_by_role("button", name=SAY["viewer.next"])).to_have_count(0)
    for _ in range(3):
        await here.keyboard.press("ArrowLeft")
    await shows(viewer, "Photo 1 of 3")
    await here.keyboard.press("ArrowLeft")
    await shows(viewer, "older.jpg", "the first of all")
    await here.keyboard.press("+")
    await expect(times(viewer)).to_have_text("150%")
    await here.keyboard.press("0")
    await expect(times(viewer)).to_have_text("100%")
    figure = viewer.locator(".pswp__item[aria-hidden=false] .viewer-figure")
    wide = await figure.bounding_box()
    await in_russian(here, "KeyR", "к")
    high = await figure.bounding_box()
    assert wide["width"] > wide["height"]
    assert high["width"] < high["height"]
    await here.keyboard.press("?")
    await expect(here.locator(".keys-line", has_text=SAY["viewer.turn"])).to_be_visible()
    await here.keyboard.press("Escape")
    await expect(here.locator(".keys")).to_have_count(0)
    await here.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)
    await expect(picture).to_be_focused()
    assert here.url.endswith(f"/chat/{lobby}")


async def test_the_original_comes_when_one_looks_closer_than_its_preview(
    page: NewPage, bob: Person, lobby: int, album: int
) -> None:
    here = await page(bob, path=f"/chat/{lobby}")
    viewer = await opened(here, "photo 1.jpg")
    shown = viewer.locator(".pswp__item[aria-hidden=false] img[data-here]")
    await expect(shown).to_have_attribute("src", re.compile("size=1600"))
    await shown.dblclick(position={"x": 30, "y": 30})
    await expect(shown.last).to_have_attribute("src", re.compile(r"/files/[0-9a-f-]+$"))
    # Around the pointer: what was there stays there.
    box = await shown.first.bounding_box()
    assert box["x"] > -120
    await here.mouse.move(640, 400)
    await here.mouse.wheel(0, 2000)
    await expect(times(viewer)).to_have_text("100%")


class Fingers:
    """What a hand does on a phone's glass."""

    def __init__(self, session: Any) -> None:
        self.session = session

    async def touch(self, kind: str, *points: tuple[float, float]) -> None:
        given = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(points)]
        await self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": given})

    async def move(self, *ways: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """Each finger from one point to another."""
        await self.touch("touchStart", *(begin for begin, _ in ways))
        for step in range(1, 9):
            part = step / 8
            await self.touch(
                "touchMove",
                *((a + (c - a) * part, b + (d - b) * part) for (a, b), (c, d) in ways),
            )
        await self.touch("touchEnd")


async def test_fingers_swipe_pinch_and_throw_it_away(
    page: NewPage, bob: Person, lobby: int, album: int
) -> None:
    here = await page(bob, path=f"/chat/{lobby}", phone=True)
    fingers = Fingers(await here.context.new_cdp_session(here))
    viewer = await opened(here, "photo 2.jpg")
    await fingers.move(((330, 400), (60, 400)))
    await shows(viewer, "Photo 3 of 3")
    await fingers.move(((60, 400), (330, 400)))
    await shows(viewer, "Photo 2 of 3")
    figure = viewer.locator(".pswp__item[aria-hidden=false] .viewer-figure")
    before = await figure.bounding_box()
    await fingers.move(((190, 400), (90, 400)), ((220, 400), (320, 400)))
    await here.wait_for_function(
        "least => document.querySelector('.pswp__item[aria-hidden=false] .viewer-figure')"
        ".getBoundingClientRect().width > least",
        arg=before["width"] * 1.5,
    )
    # Zoomed, the picture is dragged; another does not come.
    await fingers.move(((300, 400), (200, 400)))
    await shows(viewer, "Photo 2 of 3")
    await here.go_back()
    await expect(viewer).to_have_count(0)
    viewer = await opened(here, "photo 1.jpg")
    await fingers.move(((200, 300), (205, 700)))
    await expect(viewer).to_have_count(0)
    assert here.url.endswith(f"/chat/{lobby}")


async def test_a_photo_leads_to_its_message(
    page: NewPage, bob: Person, lobby: int, album: int
) -> None:
    here = await page(bob, path=f"/chat/{lobby}")
    viewer = await opened(here, "newer.jpg")
    await here.keyboard.press("ArrowLeft")
    await shows(viewer, "Photo 3 of 3")
    await here.keyboard.press("g")
    await expect(viewer).to_have_count(0)
    await here.wait_for_url(f"/chat/{lobby}/{album}")
    await here.go_back()
    await here.wait_for_url(f"/chat/{lobby}")
    await expect(viewer).to_have_count(0)


async def test_what_is_deleted_meanwhile_is_not_looked_at_any_longer(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int, album: int
) -> None:
    here = await page(bob, path=f"/chat/{lobby}")
    viewer = await opened(here, "photo 2.jpg")
    await company.ask(alice, DeleteMessage(chat_id=lobby, seq=album))
    await expect(viewer.get_by_text(SAY["viewer.deleted"]).last).to_be_visible()
    await shows(viewer, SAY["viewer.deleted"])
    await expect(viewer.locator(".pswp__item[aria-hidden=false] img")).to_have_count(0)
    await here.keyboard.press("End")
    await here.keyboard.press("ArrowRight")
    await shows(viewer, "newer.jpg")
    await company.ask(alice, RemoveMember(chat_id=lobby, user_id=bob.user_id))
    await shows(viewer, SAY["viewer.left"])
    await expect(viewer.locator(".pswp__item[aria-hidden=false] img")).to_have_count(0)


async def test_without_a_connection_it_says_so_and_goes_on_with_it(
    page: NewPage, bob: Person, lobby: int, album: int
) -> None:
    here = await page(bob, path=f"/chat/{lobby}")
    await offline(here)
    viewer = await opened(here, "photo 1.jpg")
    await expect(viewer.get_by_text(SAY["viewer.offline"]).first).to_be_visible()
    await here.context.set_offline(False)
    shown = viewer.locator(".pswp__item[aria-hidden=false] img[data-here]")
    await expect(shown).to_be_visible()
    await here.keyboard.press("ArrowLeft")
    await shows(viewer, "older.jpg")


async def test_a_photo_that_waits_is_looked_at_from_this_device(
    page: NewPage, bob: Person, lobby: int
) -> None:
    here = await page(bob, path=f"/chat/{lobby}")
    await offline(here)
    await here.locator(".composer-text").focus()
    await choose(here, ("mine.jpg", "image/jpeg", photo(600, 400)))
    await here.locator(".tray-item").wait_for()
    await here.locator(".composer-text").press("Enter")
    # Beside the button in its middle, which takes it back.
    await here.get_by_role("button", name="Photo, mine.jpg").click(position={"x": 20, "y": 20})
    viewer = here.get_by_role("dialog", name=SAY["keys.viewer"])
    await shows(viewer, "Photo, mine.jpg")
    await expect(viewer.locator("img[data-here]")).to_have_attribute("src", re.compile("^blob:"))
    await expect(viewer.get_by_text(SAY["viewer.waits"])).to_be_visible()

"""Files in the messages of a chat: albums, rows, what moves, folders, what cannot be loaded."""

import asyncio
import re
from typing import Any

import pytest
from PIL import Image

from tests.files.pictures import heic
from tests.web.attached import attach, moving, photo
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, kept, playwright, words
from tests.web.giving import attach as choose

pytestmark = pytest.mark.leaves_nothing
EN = words("en")
SHAPES = [(1600, 1200), (900, 1200), (1600, 1000), (1200, 1200), (1600, 1100)]
FIVE = {f"IMG_{n}.jpg": photo(*shape, 40 * n) for n, shape in enumerate(SHAPES)}

WATCH_SHIFTS = """() => {
  window.shifts = [];
  const note = ({ value, hadRecentInput }) => hadRecentInput || window.shifts.push(value);
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(note));
  observer.observe({ type: "layout-shift" });
}"""
HEIGHT = "document.querySelector('.feed').scrollHeight"
# Of the last message in each frame: whether it waits, whether its pictures are here, its height.
WATCH_FRAMES = """() => {
  window.frames_seen = [];
  const opaque = (image) => getComputedStyle(image).opacity > 0.99;
  const here = (image) => image.complete && image.naturalWidth > 0 && opaque(image);
  const look = () => {
    const post = [...document.querySelectorAll('.post')].at(-1);
    const images = [...(post?.querySelectorAll('.picture-image') ?? [])];
    if (images.length > 0) window.frames_seen.push([
      post.classList.contains('post-unsent'),
      images.every(here),
      post.querySelector('.album').getBoundingClientRect().height,
    ]);
    requestAnimationFrame(look);
  };
  look();
}"""


def post(page: Any, name: str) -> Any:
    return page.get_by_role("log").get_by_role("article", name=name)


def picture(page: Any, number: int, of: int) -> Any:
    name = EN["files.photo_of"].format(index=number, of=of, name="")
    return page.get_by_role("log").get_by_role("button", name=name)


async def test_an_album_is_there_before_its_pictures_and_nothing_moves_when_they_are(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
):
    await attach(company, bob, lobby, FIVE, "Five of them")
    await company.send(bob, lobby, "and some words below")
    hers = await page(alice, worker=False)
    arrive = asyncio.Event()

    async def late(route: Any) -> None:
        await arrive.wait()
        await route.continue_()

    await hers.route(re.compile("/preview"), late)
    await hers.get_by_role("link", name="Lobby").click()
    await picture(hers, 5, 5).wait_for()
    # One frame later the colours of the placeholders are there.
    await hers.wait_for_function(
        "() => document.querySelector('.picture').style.backgroundImage.startsWith('url')"
    )
    before = await hers.evaluate(HEIGHT)
    await hers.evaluate(WATCH_SHIFTS)
    arrive.set()
    await playwright.expect(hers.locator(".picture[data-here]")).to_have_count(5)
    await hers.wait_for_timeout(200)
    assert await hers.evaluate("window.shifts") == []
    assert await hers.evaluate(HEIGHT) == before
    assert await violations(hers) == []


async def test_a_sent_album_stays_as_it_is_when_it_is_stored(
    company: Company, page: NewPage, alice: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await kept(hers)
    button = hers.get_by_role("button", name=EN["tray.attach"])
    async with hers.expect_file_chooser() as chosen:
        await button.click()
    given = [
        {"name": name, "mimeType": "image/jpeg", "buffer": content}
        for name, content in list(FIVE.items())[:3]
    ]
    await (await chosen.value).set_files(given)
    await hers.locator(".tray img").nth(2).wait_for()
    await hers.evaluate(WATCH_FRAMES)
    await hers.get_by_role("textbox", name=EN["chat.placeholder"]).press("Enter")
    await hers.locator(".post[data-seq] .picture-image").nth(2).wait_for()
    await hers.wait_for_timeout(500)
    frames = await hers.evaluate("window.frames_seen")
    shown = next(at for at, (_, here, _height) in enumerate(frames) if here)
    assert any(unsent for unsent, _, _ in frames)
    assert not frames[-1][0]
    assert all(here for _, here, _ in frames[shown:])
    assert len({height for _, _, height in frames}) == 1
    # They are there without a connection, too, though this page shows its own.
    await hers.wait_for_function(
        "async () => (await (await caches.open('previews')).keys()).length === 3"
    )


async def test_a_sent_photo_that_the_browser_does_not_draw_is_the_servers(
    page: NewPage, alice: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.get_by_role("button", name=EN["tray.attach"]).wait_for()
    content = heic(Image.new("RGB", (400, 300), "#0b7668"))
    await choose(hers, ("IMG_0042.HEIC", "image/heic", content))
    await hers.locator(".tray-item").wait_for()
    await hers.locator(".composer-text").press("Enter")
    await hers.locator(".post[data-seq] .picture[data-here]").wait_for()
    await hers.locator(".post[data-seq] .picture").click()
    await hers.locator(".viewer-image[data-here]").wait_for()


async def test_the_keys_lead_from_a_message_to_its_pictures_and_back(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
):
    await attach(company, bob, lobby, {**FIVE, "a very long name of a contract (2).txt": b"hello"})
    hers = await page(alice, path=f"/chat/{lobby}")
    await picture(hers, 1, 5).wait_for()
    spoken = post(hers, "5 photos, a very long name of")
    await spoken.focus()
    for key in ("ArrowRight", "ArrowRight"):
        await hers.keyboard.press(key)
    await playwright.expect(picture(hers, 2, 5)).to_be_focused()
    await hers.keyboard.press("Enter")
    await hers.locator(".viewer").wait_for()
    await hers.keyboard.press("Escape")
    await hers.locator(".viewer").wait_for(state="detached")
    await playwright.expect(picture(hers, 2, 5)).to_be_focused()
    for key in ("ArrowLeft", "ArrowLeft"):
        await hers.keyboard.press(key)
    await playwright.expect(spoken).to_be_focused()


async def test_a_gif_moves_when_it_is_asked_to_and_a_file_is_saved_under_its_name(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
):
    await attach(company, bob, lobby, {"move.gif": moving(300, 200), "смета.csv": b"a;b\n1;2\n"})
    hers = await page(alice, path=f"/chat/{lobby}")
    gif = hers.get_by_role("button", name="move.gif")
    asked: list[str] = []
    hers.on("request", lambda request: asked.append(request.url))
    await gif.click()
    await hers.locator(".picture-moving").wait_for()
    await playwright.expect(gif).to_have_attribute("aria-pressed", "true")
    assert any(re.search(r"/files/[\w-]+$", url) for url in asked)
    await gif.click()
    await hers.locator(".picture-moving").wait_for(state="detached")
    async with hers.expect_download() as download:
        await hers.get_by_role("log").get_by_role("link", name="смета.csv").click()
    assert (await download.value).suggested_filename == "смета.csv"
    await gif.click(button="right")
    async with hers.expect_download() as download:
        await hers.get_by_role("menuitem", name=EN["files.save"], exact=True).click()
    assert (await download.value).suggested_filename == "move.gif"


async def test_a_picture_that_cannot_be_loaded_says_so_and_is_tried_again(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
):
    await attach(company, bob, lobby, dict(list(FIVE.items())[:2]))
    hers = await page(alice, worker=False)
    await hers.route(re.compile("/preview"), lambda route: route.abort())
    await hers.get_by_role("link", name="Lobby").click()
    failed = hers.get_by_role("button", name=EN["files.failed"])
    await playwright.expect(failed).to_have_count(2)
    height = await hers.evaluate(HEIGHT)
    await hers.unroute(re.compile("/preview"))
    await failed.first.click()
    await hers.locator(".picture[data-here]").wait_for()
    # The other one by itself, with the connection: the browser's word of it comes early.
    await hers.route(re.compile("/preview"), lambda route: route.abort())
    await hers.evaluate("() => dispatchEvent(new Event('online'))")
    await hers.wait_for_timeout(300)
    await hers.unroute(re.compile("/preview"))
    await playwright.expect(hers.locator(".picture[data-here]")).to_have_count(2)
    assert await hers.evaluate(HEIGHT) == height


async def test_an_archive_is_an_album_and_folders_to_open(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
):
    photos = {f"фото/март/IMG_{n}.jpg": photo(120, 90, 9 * n) for n in range(12)}
    papers = {f"договоры/Договор {n}.txt": b"hello" for n in range(8)}
    await attach(company, bob, lobby, photos | papers)
    hers = await page(alice, path=f"/chat/{lobby}")
    last = picture(hers, 10, 12)
    await playwright.expect(last).to_contain_text("+2")
    await playwright.expect(hers.locator(".picture")).to_have_count(10)
    await last.click()
    dialog = hers.get_by_role("dialog", name="20 files")
    await dialog.get_by_text("договоры").click()
    await playwright.expect(dialog.locator(".file-row")).to_have_count(8)
    await dialog.get_by_text("фото / март").click()
    await playwright.expect(dialog.locator(".all-files-picture")).to_have_count(12)
    assert await violations(hers) == []
    await dialog.get_by_role("button", name="IMG_11.jpg").click()
    await hers.locator(".viewer").wait_for()
    await hers.keyboard.press("Escape")
    await hers.locator(".viewer").wait_for(state="detached")
    await hers.keyboard.press("Escape")
    await dialog.wait_for(state="detached")


async def test_photos_one_has_seen_are_there_without_a_connection_until_one_signs_out(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
):
    await attach(company, bob, lobby, dict(list(FIVE.items())[:2]))
    hers = await page(alice)
    await kept(hers)
    await hers.get_by_role("link", name="Lobby").click()
    shown = hers.locator(".picture[data-here]")
    await playwright.expect(shown).to_have_count(2)
    await hers.wait_for_function(
        "async () => (await (await caches.open('previews')).keys()).length === 2"
    )
    await hers.context.set_offline(True)
    await hers.reload()
    await playwright.expect(shown).to_have_count(2)
    await hers.context.set_offline(False)
    await hers.goto("/settings/leave")
    await hers.get_by_role("button", name=EN["settings.sign_out"]).click()
    await hers.get_by_role("heading", name=EN["entry.title"]).wait_for()
    await hers.wait_for_function("async () => !(await caches.has('previews'))")

"""The tray above the composer: every way into it, what can be done in it, and what arrives."""

import io
import re
from typing import Any

from PIL import ExifTags, Image

from messenger.model import Message
from messenger.store.reads import messages as message_reads
from tests.web import attached
from tests.web.axe import violations
from tests.web.board_page import add_task
from tests.web.conftest import Company, NewPage, Person, kept, playwright, words
from tests.web.giving import a_file, attach, give

EN = words("en")
expect = playwright.expect
TURNED = 6
"""Exif's number for a picture whose top is at the right."""


def a_picture(colour: str = "teal", form: str = "PNG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(made, form)
    return made.getvalue()


def a_photo() -> bytes:
    """Of 6000×4000, with its place, as a camera stores it, held upright: red above, blue below."""
    photo = Image.new("RGB", (6000, 4000), "red")
    photo.paste("blue", (3000, 0, 6000, 4000))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = TURNED
    exif[ExifTags.Base.Make] = "Camera of Alice"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    made = io.BytesIO()
    photo.save(made, "JPEG", exif=exif, quality=95)
    return made.getvalue()


async def last(company: Company, person: Person, chat_id: int) -> Message:
    """The last message that the server has."""
    database = company.server.database
    found = await message_reads.page(database, person.user_id, chat_id, 1)
    return found.messages[-1]


def names(page: Any) -> Any:
    return page.locator(".tray-item .file-name")


async def test_what_is_pasted_or_dropped_comes_into_the_tray_and_stays_there(
    page: NewPage,
    company: Company,
    alice: Person,
    bob: Person,
    lobby: int,
    settings: dict[str, str],
):
    settings["FILE_MAX_BYTES"] = "1000"
    await company.stop()
    await company.start()
    office = await company.group(alice, bob, title="Office")
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.locator(".composer-text").wait_for()
    await kept(hers)
    shot = a_file("image.png", a_picture(), "image/png")
    await give(hers, ".composer-text", "paste", shot)
    await expect(names(hers)).to_have_text(
        re.compile(r"^Picture \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$")
    )
    long = a_file("film.mp4", b"x" * 1001, "video/mp4")
    empty, plan = a_file("nothing.txt", b"", "text/plain"), a_file("plan.txt", b"1", "text/plain")
    await give(hers, f"[data-takes='{office}']", "drop", long, empty, plan, plan)
    await hers.wait_for_url(f"**/chat/{office}")
    await expect(names(hers)).to_have_text(["plan.txt"])
    said = hers.locator(".toast")
    for left in ("film.mp4", "nothing.txt", "plan.txt"):
        await expect(said).to_contain_text(left)
    await hers.reload()
    await expect(names(hers)).to_have_text(["plan.txt"])
    await hers.locator(f"[data-takes='{lobby}']").click()
    await expect(names(hers)).to_contain_text("Picture")


async def test_files_are_ordered_renamed_and_removed_by_keys(
    page: NewPage, alice: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.locator(".composer-text").wait_for()
    await attach(
        hers,
        ("one.png", "image/png", a_picture()),
        ("two.txt", "text/plain", b"2"),
        ("three.txt", "text/plain", b"3"),
    )
    await hers.locator(".tray-tile").first.focus()
    await hers.keyboard.press("Alt+ArrowRight")
    await expect(names(hers)).to_have_text(["two.txt", "one.png", "three.txt"])
    await expect(hers.get_by_role("button", name="Photo 2 of 3: one.png, ")).to_be_focused()
    await hers.keyboard.press("F2")
    await expect(hers.locator(".tray-rename-field")).to_be_focused()
    await hers.keyboard.type("Смета")
    await hers.keyboard.press("Enter")
    await expect(names(hers).nth(1)).to_have_text("Смета.png")
    await hers.keyboard.press("End")
    await hers.keyboard.press("Delete")
    await expect(names(hers)).to_have_text(["two.txt", "Смета.png"])
    await hers.keyboard.press("Escape")
    await expect(hers.locator(".composer-text")).to_be_focused()
    await hers.get_by_role("button", name=EN["app.undo"]).click()
    await expect(names(hers)).to_have_text(["two.txt", "Смета.png", "three.txt"])
    assert await violations(hers) == []


async def test_a_photo_arrives_upright_reduced_and_bare_and_a_file_as_it_is(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    hers, photo = await page(alice, path=f"/chat/{lobby}"), a_photo()
    await hers.locator(".composer-text").wait_for()
    await attach(hers, ("photo.jpg", "image/jpeg", photo), ("plan.jpg", "image/jpeg", photo[:-2]))
    await hers.get_by_role("button", name="Photo 2 of 2: plan.jpg").click()
    await hers.get_by_role("menuitemcheckbox", name=EN["tray.uncompressed"]).click()
    await hers.get_by_role("button", name="File 2 of 2: plan.jpg").wait_for()
    # Without a word: the files are the message.
    await hers.get_by_role("button", name=EN["chat.send"]).click()
    await hers.locator(".post-own:not(.post-unsent)").wait_for()
    message = await last(company, alice, lobby)
    [small, whole] = message.files
    assert (small.name, small.shown_as, whole.name, whole.shown_as) == (
        "photo.jpg",
        None,
        "plan.jpg",
        "file",
    )
    assert (small.width, small.height) == (1707, 2560)
    got = [
        await (await hers.request.get(f"/api/v1/files/{each.id}")).body() for each in (small, whole)
    ]
    assert got[1] == photo[:-2]
    assert b"Camera of Alice" in photo
    assert b"Exif" not in got[0]
    assert len(got[0]) < len(photo)
    picture = Image.open(io.BytesIO(got[0]))
    red, blue = picture.getpixel((800, 100)), picture.getpixel((800, 2400))
    assert red[0] > 200 > red[2]
    assert blue[2] > 200 > blue[0]


async def test_a_message_of_ones_own_loses_a_file_and_gets_another(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    await attached.attach(company, alice, lobby, {"one.txt": b"1", "two.txt": b"2"})
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.locator(".post-own").wait_for()
    await hers.locator(".composer-text").press("ArrowUp")
    await hers.get_by_role("button", name=EN["tray.remove_named"].format(name="one.txt")).click()
    await attach(hers, ("three.txt", "text/plain", b"3"))
    await expect(names(hers)).to_have_text(["two.txt", "three.txt"])
    await hers.locator(".composer-text").press("Enter")
    await hers.locator(".tray").wait_for(state="detached")
    # Nothing is left to put it back into.
    await expect(hers.get_by_role("button", name=EN["app.undo"])).to_have_count(0)
    await hers.locator(".post-own", has_text="three.txt").wait_for()
    # It is shown before the server has it.
    wanted = ["two.txt", "three.txt"]
    while [file.name for file in (await last(company, alice, lobby)).files] != wanted:
        await hers.wait_for_timeout(50)


async def test_a_comment_of_a_card_carries_files_and_leaves_the_chats_draft(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    task = await add_task(company, alice, "Paint the fence", chat_id=lobby)
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.locator(".composer-text").fill("half a thought")
    await hers.get_by_text(EN["chats.draft"]).wait_for()
    await hers.goto(f"/task/{task}")
    field = hers.locator(".comment-field")
    await field.get_by_role("textbox").wait_for()
    async with hers.expect_file_chooser() as asked:
        await field.get_by_role("button", name=EN["tray.attach"]).click()
    file = {"name": "fence.txt", "mimeType": "text/plain", "buffer": b"green"}
    await (await asked.value).set_files([file])
    await field.locator(".tray-item").wait_for()
    await hers.set_viewport_size({"width": 1280, "height": 420})
    await field.get_by_role("textbox").press("Enter")
    await hers.locator(".talk-comment time").first.wait_for()
    # It stands far below what a card has: one is brought to it.
    await expect(hers.locator(".talk-comment").last).to_be_in_viewport()
    message = await last(company, alice, lobby)
    assert (message.task_id, [file.name for file in message.files]) == (task, ["fence.txt"])
    await hers.goto(f"/chat/{lobby}")
    await expect(hers.locator(".composer-text")).to_have_value("half a thought")

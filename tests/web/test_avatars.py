"""Faces: chosen, cropped by keys, seen by others at once, there offline, taken away and back."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from messenger.protocol.accounts import UpdateUser
from messenger.protocol.avatars import SetChatAvatar
from tests.live.conftest import make_avatar
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, kept, words
from tests.web.faces import hills, portrait

EN = words("en")
# Of a picture that is here: the colour in its middle, as the screen has it.
COLOUR = """(image) => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 9, height: 9});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, 9, 9);
  return [...context.getImageData(4, 4, 1, 1).data.slice(0, 3)];
}"""


@pytest.fixture
def banner(tmp_path: Path) -> Path:
    """Red at the left, blue at the right."""
    image = Image.new("RGB", (900, 300), (200, 0, 0))
    image.paste((0, 0, 200), (450, 0, 900, 300))
    image.save(tmp_path / "banner.png")
    return tmp_path / "banner.png"


def face(page: Any, of: str) -> Any:
    """The picture of somebody or something whose link or row says so, once it is here."""
    row = page.get_by_role("listitem").filter(has_text=of)
    return row.locator("img.avatar-picture[data-here]").first


async def colour(picture: Any) -> str:
    red, _, blue = await picture.evaluate(COLOUR)
    return "red" if red > blue + 80 else "blue" if blue > red + 80 else "both"


async def choose(page: Any, file: Path) -> Any:
    """Open the frame with a picture in it."""
    await page.locator("input[type=file]:not([capture])").set_input_files(file)
    frame = page.get_by_role("group", name=EN["avatar.frame"])
    await page.locator(".crop-image:not([style*=hidden])").wait_for()
    return frame


async def test_a_picture_is_cropped_by_keys_and_others_see_it_at_once(
    page: NewPage, alice: Person, bob: Person, lobby: int, banner: Path
):
    hers, his = await page(alice, path="/settings/profile"), await page(bob, path="/people")
    await his.get_by_role("link", name="Alice").first.wait_for()
    frame = await choose(hers, banner)
    assert await violations(hers) == []
    await frame.focus()
    for _ in range(20):
        await hers.keyboard.press("Shift+ArrowRight")
    await hers.keyboard.press("+")
    await hers.keyboard.press("Enter")
    await hers.get_by_text(EN["avatar.saved"]).wait_for()
    seen = face(his, "Alice")
    await seen.wait_for()
    assert await colour(seen) == "red"
    frame = await choose(hers, banner)
    box = await frame.bounding_box()
    await hers.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await hers.mouse.down()
    await hers.mouse.move(box["x"] - 900, box["y"], steps=5)
    await hers.mouse.up()
    before = await seen.get_attribute("src")
    await hers.get_by_role("dialog").get_by_role("button", name=EN["app.save"]).click()
    await his.wait_for_function(
        "([before]) => document.querySelector(`img.avatar-picture[src='${before}']`) === null",
        arg=[before],
    )
    await seen.and_(his.locator(f"img:not([src='{before}'])")).wait_for()
    assert await colour(seen) == "blue"


async def test_it_is_there_offline_and_gone_from_the_device_after_signing_out(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    url = await make_avatar(company.server, alice.user_id, alice.user_id, portrait(1))
    await company.ask(alice, UpdateUser(user_id=alice.user_id, avatar_url=url))
    his = await page(bob, path="/people")
    await kept(his)
    # Asked for again by way of the worker, which keeps it.
    await his.reload()
    await face(his, "Alice").wait_for()
    await his.wait_for_function(
        "async () => (await (await caches.open('faces')).keys()).length > 0"
    )
    await his.context.set_offline(True)
    await his.reload()
    await face(his, "Alice").wait_for()
    await his.context.set_offline(False)
    await his.goto("/settings/leave")
    await his.get_by_role("button", name=EN["settings.sign_out"]).first.click()
    confirm = his.get_by_role("dialog").get_by_role("button", name=EN["settings.sign_out"])
    if await confirm.count():
        await confirm.click()
    await his.wait_for_function("async () => !(await caches.has('faces'))")


async def test_taken_away_it_gives_way_to_initials_and_comes_back(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    url = await make_avatar(company.server, alice.user_id, alice.user_id, portrait(1))
    await company.ask(alice, UpdateUser(user_id=alice.user_id, avatar_url=url))
    hers, his = await page(alice, path="/settings/profile"), await page(bob, path="/people")
    await face(his, "Alice").wait_for()
    await hers.get_by_role("button", name=EN["avatar.remove"]).click()
    await face(his, "Alice").wait_for(state="detached")
    await (
        his.get_by_role("listitem").filter(has_text="Alice").get_by_text("A", exact=True).wait_for()
    )
    await hers.get_by_role("button", name=EN["app.undo"]).click()
    await face(his, "Alice").wait_for()


async def test_a_chat_has_a_picture_and_what_cannot_be_had_leaves_its_letter(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, banner: Path
):
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, worker=False)
    await hers.get_by_role("button", name=EN["chat.menu"]).click()
    await hers.get_by_role("menuitem", name=EN["avatar.of_chat"]).click()
    await choose(hers, banner)
    await hers.get_by_role("button", name=EN["app.save"]).click()
    await face(his, "Lobby").wait_for()
    await his.route("**/files/avatars/**", lambda route: route.fulfill(status=404))
    url = await make_avatar(company.server, lobby, alice.user_id, hills())
    await company.ask(alice, SetChatAvatar(chat_id=lobby, avatar_url=url))
    row = his.get_by_role("listitem").filter(has_text="Lobby")
    await row.locator(".avatar-picture").wait_for(state="detached")
    await row.get_by_text("L", exact=True).wait_for()


async def test_an_administrator_takes_a_persons_away(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    [root] = await company.hire("root", role="admin")
    url = await make_avatar(company.server, bob.user_id, bob.user_id, portrait(2))
    await company.ask(bob, UpdateUser(user_id=bob.user_id, avatar_url=url))
    theirs, his = await page(root, path="/admin/people"), await page(bob, path="/settings/profile")
    await face(theirs, "Bob").wait_for()
    await theirs.get_by_role("button", name=EN["admin.actions_of"].format(name="Bob")).click()
    await theirs.get_by_role("menuitem", name=EN["admin.remove_picture"]).click()
    await theirs.get_by_role("dialog").get_by_role("button", name=EN["avatar.remove"]).click()
    await face(theirs, "Bob").wait_for(state="detached")
    await his.get_by_role("button", name=EN["avatar.choose"]).wait_for()


async def test_what_is_no_picture_is_refused_in_words(page: NewPage, alice: Person, tmp_path: Path):
    (tmp_path / "letter.txt").write_text("hello")
    hers = await page(alice, path="/settings/profile")
    await hers.locator("input[type=file]").set_input_files(tmp_path / "letter.txt")
    await hers.get_by_text(EN["avatar.not_picture"]).wait_for()
    assert await hers.get_by_role("button", name=EN["app.save"]).last.is_disabled()

"""Pictures of files in messages: albums, rows, folders, what fails. See `screenshots`."""

import re
import uuid

from PIL import Image, ImageDraw

from messenger.protocol.commands import PinMessage, SendMessage
from tests.files.pictures import saved
from tests.web.attached import attach, moving, photo
from tests.web.conftest import Company, NewPage, Person, words
from tests.web.screenshots import DESKTOP, HAND, LOOKED_AT, Camera, Look, camera

SHAPES = [(1600, 1200), (900, 1200), (1600, 1000), (1200, 1200), (1600, 1100)]
FIVE = {f"IMG_204{n}.jpg": photo(*shape, 40 * n) for n, shape in enumerate(SHAPES)}
PAPERS = {
    "Договор поставки оборудования для мастерской от 12 марта 2026 (2).pdf": "pdf",
    "Замеры.csv": "csv",
}


def pdf() -> bytes:
    """A page with lines on it."""
    page = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(page)
    for line in range(60, 800, 26):
        draw.line((60, line, 420 + line * 37 % 140, line), "#555", 6)
    return saved(page, "PDF")


@LOOKED_AT
async def test_files_of_messages(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, look: Look
):
    say = words(look.locale)
    contents = {"pdf": pdf(), "csv": b"a;b;c\n1;2;3\n" * 300}
    papers = {name: contents[kind] for name, kind in PAPERS.items()}
    await attach(company, alice, lobby, {"Эскиз.jpg": photo(900, 1600, 200)}, "Так?")
    album = await attach(company, bob, lobby, FIVE, "Пять видов мастерской, выбирайте обложку")
    await attach(company, bob, lobby, papers)
    await company.ask(alice, PinMessage(chat_id=lobby, seq=album))
    answer = SendMessage(
        chat_id=lobby, client_message_id=str(uuid.uuid4()), text="Третий!", reply_to=album
    )
    await company.ask(alice, answer)
    shot = await camera(page, alice, look, f"/chat/{lobby}")
    device = shot.page
    await device.locator(".picture[data-here]").nth(4).wait_for()
    await shot.take("100-album-and-files")
    await device.locator(".picture").nth(2).click(button="right")
    await device.get_by_role("menu").last.wait_for()
    await shot.take("101-file-menu")
    await device.keyboard.press("Escape")
    await device.get_by_role("button", name=say["chat.menu"], exact=True).first.click()
    await device.get_by_role("menuitem", name=say["chat.pins"]).click()
    await shot.take("102-pinned-files")


@LOOKED_AT
async def test_many_files_and_what_fails(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, look: Look
):
    photos = {f"фото/март/IMG_{n}.jpg": photo(400, 300 + n % 5 * 40, 9 * n) for n in range(25)}
    papers = {f"договоры/2025/Договор {n}.txt": b"hello" * 400 * n for n in range(1, 9)}
    await attach(company, bob, lobby, photos | papers)
    about = {"phone": look.phone, "dark": look.dark, "locale": look.locale, "worker": False}
    device = await page(alice, path=f"/chat/{lobby}", **about)
    await device.set_viewport_size(HAND if look.phone else DESKTOP)
    shot = Camera(device, look)
    await device.locator(".picture[data-here]").nth(9).wait_for()
    await shot.take("103-archive")
    await device.locator(".picture-more").click()
    await device.locator("summary").first.click()
    await device.locator("summary").last.click()
    await shot.take("104-folders")
    await device.keyboard.press("Escape")
    await device.route(re.compile("/preview"), lambda route: route.abort())
    await attach(
        company, bob, lobby, {**dict(list(FIVE.items())[:2]), "шутка.gif": moving(400, 300)}
    )
    await device.locator(".picture-failed").nth(2).wait_for()
    await shot.take("105-not-loaded")

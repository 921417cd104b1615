"""Pictures of files on their way: waiting, half sent, refused, unpacked. See `screenshots`."""

from typing import Any

from tests.files.zips import Member, zip_of
from tests.web.attached import photo
from tests.web.conftest import Company, NewPage, Person, kept, words
from tests.web.screenshots import LOOKED_AT, Camera, Look, camera

FULL = {"error": {"code": "quota_exceeded", "message": "There is no room left."}}


async def send(shot: Camera, text: str, *files: tuple[str, str, bytes]) -> None:
    device, say = shot.page, words(shot.look.locale)
    async with device.expect_file_chooser() as asked:
        await device.locator(".composer .attach").click()
        if shot.look.phone:
            await device.get_by_role("menuitem", name=say["tray.file"], exact=True).click()
    chosen = [{"name": name, "mimeType": mime, "buffer": content} for name, mime, content in files]
    await (await asked.value).set_files(chosen)
    await device.locator(".tray-item").nth(len(files) - 1).wait_for()
    for box in await device.locator(".tray-item").all():
        if files[0][0].endswith(".zip"):
            await box.get_by_role("button").first.focus()
            await device.keyboard.press("ContextMenu")
            await device.get_by_role("menuitemcheckbox", name=say["tray.unpack"]).click()
    await device.get_by_role("textbox", name=say["chat.placeholder"], exact=True).fill(text)
    await device.get_by_role("button", name=say["chat.send"], exact=True).click()


@LOOKED_AT
async def test_uploads(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, look: Look
):
    say = words(look.locale)
    shot: Camera = await camera(page, alice, look, f"/chat/{lobby}")
    device = shot.page
    pictures = [(f"{n}.jpg", "image/jpeg", photo(1600, 1000, 40 * n)) for n in range(3)]
    film = ("Отпуск.mp4", "video/mp4", bytes(6_000_000))
    await kept(device)
    await device.context.set_offline(True)
    await send(shot, "Отпуск", *pictures)
    await device.locator(".post-unsent img").nth(2).wait_for()
    await shot.now("120-files-wait")

    async def never(route: Any) -> None:
        """Half of it has gone, and nothing more goes."""

    await device.route("**/uploads/resumable/*", never)
    await device.context.set_offline(False)
    await device.locator(".post-unsent").wait_for(state="detached")
    await send(shot, "", film)
    await device.locator(".post-unsent").wait_for()
    await device.wait_for_timeout(1000)
    await shot.now("121-file-on-its-way")
    await device.unroute("**/uploads/resumable/*")
    await device.reload()

    async def refuse(route: Any) -> None:
        await route.fulfill(status=413, json=FULL)

    await device.route("**/api/v1/files?*", refuse)
    await send(shot, "Договор", ("Договор поставки.pdf", "application/pdf", b"%PDF-1.4"))
    await device.get_by_role("alert").filter(has_text="Договор").wait_for()
    await shot.now("122-file-refused")
    members = [
        Member("План.txt".encode("cp866"), b"plan"),
        Member("Фото/1.txt".encode("cp866"), b"list"),
        Member("Пароли.txt".encode("cp866"), b"hidden", flags=1),
        Member(b"../up.txt", b"up"),
    ]
    await send(shot, "", ("Документы.zip", "application/zip", zip_of(members)))
    await device.get_by_role("status").filter(has_text="Документы").wait_for()
    await device.wait_for_timeout(300)
    await shot.now("123-archive-unpacked")
    await device.get_by_role("button", name=say["report.show"]).click()
    await device.get_by_role("dialog").wait_for()
    await shot.take("124-left-out")

"""Pictures of the viewer and of a chat's files. See `screenshots`."""

import re

from messenger.protocol.commands import DeleteMessage
from messenger.protocol.tasks import AttachFiles, CreateTask
from tests.web.attached import attach, photo, uploaded
from tests.web.conftest import Company, NewPage, Person, kept, words
from tests.web.screenshots import LOOKED_AT, Look, camera
from tests.web.screenshots_files import FIVE, PAPERS, pdf
from tests.web.test_files_panel import written_in

HERE = ".pswp__item[aria-hidden=false] img[data-here]"


@LOOKED_AT
async def test_viewer(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, look: Look
):
    say = words(look.locale)
    await attach(company, bob, lobby, {next(iter(PAPERS)): pdf()})
    await attach(company, bob, lobby, FIVE, "Пять видов мастерской, выбирайте обложку")
    gone = await attach(company, bob, lobby, {"черновик.jpg": photo(900, 1200, 90)})
    shot = await camera(page, alice, look, f"/chat/{lobby}")
    device = shot.page
    await device.get_by_role("button", name="IMG_2042.jpg").click()
    await device.locator(HERE).wait_for()
    await shot.take("110-viewer")
    await device.keyboard.press("ArrowLeft")
    await device.keyboard.press("r")
    await device.keyboard.press("+")
    await device.wait_for_timeout(300)
    await shot.take("111-viewer-turned")
    if not look.phone:
        await device.keyboard.press("?")
        await device.get_by_text(say["viewer.turn"], exact=True).scroll_into_view_if_needed()
        await shot.take("112-viewer-keys")
        await device.keyboard.press("Escape")
    await device.keyboard.press("Escape")
    await device.get_by_role("button", name="черновик.jpg").click()
    await device.locator(HERE).wait_for()
    await company.ask(bob, DeleteMessage(chat_id=lobby, seq=gone))
    await device.locator(".viewer-said").last.wait_for()
    await shot.take("113-viewer-deleted")
    await device.keyboard.press("Escape")
    await device.locator(".file-row-main", has_text="Договор").click()
    await device.locator(".viewer-page").wait_for()
    await shot.take("114-viewer-document")


@LOOKED_AT
async def test_files_panel(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, look: Look
):
    for month, hue in (("2025-11", 0), ("2026-03", 70), ("2026-10", 140)):
        photos = {f"IMG_{hue + n}.jpg": photo(600, 450, hue + 20 * n) for n in range(5)}
        written_in(company, await attach(company, bob, lobby, photos), month)
    papers = {"Замеры.csv": b"a;b;c\n1;2;3\n" * 300, next(iter(PAPERS)): pdf(), "Смета.txt": b"1"}
    await attach(company, bob, lobby, papers)
    task = await company.ask(bob, CreateTask(chat_id=lobby, title="Согласовать план мастерской"))
    sketches = {"Эскиз.jpg": photo(800, 800, 20), "План мастерской.pdf": pdf()}
    on_card = [file.id for file in await uploaded(company, bob, lobby, sketches)]
    await company.ask(bob, AttachFiles(task_id=task.id, file_ids=on_card))
    await company.send(bob, lobby, "Чертежи: https://example.org/чертежи/мастерская?этаж=2")
    await company.send(alice, lobby, "[Договор](https://docs.example.org/d/17) и почта.рф")
    shot = await camera(page, alice, look, f"/chat/{lobby}/media")
    device = shot.page
    panel = device.get_by_role("complementary")
    await panel.locator("img").first.wait_for()
    await shot.take("115-files-media")
    for number, tab in ((116, "documents"), (117, "links"), (118, "voice")):
        await shot.at(f"/chat/{lobby}/{tab}", f"{number}-files-{tab}")
    await kept(device)
    await device.route(re.compile("/files"), lambda route: route.abort())
    await shot.at(f"/chat/{lobby}/documents", "119-files-offline")

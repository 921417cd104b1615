"""Pictures of cards with files: covers on the board, a card's list, what waits."""

from messenger.protocol.commands import SendMessage
from messenger.protocol.tasks import AttachFiles
from messenger.store.reads import tasks as task_reads
from tests.files.pictures import pdf
from tests.web.attached import photo, uploaded
from tests.web.conftest import Company, NewPage, Person, kept, words
from tests.web.screenshots import BOARD, LOOKED_AT, Look, camera, resident, settings, workshop
from tests.web.test_tray import a_file, give

__all__ = ["settings", "workshop"]

SHAPES = [(1600, 900), (900, 1200), (1800, 700)]
PAPERS = {
    "Договор с типографией на печать каталога (подписан обеими сторонами).pdf": pdf(),
    "Вид из окна.jpg": photo(1500, 1000, 60),
    "Список дел.txt": "Не забыть про фурнитуру".encode(),
}


async def furnish(company: Company, anna: Person, chat: int) -> int:
    """Put files on some cards of the demo's board; the answer is the card that has the most."""
    board = await task_reads.board(company.server.database, anna.user_id, chat)
    first = board.columns[0].id
    own = sorted(board.tasks, key=lambda task: task.column_id != first)[: len(SHAPES)]
    for number, (task, shape) in enumerate(zip(own, SHAPES, strict=True)):
        contents = {f"Эскиз {number + 1}.jpg": photo(*shape, 40 + 60 * number)}
        contents |= PAPERS if number == 0 else {}
        ids = [file.id for file in await uploaded(company, anna, chat, contents)]
        await company.ask(anna, AttachFiles(task_id=task.id, file_ids=ids, cover=True))
    return own[0].id


async def comment(company: Company, who: Person, chat: int, task: int) -> None:
    files = await uploaded(company, who, chat, {"Фасад.jpg": photo(1200, 800, 200)})
    key = "01890a5d-ac96-774b-bcce-b302099a8057"
    said = SendMessage(
        chat_id=chat, client_message_id=key, text="Так лучше?", task_id=task,
        file_ids=[file.id for file in files],
    )  # fmt: skip
    await company.ask(who, said)


@LOOKED_AT
async def test_files_of_cards(page: NewPage, workshop: Company, look: Look):
    anna, say = await resident(workshop, "anna"), words(look.locale)
    shot = await camera(page, anna, look)
    device = shot.page
    link = device.get_by_role("link", name=BOARD).first
    await link.wait_for()
    chat = int(str(await link.get_attribute("href")).split("/")[-1])
    task = await furnish(workshop, anna, chat)
    await comment(workshop, await resident(workshop, "dmitry"), chat, task)
    await shot.at(f"/board/{chat}", "140-board-with-covers")
    await device.locator(f"[data-card='{task}'] a").click()
    files = device.locator(".attachments")
    await files.locator("li").nth(3).wait_for()
    await files.evaluate("element => element.scrollIntoView({ block: 'center' })")
    await shot.take("141-card-with-files")
    await device.get_by_role(
        "button", name=say["card.file_menu"].format(name="Эскиз 1.jpg")
    ).click()
    await device.get_by_role("menu").wait_for()
    await shot.take("142-file-menu")
    await device.keyboard.press("Escape")
    await kept(device)
    await device.context.set_offline(True)
    await give(device, ".attachments", "dragover", a_file("a.png", photo(40, 30), "image/png"))
    await device.locator(".incoming-zone").first.wait_for()
    await shot.now("143-drop-on-card")
    await give(
        device, ".incoming-zone", "drop", a_file("Новый вид.jpg", photo(800, 600, 90), "image/jpeg")
    )
    await files.get_by_text(say["card.file_waits"]).wait_for()
    await files.locator("li").last.evaluate(
        "element => element.scrollIntoView({ block: 'center' })"
    )
    await shot.now("144-file-waits")

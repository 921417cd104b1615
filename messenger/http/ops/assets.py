"""The web client: what `static/` was built into as it was at the start, and the shell around it.

Every place of the client is answered with the same shell; which one is meant is
read in the browser, also that it is none. Without a build there are no such places, and
the root says that the server runs. Knows nothing of what the client does.
"""

import functools
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from aiohttp import web

from messenger.errors import NotFound
from messenger.http.ops.page_words import LANGUAGES, preferred_words
from messenger.http.ops.templates import TEMPLATES
from messenger.http.plumbing.accepting import prefers_page
from messenger.http.plumbing.cached import Cached
from messenger.http.plumbing.keys import NOWHERE, ORGANISATION, SETTINGS
from messenger.http.plumbing.shelf import Shelf
from messenger.model import Known
from messenger.public import public_settings

CHECKOUT: Final = Path(__file__).parents[3] / "static" / "dist"
INSTALLED: Final = Path(__file__).parents[2] / "_static"
ENTRY: Final = "src/app/main.tsx"
HASHED: Final = "assets"
COMPRESSED: Final = ".gz"

SIGNED_IN: Final = "src/app/signed-in.tsx"
OUTSIDE: Final = "entry"
MISSING: Final = "missing"
NO_PLACES: Final = frozenset({"api", "v1", HASHED})
"""What an address begins with where no person looks: there, what is not found is data."""
PLACES: Final = {
    "/": "chats",
    "/chat/{place:.+}": "chat",
    "/board/{place:.+}": "board",
    "/task/{place:.+}": "card",
    "/tasks": "tasks",
    "/people": "people",
    "/people/{place:.+}": "person",
    "/search": "search",
    "/settings": "settings",
    "/settings/{place:.+}": "settings",
    "/admin": "admin",
    "/admin/{place:.+}": "admin",
    "/sign-in": OUTSIDE,
    "/register": OUTSIDE,
    "/invite/{place:.+}": OUTSIDE,
    "/welcome": "welcome",
}
"""What `static/src/lib/router.ts` can read, and the folder of `views/` with the screen of it."""

POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
SHELL: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
    "Vary": "Accept-Language, Accept-Encoding",
}
WORKER: Final = {"Content-Security-Policy": POLICY}
"""A service worker is bound by its own script's policy: with that of data it may fetch nothing."""
TYPES: Final = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Chunk(msgspec.Struct, frozen=True):
    """One entry of the list that the build leaves behind."""

    file: str
    css: list[str] = []
    imports: list[str] = []
    assets: list[str] = []


class Client:
    """A build, read once: its files by name, and the chunks that the shell has to name."""

    def __init__(self, root: Path) -> None:
        listed = (root / ".vite" / "manifest.json").read_bytes()
        self.chunks = msgspec.json.decode(listed, type=dict[str, Chunk])
        shelf = Shelf()
        self.hashed = {
            path.name: kept_for_ever(path, shelf)
            for path in sorted((root / HASHED).iterdir())
            if path.suffix != COMPRESSED
        }
        self.beside = {
            path.name: Cached(path.read_bytes(), type_of(path), WORKER if is_script(path) else {})
            for path in sorted(root.iterdir())
            if path.is_file() and path.suffix != ".html"
        }

    def __repr__(self) -> str:
        return f"<Client {len(self.hashed)} hashed files, {len(self.beside)} beside>"

    def head(self, screen: str, locale: str) -> dict[str, Any]:
        """The addresses in the head of a screen's shell: all that it needs, asked for at once."""
        shown = [ENTRY] if screen == OUTSIDE else [ENTRY, SIGNED_IN]
        entry, *others = self.closure(*shown, f"src/views/{screen}/index.tsx")
        styles = [file for chunk in (entry, *others) for file in chunk.css]
        words = [file for file in entry.assets if file.startswith(f"{HASHED}/{locale}-")]
        return {
            "script": f"/{entry.file}",
            "styles": [f"/{file}" for file in dict.fromkeys(styles)],
            "preloads": [f"/{chunk.file}" for chunk in others],
            "words": [f"/{file}" for file in words],
        }

    def closure(self, entry: str, *names: str) -> list[Chunk]:
        """The entry, then chunks with all that they import, what is imported first."""
        found = {entry: self.chunks[entry]}

        def add(name: str) -> None:
            chunk = self.chunks.get(name)
            if chunk is None:
                return
            for imported in chunk.imports:
                if imported not in found:
                    add(imported)
            found.setdefault(name, chunk)

        for name in (*self.chunks[entry].imports, *names):
            add(name)
        return list(found.values())


@functools.lru_cache(maxsize=2)
def read(root: Path) -> Client:
    """A build as it is when first asked for: read once in a process, whatever is served in it."""
    return Client(root)


def kept_for_ever(path: Path, shelf: Shelf) -> Cached:
    """One of the hashed files; of what the build has compressed nothing else is kept."""
    try:
        compressed = path.with_name(path.name + COMPRESSED).read_bytes()
    except FileNotFoundError:
        return Cached(path.read_bytes(), type_of(path), FOR_EVER, shelf=shelf)
    return Cached(compressed, type_of(path), FOR_EVER, compressed=True, shelf=shelf)


def is_script(path: Path) -> bool:
    return path.suffix == ".js"


def type_of(path: Path) -> str:
    guessed = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    if guessed is None:
        return "application/octet-stream"
    textual = guessed.startswith("text/") or guessed.endswith(("json", "xml"))
    return f"{guessed}; charset=utf-8" if textual else guessed


def built() -> Path | None:
    """Where the client is: a checkout's own build before what was installed with the package."""
    for root in (CHECKOUT, INSTALLED):
        if (root / ".vite" / "manifest.json").is_file():
            return root
    return None


def expected_locale(request: web.Request, organisation: Known) -> str:
    """Which words a browser will most likely want: the others are fetched when it says so."""
    accepted = request.headers.get("Accept-Language", "")
    return preferred_words(accepted, LANGUAGES[organisation.locale]).locale


def is_for_people(path: str) -> bool:
    return path.removeprefix("/").partition("/")[0] not in NO_PLACES


def install(app: web.Application, otherwise: Handler, root: Path | None) -> None:
    """Serve the client that was built at `root`; without one, `otherwise` answers at the root."""
    if root is None:
        app.router.add_get("/", otherwise)
        return
    client = read(root)
    settings = app[SETTINGS]
    templates = app[TEMPLATES]

    def shell(screen: str, status: int = 200) -> Handler:
        @functools.lru_cache(maxsize=2 * len(LANGUAGES))
        def made(public: str, locale: str) -> Cached:
            head = client.head(screen, locale)
            page = templates.render("app.html", **head, locale=locale, settings=public)
            headers = SHELL if status == 200 else {**SHELL, "Vary": f"Accept, {SHELL['Vary']}"}
            return Cached(page.encode(), "text/html; charset=utf-8", headers)

        async def place(request: web.Request) -> web.Response:
            public = public_settings(settings, await request.app[ORGANISATION].current())
            locale = expected_locale(request, public.organisation)
            return made(msgspec.json.encode(public).decode(), locale).answer(request, status)

        return place

    lost = shell(MISSING, status=404)

    async def nowhere(request: web.Request) -> web.Response | None:
        asked = request.method in ("GET", "HEAD") and is_for_people(request.path)
        wanted = asked and prefers_page(request.headers.get("Accept", ""))
        return await lost(request) if wanted else None

    async def send_hashed(request: web.Request) -> web.StreamResponse:
        found = client.hashed.get(request.match_info["name"])
        if found is None:
            raise NotFound("There is no such file in this version of the client.")
        return found.answer(request)

    async def beside(request: web.Request) -> web.StreamResponse:
        return client.beside[request.path.removeprefix("/")].answer(request)

    app[NOWHERE] = nowhere
    for path, screen in PLACES.items():
        app.router.add_get(path, shell(screen))
    app.router.add_get(f"/{HASHED}/{{name}}", send_hashed)
    for name in client.beside:
        app.router.add_get(f"/{name}", beside)

"""The server's own pages: that it runs, and how to talk to it.

Whole without scripts and without the internet: one inlined style sheet, named
in the content security policy by its hash. The reference is rendered once.
"""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import msgspec
from aiohttp import web

from messenger.http.endpoints import mails
from messenger.http.ops import assets, health, metrics
from messenger.http.ops.health import READY
from messenger.http.ops.page_words import LANGUAGES, Words, preferred_words
from messenger.http.ops.templates import DIRECTORY, TEMPLATES, Templates
from messenger.http.plumbing.cached import Cached
from messenger.http.plumbing.keys import SETTINGS

if TYPE_CHECKING:
    from messenger.reference.html import Rendered
    from messenger.reference.operation import Route
    from messenger.reference.schemas import Schema

STYLE: Final = (DIRECTORY / "pages.css").read_text()
BASES: Final = ("/api/v1", "/v1")
HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json; charset=utf-8"


def policy(style: str) -> str:
    """The content security policy of a page with this one style sheet and no script."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


POLICY: Final = policy(STYLE)


class Documents:
    """What stays the same while the process runs, by name; each made when first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], Cached]]) -> None:
        self.makers = makers
        self.made: dict[str, Cached] = {}

    def __repr__(self) -> str:
        return f"<Documents {', '.join(self.made) or 'none'} made>"

    async def answer(self, request: web.Request, name: str) -> web.Response:
        cached = self.made.get(name)
        if cached is None:
            # Half a second of work, once: in a thread, so that no message waits for it.
            cached = self.made[name] = await asyncio.to_thread(self.makers[name])
        return cached.answer(request)


DOCUMENTS: Final = web.AppKey("documents", Documents)


async def index(request: web.Request) -> web.Response:
    """Say that the server runs, and where to read on."""
    words = words_for(request)
    reasons = await request.app[READY]()
    text = request.app[TEMPLATES].render(
        "index.html", words=words, reasons=[words.reasons[reason] for reason in reasons]
    )
    return web.Response(
        text=text,
        content_type="text/html",
        headers={**headers_for(words), "Cache-Control": "no-store"},
    )


async def docs(request: web.Request) -> web.Response:
    """The whole reference on one page, for people."""
    return await request.app[DOCUMENTS].answer(request, words_for(request).locale)


async def openapi_json(request: web.Request) -> web.Response:
    return await request.app[DOCUMENTS].answer(request, "openapi")


async def asyncapi_json(request: web.Request) -> web.Response:
    return await request.app[DOCUMENTS].answer(request, "asyncapi")


def words_for(request: web.Request) -> Words:
    """The language of a page: as asked in the address, else as the browser prefers."""
    asked = LANGUAGES.get(request.query.get("lang", ""))
    if asked is not None:
        return asked
    default = LANGUAGES[request.app[SETTINGS].default_locale]
    return preferred_words(request.headers.get("Accept-Language", ""), default)


def headers_for(words: Words) -> dict[str, str]:
    return {
        "Content-Security-Policy": POLICY,
        "Content-Language": words.locale,
        "Vary": "Accept-Language, Accept-Encoding",
    }


def install(
    app: web.Application, routes: Iterable["Route"], aliases: Mapping[str, Iterable[str]]
) -> None:
    """Add the pages and the documents of these routes and of the root's own.

    What writes documents is imported by who asks for one.
    """
    base_url = app[SETTINGS].base_url
    system = [
        ("GET", path, operation) for path, operation in health.OPERATIONS + metrics.OPERATIONS
    ]
    templates = app[TEMPLATES] = Templates(STYLE)
    app[mails.PAGE_POLICY] = POLICY.replace("form-action 'none'", "form-action 'self'")

    @cache
    def rest() -> "Schema":
        from messenger.reference import openapi

        return openapi.document([*routes, *system], aliases, base_url)

    @cache
    def socket() -> "Schema":
        from messenger.reference import asyncapi

        return asyncapi.document(base_url)

    @cache
    def written() -> "Rendered":
        from messenger.reference import document, html

        return html.render(document.whole(rest(), socket(), base_url))

    def page(words: Words) -> Cached:
        from markupsafe import Markup

        shown = written()
        text = templates.render(
            "docs.html", words=words, body=Markup(shown.body), contents=shown.contents
        )
        return Cached(text.encode(), HTML, headers_for(words))

    app[DOCUMENTS] = Documents(
        {
            "openapi": lambda: Cached(msgspec.json.encode(rest()), JSON),
            "asyncapi": lambda: Cached(msgspec.json.encode(socket()), JSON),
            **{locale: partial(page, words) for locale, words in LANGUAGES.items()},
        }
    )
    assets.install(app, otherwise=index, root=assets.built())
    app.router.add_get("/docs", docs)
    # Beside the API: what mail programs and people open stands in their mailboxes for years.
    app.router.add_get(mails.PAGE, mails.ask_to_unsubscribe)
    app.router.add_post(mails.PAGE, mails.unsubscribe)
    for base in BASES:
        app.router.add_get(f"{base}/openapi.json", openapi_json)
        app.router.add_get(f"{base}/asyncapi.json", asyncapi_json)

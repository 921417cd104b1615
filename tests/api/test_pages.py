"""The server's own pages: whole, closed to the outside, in both languages."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from messenger.errors import CATALOGUE
from messenger.http import routes
from messenger.http.ops import assets, health
from messenger.http.ops.page_words import EN, LANGUAGES, RU, preferred_words
from messenger.protocol import events
from messenger.protocol.command import tag_of
from messenger.protocol.frames import COMMANDS
from messenger.reference.html import Heading, render
from messenger.reference.markdown import anchor
from tests.api.cast import Door

PAGES = ("/", "/docs")


@pytest.fixture(autouse=True)
def no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the web client is built, it has the root."""
    monkeypatch.setattr(assets, "built", lambda: None)


class Page(HTMLParser):
    """What a page is made of: text, links, ids, tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.language = ""
        self.styles: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        given = {name: value or "" for name, value in attrs}
        self.attributes += given.items()
        if tag == "html":
            self.language = given["lang"]
        if tag == "a":
            self.links.append(given["href"])
        if "id" in given:
            self.ids.append(given["id"])

    def handle_data(self, data):
        if self.tags[-1:] == ["style"] and data.strip().startswith(":root"):
            self.styles.append(data)
        else:
            self.text += data


async def fetch(door: Door, path: str, language: str = "") -> Page:
    headers = {"Accept-Language": language} if language else {}
    async with door.get(path, headers=headers) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        return Page(await response.text())


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_russian_unless_the_browser_prefers_english(door: Door, path):
    assert (await fetch(door, path)).language == "ru"
    assert (await fetch(door, path, "en-GB,en;q=0.9")).language == "en"
    assert (await fetch(door, path, "de-DE,de;q=0.9")).language == "ru"
    assert (await fetch(door, f"{path}?lang=en", "ru")).language == "en"


@pytest.mark.parametrize(
    ("accepted", "words"),
    [
        ("", RU),
        ("en", EN),
        ("EN-us", EN),
        ("ru;q=0.5, en;q=0.8", EN),
        ("en;q=0.5, ru", RU),
        ("en;q=0", RU),
        ("de, en;q=0.3", EN),
        ("*", RU),
        ("en;q=nonsense", RU),
        (";;,,q=1", RU),
    ],
)
def test_the_language_is_what_the_browser_prefers(accepted, words):
    assert preferred_words(accepted, RU) is words


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_link_leads_somewhere(door: Door, path, language):
    page = await fetch(door, f"{path}?lang={language}")
    assert len(page.ids) == len(set(page.ids))
    assert len(page.links) > 4
    for link in set(page.links):
        if link.startswith("#"):
            assert link[1:] in page.ids, link
            continue
        async with door.get(link) as response:
            assert response.status == 200, link


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_nothing_from_anywhere(door: Door, path):
    page = await fetch(door, path)
    assert not {"script", "img", "iframe", "object", "form"} & set(page.tags)
    own = urlsplit(door.server.settings.base_url).netloc
    for name, value in page.attributes:
        assert not name.startswith("on")
        if name in ("href", "src") and "//" in value:
            assert value.startswith("data:"), value
    named = {urlsplit(each).netloc for each in re.findall(r"https?://[\w.:-]+", page.text)}
    # Examples in sentences are of the domain that is nobody's (RFC 2606).
    foreign = {each for each in named if not each.rstrip(".").endswith(".example.org")}
    assert {each for each in foreign if "." in each} <= {own}
    assert "url(" not in "".join(page.styles)
    assert "@import" not in "".join(page.styles)


@pytest.mark.parametrize("path", PAGES)
async def test_the_policy_lets_nothing_in_but_the_pages_own_style(door: Door, path):
    async with door.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        page = Page(await response.text())
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    rules = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    digest = base64.b64encode(hashlib.sha256(page.styles[0].encode()).digest()).decode()
    assert rules["style-src"] == f"'sha256-{digest}'"
    assert not any(name == "style" for name, _ in page.attributes)


async def test_the_front_page_says_why_it_is_not_ready(door: Door):
    app = door.server.runner.app
    app[health.READY].phase = lambda: "draining"
    page = await fetch(door, "/?lang=en")
    assert EN.not_ready in page.text
    assert EN.reasons["draining"] in page.text
    assert EN.ready not in page.text


async def test_the_reference_has_everything(door: Door):
    page = await fetch(door, "/docs")
    for method, path, _ in routes.ROUTES:
        assert anchor(f"{method} /api/v1{path}") in page.ids
    for command in COMMANDS:
        assert anchor(tag_of(command)) in page.ids
    for name in events.CHAT_EVENTS | events.USER_EVENTS:
        assert name in page.text
    for error in CATALOGUE:
        assert (error.__doc__ or "").replace("`", "") in page.text
    assert "DATABASE_URL" in page.text


async def test_the_reference_shows_no_value_of_this_server(door: Door, tmp_path):
    page = await fetch(door, "/docs")
    assert str(tmp_path) not in page.text
    assert door.server.database.dsn not in page.text


async def test_the_reference_is_kept_by_browsers(door: Door):
    async with door.get("/docs") as first:
        headers = {"If-None-Match": first.headers["ETag"]}
        assert "Accept-Language" in first.headers["Vary"]
    async with door.get("/docs", headers=headers) as second:
        assert second.status == 304
    async with door.get("/docs?lang=en", headers=headers) as other:
        assert other.status == 200


def test_marks_of_html_are_shown_as_they_are_written():
    page = render("## A `<b>`\n\n<b>not bold</b> &lt; [a](#a-b)")
    assert page.body == (
        '<h2 id="a-b">A <code>&lt;b&gt;</code></h2>\n'
        '<p>&lt;b&gt;not bold&lt;/b&gt; &lt; <a href="#a-b">a</a></p>\n'
    )
    assert page.contents == [Heading("a-b", "A <b>", [])]


async def test_an_address_that_is_none_is_refused_as_everywhere(door: Door):
    async with door.get("/nowhere") as response:
        assert response.status == 404
        assert (await response.json())["error"]["code"] == "not_found"

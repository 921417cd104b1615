"""The web client as the server hands it out: the shell at every place, files for ever, no leaks."""

import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from messenger.http.ops import assets
from tests.api.conftest import Api

SCRIPT = "console.log('привет')" * 50
PLACES = (
    "/",
    "/chat/17",
    "/chat/17/341",
    "/board/17?mine=1",
    "/task/123",
    "/tasks",
    "/people",
    "/people/5",
    "/search?q=oak",
    "/settings",
    "/settings/keys",
    "/admin",
    "/admin/people",
    "/sign-in",
    "/register",
    "/invite/abc",
    "/welcome",
)


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build as small as can be, in place of the real one."""
    root = tmp_path / "dist"
    (root / ".vite").mkdir(parents=True)
    (root / "assets").mkdir()
    chunks = {
        "_shared.js": {"file": "assets/shared-3.js", "css": ["assets/shared-4.css"]},
        assets.ENTRY: {
            "file": "assets/main-1.js",
            "css": ["assets/main-2.css"],
            "imports": ["_shared.js"],
            "assets": ["assets/en-5.json", "assets/ru-6.json"],
        },
    }
    (root / ".vite" / "manifest.json").write_text(json.dumps(chunks))
    for name in ("assets/main-1.js", "assets/shared-3.js", "sw.js"):
        (root / name).write_text(SCRIPT)
    for name in ("assets/main-2.css", "assets/shared-4.css"):
        (root / name).write_text("body { margin: 0 }")
    (root / "manifest.webmanifest").write_text("{}")
    (root / "icon.svg").write_text("<svg/>")
    monkeypatch.setattr(assets, "built", lambda: root)
    return root


class Shell(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


async def test_every_place_of_the_client_is_answered_with_its_shell(api: Api, build: Path):
    door = await api()
    for path in PLACES:
        async with door.get(path) as response:
            text = await response.text()
            assert (path, response.status) == (path, 200)
            assert response.content_type == "text/html"
            assert response.headers["Cache-Control"] == "no-cache"
        tags = Shell(text).tags
        assert [given["src"] for tag, given in tags if tag == "script"] == ["/assets/main-1.js"]
        linked = [(given["rel"], given["href"]) for tag, given in tags if tag == "link"]
        assert ("stylesheet", "/assets/main-2.css") in linked
        assert ("stylesheet", "/assets/shared-4.css") in linked
        assert ("modulepreload", "/assets/shared-3.js") in linked


async def test_the_words_that_a_browser_prefers_come_with_the_shell(api: Api, build: Path):
    door = await api(DEFAULT_LOCALE="ru")
    for accepted, words in (("en-GB,en", "en-5"), ("de, ru;q=0.5", "ru-6"), ("de", "ru-6")):
        async with door.get("/", headers={"Accept-Language": accepted}) as response:
            tags = Shell(await response.text()).tags
            assert "Accept-Language" in response.headers["Vary"]
        preloaded = [given["href"] for _, given in tags if given.get("rel") == "preload"]
        assert preloaded == [f"/assets/{words}.json"]


async def test_the_shell_lets_nothing_run_but_the_servers_own_scripts(api: Api, build: Path):
    door = await api()
    async with door.get("/") as response:
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()
    rules = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", text)


async def test_the_shell_tells_what_the_client_must_know_and_no_more(api: Api, build: Path):
    door = await api(REGISTRATION="open", MESSAGE_MAX_LENGTH="1234")
    async with door.get("/") as response:
        tags = Shell(await response.text()).tags
    [told] = [given["content"] for _, given in tags if given.get("name") == "settings"]
    assert json.loads(told) == {
        "organisation": {"name": "", "accent": "teal", "locale": "ru"},
        "default_locale": "ru",
        "common_titles": ["Everyone", "Общий чат"],
        "registration": "open",
        "direct_chats": True,
        "message_max_length": 1234,
        "file_max_bytes": 10 * 2**20,
        "zip_max_bytes": 2**30,
        "mail": False,
    }


async def test_hashed_files_are_kept_for_ever_and_come_compressed(api: Api, build: Path):
    door = await api()
    headers = {"Accept-Encoding": "gzip"}
    async with door.session.get("/assets/main-1.js", headers=headers) as response:
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["Content-Encoding"] == "gzip"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.content_type == "text/javascript"
        assert int(response.headers["Content-Length"]) < len(SCRIPT)
        assert await response.text() == SCRIPT
    async with door.get("/assets/main-1.js", headers={"Accept-Encoding": "identity"}) as plain:
        assert "Content-Encoding" not in plain.headers
        assert await plain.text() == SCRIPT


async def test_what_the_build_compressed_is_sent_as_it_is(api: Api, build: Path):
    as_built = gzip.compress(SCRIPT.encode(), compresslevel=1)
    (build / "assets" / "shared-3.js.gz").write_bytes(as_built)
    door = await api()
    for path, size in (("shared-3.js", len(as_built)), ("main-1.js", None)):
        headers = {"Accept-Encoding": "gzip"}
        async with door.session.get(f"/assets/{path}", headers=headers) as response:
            assert response.content_type == "text/javascript"
            assert size in (None, int(response.headers["Content-Length"]))
            assert await response.text() == SCRIPT
        async with door.get(f"/assets/{path}", headers={"Accept-Encoding": "identity"}) as plain:
            assert "Content-Encoding" not in plain.headers
            assert await plain.text() == SCRIPT
    async with door.get("/assets/shared-3.js.gz") as response:
        assert response.status == 404


async def test_files_come_from_memory(api: Api, build: Path):
    door = await api()
    (build / "assets" / "main-1.js").write_text("changed")
    async with door.get("/assets/main-1.js") as response:
        assert await response.text() == SCRIPT


async def test_a_file_of_another_version_is_not_found(api: Api, build: Path):
    door = await api()
    for path in ("/assets/main-0.js", "/assets/..%2fsw.js", "/assets/.vite"):
        async with door.get(path) as response:
            assert response.status == 404
            assert (await response.json())["error"]["code"] == "not_found"


@pytest.mark.parametrize("path", ["/", "/sw.js", "/manifest.webmanifest", "/icon.svg"])
async def test_what_has_no_hash_is_asked_for_again_and_not_sent_again(
    api: Api, build: Path, path: str
):
    door = await api()
    async with door.get(path) as first:
        assert first.headers["Cache-Control"] == "no-cache"
        policy = first.headers["Content-Security-Policy"]
        headers = {"If-None-Match": first.headers["ETag"]}
    async with door.get(path, headers=headers) as second:
        assert second.status == 304
        assert await second.read() == b""
        # A browser takes the policy of a 304 over.
        assert second.headers["Content-Security-Policy"] == policy


async def test_the_service_worker_may_fetch_from_this_server(api: Api, build: Path):
    door = await api()
    async with door.get("/sw.js") as response:
        assert response.content_type == "text/javascript"
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")


async def test_the_api_and_the_documentation_stay_where_they_are(api: Api, build: Path):
    door = await api()
    async with door.get("/api/v1/me") as response:
        assert response.status == 401
    async with door.get("/docs") as response:
        assert response.status == 200
    async with door.get("/nowhere") as response:
        assert response.status == 404


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


async def test_a_mistyped_address_in_a_browser_is_answered_with_the_shell(api: Api, build: Path):
    door = await api()
    async with door.get("/") as root:
        policies = {name: root.headers[name] for name in assets.SHELL if name != "Vary"}
    for path in ("/nowhere", "/chat", "/settings.html", "/v2/me"):
        async with door.get(path, headers={"Accept": BROWSER}) as response:
            assert (path, response.status, response.content_type) == (path, 404, "text/html")
            assert {name: response.headers[name] for name in policies} == policies
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Vary"].startswith("Accept,")
            sources = [given.get("src") for _, given in Shell(await response.text()).tags]
            assert "/assets/main-1.js" in sources
            tag = response.headers["ETag"]
        kept = {"Accept": BROWSER, "If-None-Match": tag}
        async with door.get(path, headers=kept) as response:
            assert response.status == 404


async def test_whoever_is_no_browser_is_refused_a_mistyped_address_in_data(api: Api, build: Path):
    door = await api()
    asked = [
        ("GET", "/nowhere", accept)
        for accept in ("", "*/*", "application/json", "text/html;q=0.5, application/json")
    ]
    asked += [
        ("GET", path, BROWSER)
        for path in ("/api", "/api/nowhere", "/api/v1/nowhere", "/v1/nowhere", "/assets/no.js")
    ]
    asked += [("GET", "/assets/a/b", BROWSER), ("POST", "/nowhere", BROWSER)]
    for method, path, accept in asked:
        async with door.request(method, path, headers={"Accept": accept}) as response:
            assert (path, response.status) == (path, 404)
            assert (await response.json())["error"]["code"] == "not_found"


async def test_without_a_build_the_root_says_that_the_server_runs(
    api: Api, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(assets, "built", lambda: None)
    door = await api()
    async with door.get("/?lang=en") as response:
        assert response.status == 200
        assert "/docs" in await response.text()
    for path in ("/chat/17", "/nowhere"):
        async with door.get(path, headers={"Accept": BROWSER}) as response:
            assert response.status == 404
            assert (await response.json())["error"]["code"] == "not_found"


def test_a_checkouts_own_build_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own, installed = tmp_path / "own", tmp_path / "installed"
    monkeypatch.setattr(assets, "CHECKOUT", own)
    monkeypatch.setattr(assets, "INSTALLED", installed)
    assert assets.built() is None
    for root in (installed, own):
        (root / ".vite").mkdir(parents=True)
        (root / ".vite" / "manifest.json").write_text("{}")
        assert assets.built() == root


def test_a_compressed_file_is_the_file(build: Path):
    client = assets.Client(build)
    for cached in (*client.hashed.values(), *client.beside.values()):
        assert gzip.decompress(cached.compressed) == cached.body

"""What browsers are told with each kind of answer, graded: no kind is left out of the policies."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.api.cast import Person, ok
from tests.api.conftest import Api
from tests.api.test_assets import build as build

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8"
    "cfc000000301010018dd8db00000000049454e44ae426082"
)
PAGES = ("/", "/chat/1", "/sign-in", "/docs", "/mail/unsubscribe")
OTHERS = (
    "/assets/main-1.js", "/sw.js", "/manifest.webmanifest", "/icon.svg", "/health", "/ready",
    "/metrics", "/nowhere", "/api/v1/nowhere", "/api/v1/me", "/api/v1/openapi.json",
    "/api/v1/ws", "/downloads/none",
)  # fmt: skip


def faults(headers: Mapping[str, str], *, page: bool, secure: bool = False) -> list[str]:
    """What a grader would take points off for."""
    policy = headers.get("Content-Security-Policy", "")
    rules = {name: value.split() for name, _, value in
             (each.strip().partition(" ") for each in policy.split(";"))}  # fmt: skip
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    found = [name for name, value in wanted.items() if headers.get(name) != value]
    if rules.get("default-src") not in (["'none'"], ["'self'"]):
        found.append("default-src")
    if "sandbox" not in rules:
        found += [n for n in ("base-uri", "form-action", "frame-ancestors") if n not in rules]
    if "unsafe" in policy or "*" in policy or "http:" in policy:
        found.append("policy is open")
    allowed = headers.get("Permissions-Policy", "")
    found += [n for n in ("camera", "geolocation", "payment") if f"{n}=()" not in allowed]
    if not page and "microphone=()" not in allowed:
        found.append("microphone")
    if secure and "max-age=31536000" not in headers.get("Strict-Transport-Security", ""):
        found.append("Strict-Transport-Security")
    if "aiohttp" in headers.get("Server", "") or "X-Powered-By" in headers:
        found.append("says what it is made of")
    return found


async def test_every_kind_of_answer_gets_full_marks(api: Api, build: Path) -> None:
    door = await api(TRUSTED_PROXIES="127.0.0.1")
    https = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    graded: dict[str, list[str]] = {}
    for path in (*PAGES, *OTHERS):
        async with door.get(path, headers=https) as answer:
            graded[path] = faults(answer.headers, page=path in PAGES, secure=True)
            tag = answer.headers.get("ETag")
        if tag is not None:
            async with door.get(path, headers={**https, "If-None-Match": tag}) as again:
                assert again.status == 304
                graded[f"{path} again"] = faults(again.headers, page=path in PAGES, secure=True)
    async with door.request("DELETE", "/api/v1/me") as answer:
        graded["wrong method"] = faults(answer.headers, page=False)
    graded["no HTTP"] = faults(await headers_of(door.server.port, b"GET\r\n\r\n"), page=False)
    assert {kind: found for kind, found in graded.items() if found} == {}


async def headers_of(port: int, sent: bytes) -> dict[str, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    head = (await reader.read(65536)).partition(b"\r\n\r\n")[0].decode()
    writer.close()
    return {n: v.strip() for n, _, v in (line.partition(":") for line in head.splitlines()[1:])}


async def test_files_and_sockets_get_full_marks(alice: Person, lobby: int) -> None:
    [sent] = ok(await alice.upload(lobby, ("a.png", PICTURE)))
    signed_in = {"Authorization": f"Bearer {alice.access}"}
    graded: dict[str, Any] = {}
    for path in (f"/files/{sent['id']}", f"/files/{sent['id']}/preview", "/chats", "/me"):
        async with alice.door.get(f"/api/v1{path}", headers=signed_in) as answer:
            assert answer.status == 200
            graded[path] = faults(answer.headers, page=False)
    async with alice.door.session.ws_connect("/api/v1/ws", headers=signed_in) as socket:
        graded["socket"] = faults(socket._response.headers, page=False)
    assert {kind: found for kind, found in graded.items() if found} == {}


@pytest.mark.parametrize(
    ("headers", "fault"),
    [
        ({"Content-Security-Policy": "default-src *"}, "policy is open"),
        ({"Content-Security-Policy": "default-src 'self' 'unsafe-inline'"}, "default-src"),
        ({}, "Cross-Origin-Opener-Policy"),
        ({"Server": "aiohttp/3"}, "says what it is made of"),
    ],
)
def test_grader_takes_points_off(headers: dict[str, str], fault: str) -> None:
    assert fault in faults(headers, page=False)

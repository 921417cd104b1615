"""What stands between people and the server is found from outside in, and mended by its fix."""

import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from messenger import config
from messenger.config.rereading import Rereading
from messenger.doctor import reach
from messenger.doctor.finding import Finding
from tests.api.cast import Door, MovableServer
from tests.api.conftest import EASY
from tests.doctor.provoked import bad
from tests.doctor.proxy import Proxy, proxying
from tests.outgoing.https import NAME, certificate


class Scene:
    """A server, a proxy before it, and what `doctor` finds on the way."""

    def __init__(self, door: Door, proxy: Proxy, base: str) -> None:
        self.door = door
        self.proxy = proxy
        self.local = f"http://127.0.0.1:{door.server.port}"
        self.settings = door.server.settings
        self.opened(base)

    def opened(self, base: str) -> None:
        object.__setattr__(self.settings, "base_url", base)

    async def look(self) -> dict[str, Finding]:
        found = bad([each async for each in reach.look(self.settings, self.local)])
        # What this machine allows: not every one that tests run on allows a server's.
        found.pop("open_files", None)
        return found


@asynccontextmanager
async def serving(dsn: str, tmp_path: Path, **environ: str) -> AsyncIterator[Door]:
    settings = config.load({"DATA_DIR": str(tmp_path / "data"), **EASY, **environ})
    server = MovableServer(settings, dsn)
    server.database.size = 3
    await server.start()
    door = Door(server)
    yield door
    await door.session.close()
    await server.stop()


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Enters a name in the DNS; until then it has no address."""
    known: set[str] = set()
    real = socket.getaddrinfo

    def ask(host: Any, *more: Any, **named: Any) -> Any:
        if isinstance(host, str) and host.endswith(".test"):
            if host not in known:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            host = "127.0.0.1"
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    return known.add


def context_of(paths: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(paths[1], paths[0])
    return context


def made(directory: Path, name: str, *, ends: timedelta, named: str = NAME) -> tuple[Path, Path]:
    (directory / name).mkdir()
    return certificate(directory / name, named, ends)


async def test_what_a_proxy_does_not_pass_on(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: Callable[[str], None]
) -> None:
    named(NAME)
    paths = made(tmp_path, "good", ends=timedelta(days=90))
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[1]))
    monkeypatch.setattr(reach, "SECONDS", 3.0)
    file = tmp_path / "environment"
    file.write_text("LOG_LEVEL=info\n")
    environ = {"ENVIRONMENT_FILE": str(file), "FILE_MAX_BYTES": "100000"}
    async with proxying(context_of(paths)) as proxy, serving(dsn, tmp_path, **environ) as door:
        proxy.upstream = door.server.port
        scene = Scene(door, proxy, f"https://{NAME}:{proxy.port}")
        found = await scene.look()
        assert found.keys() == {"proxy"}
        # The line it says goes into the settings' file, and is in force with a reload.
        file.write_text(f"{found['proxy'].setting}\n")
        started = {**EASY, **environ, "DATA_DIR": str(tmp_path / "data")}
        reading = Rereading(scene.settings, started, file)
        assert reading.again().changed == ["TRUSTED_PROXIES"]
        assert await scene.look() == {}
        # A name that leads to this machine itself: then the proxy is who it says is behind it.
        proxy.names = "127.0.0.1"
        assert await scene.look() == {}
        for switch, bad_value, code in (
            ("says_who", False, "real_ip"),
            ("says_https", False, "scheme"),
            ("passes_host", False, "host"),
            ("passes_upgrade", False, "upgrade"),
            ("passes_frames", False, "websocket"),
            ("most", 50_000, "body_size"),
            ("answers", "502 Bad Gateway", "proxy_error"),
            ("answers", "200 OK", "not_ours"),
        ):
            good = getattr(proxy, switch)
            setattr(proxy, switch, bad_value)
            assert code in await scene.look(), code
            setattr(proxy, switch, good)
        assert await scene.look() == {}


async def test_names_certificates_and_ports(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: Callable[[str], None]
) -> None:
    good = made(tmp_path, "good", ends=timedelta(days=90))
    wrongs = {
        "certificate": made(tmp_path, "soon", ends=timedelta(hours=6)),
        "certificate_expired": made(tmp_path, "over", ends=timedelta(hours=-1)),
        "certificate_name": made(tmp_path, "other", ends=timedelta(days=90), named="other.test"),
    }
    # A context is asked for its certificate at each connection: a renewed one is there at once.
    context = context_of(good)
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    async with proxying(context) as proxy, serving(dsn, tmp_path) as door:
        proxy.upstream = door.server.port
        scene = Scene(door, proxy, f"https://{NAME}:{proxy.port}")
        object.__setattr__(scene.settings, "trusted_proxies", config.kinds.networks("127.0.0.1"))
        assert (await scene.look()).keys() == {"dns"}
        named(NAME)
        assert (await scene.look()).keys() == {"certificate_unknown"}
        # Its CA, named in the settings, vouches here; the system's own is of everybody's browser.
        own_ca = tmp_path / "ca.crt"
        object.__setattr__(scene.settings, "base_url_ca", own_ca)
        assert (await scene.look()).keys() == {"certificate_unknown"}
        own_ca.write_bytes(good[1].read_bytes())
        found = await scene.look()
        assert found.keys() == {"certificate_internal"}
        assert found["certificate_internal"].state == "advice"
        for code, paths in wrongs.items():
            monkeypatch.setenv("SSL_CERT_FILE", str(paths[1]))
            context.load_cert_chain(paths[1], paths[0])
            assert (await scene.look()).keys() == {code}
            context.load_cert_chain(good[1], good[0])
            monkeypatch.setenv("SSL_CERT_FILE", str(good[1]))
            assert await scene.look() == {}
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    async with serving(dsn, tmp_path) as door:
        scene = Scene(door, Proxy(), f"https://{NAME}:{port}")
        assert (await scene.look()).keys() == {"unreachable"}
        scene.opened(scene.local)
        assert await scene.look() == {}


async def test_the_server_itself(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: Callable[[str], None]
) -> None:
    named(NAME)
    async with serving(dsn, tmp_path) as door:
        scene = Scene(door, Proxy(), f"http://127.0.0.1:{door.server.port}")
        assert await scene.look() == {}
        monkeypatch.setattr("messenger.doctor.version.schema", lambda: "9999")
        found = await scene.look()
        assert found.keys() == {"version"}
        assert found["version"].command == "systemctl restart messenger"
        monkeypatch.undo()
        real = scene.settings.secret_key
        object.__setattr__(scene.settings, "secret_key", b"another" * 9)
        other = config.load({"DATA_DIR": str(tmp_path / "b"), **EASY, "SECRET_KEY": "o" * 64})
        found = bad([each async for each in reach.look(other, scene.local)])
        assert found.keys() == {"server_other"}
        object.__setattr__(scene.settings, "secret_key", real)
        assert await scene.look() == {}
    assert (await scene.look()).keys() == {"server_away"}
    async with serving(dsn, tmp_path) as door:
        scene.local = f"http://127.0.0.1:{door.server.port}"
        scene.opened(scene.local)
        assert await scene.look() == {}


async def test_pages_of_the_address_may_not_connect(dsn: str, tmp_path: Path) -> None:
    """BASE_URL is one thing for `doctor`, and was another when the server started."""
    async with serving(dsn, tmp_path) as door, proxying() as proxy:
        proxy.upstream = door.server.port
        proxy.passes_host = False
        scene = Scene(door, proxy, f"http://127.0.0.1:{door.server.port}")
        told = config.load({"DATA_DIR": str(tmp_path / "data"), **EASY,
                            "BASE_URL": f"http://127.0.0.1:{proxy.port}"})  # fmt: skip
        found = bad([each async for each in reach.look(told, scene.local)])
        assert "origin" in found
        scene.opened(told.base_url)  # as a server that is started again
        found = bad([each async for each in reach.look(told, scene.local)])
        assert "origin" not in found


async def test_address_without_tls(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: Callable[[str], None]
) -> None:
    named(NAME)
    paths = made(tmp_path, "good", ends=timedelta(days=90))
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[1]))
    async with serving(dsn, tmp_path) as door, proxying() as proxy:
        proxy.upstream = door.server.port
        proxy.says_https = False
        scene = Scene(door, proxy, f"http://{NAME}:{proxy.port}")
        object.__setattr__(scene.settings, "trusted_proxies", config.kinds.networks("127.0.0.1"))
        found = await scene.look()
        assert found.keys() == {"no_tls"}
        assert found["no_tls"].state == "advice"
        async with proxying(context_of(paths)) as safe:
            safe.upstream = door.server.port
            scene.opened(f"https://{NAME}:{safe.port}")
            assert await scene.look() == {}


async def test_probe_answers_nobody_else(dsn: str, tmp_path: Path) -> None:
    async with serving(dsn, tmp_path) as door:
        for headers in ({}, {"X-Messenger-Probe": "0" * 64}):
            async with door.post("/probe", headers=headers) as answer:
                assert answer.status == 404

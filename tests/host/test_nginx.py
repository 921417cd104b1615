"""The site that `install --proxy nginx` writes, in a real nginx before a real server.

Runs where there is an nginx (Debian: apt install nginx), as whoever runs the tests, on ports that
are free; what differs from an installation is the ports and the certificate's folder.
"""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import msgspec
import pytest

from messenger import config, shipped
from messenger.doctor import knock, reach
from messenger.host import proxy
from messenger.host.proxy import Site
from messenger.host.steps import File
from tests.api.cast import Door, MovableServer
from tests.api.conftest import EASY
from tests.outgoing.https import NAME, certificate

PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
WITHIN = 60.0
PLACE = "127.0.0.1"
if sys.platform == "linux":
    PLACE = f"127.77.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"
"""An address of this run's own: a port that is free on it is taken by nobody else meanwhile."""
UPLOAD = 3 * 2**20
"""More than nginx lets through unless it is told."""
MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/errors;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site;
}}
"""

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs nginx (apt install nginx)")


def free_ports(count: int) -> list[int]:
    held = [socket.create_server((PLACE, 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def written(port: int, folder: Path, http: int, https: int) -> str:
    """The site as `install` writes it, on other ports of this machine alone."""
    site = Site(NAME, port, "nginx", "internal")
    steps = proxy.nginx(site, shipped.deploy(), certified=True)
    text = next(each.content for each in steps if isinstance(each, File))
    lines = [line for line in text.splitlines() if "listen [::]" not in line]
    moved = "\n".join(lines).replace("listen 80;", f"listen {PLACE}:{http};")
    moved = moved.replace("listen 443 ssl", f"listen {PLACE}:{https} ssl")
    return moved.replace(proxy.OWN_TLS, str(folder / "tls"))


class Nginx:
    """A process before a server."""

    def __init__(self, folder: Path, upstream: int) -> None:
        (folder / "tls").mkdir()
        key, self.signed = certificate(folder, ends=timedelta(days=60))
        shutil.copy(key, folder / "tls" / "privkey.pem")
        shutil.copy(self.signed, folder / "tls" / "fullchain.pem")
        self.errors = folder / "errors"
        self.http, self.https = free_ports(2)
        (folder / "site").write_text(written(upstream, folder, self.http, self.https))
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
        words = [str(PROGRAM), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        # Its workers would be somebody else's, who may not read our folders.
        words += ["-g", "user root;"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(
            [*words, "-e", str(self.errors)], stderr=subprocess.PIPE, text=True
        )

    async def answers(self) -> None:
        """Wait until it does."""
        async with asyncio.timeout(WITHIN):
            while True:
                assert self.process.poll() is None, self.process.communicate()[1]
                try:
                    _, writer = await asyncio.open_connection(PLACE, self.https)
                except OSError:
                    await asyncio.sleep(0.02)
                    continue
                writer.close()
                return

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=WITHIN)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[list[Nginx]]:
    found: list[Nginx] = []
    yield found
    for each in found:
        each.stop()


async def test_everything_that_people_need_passes(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, running: list[Nginx]
) -> None:
    given = {"TRUSTED_PROXIES": "127.0.0.1", "FILE_MAX_BYTES": str(UPLOAD)}
    server = MovableServer(config.load({"DATA_DIR": str(tmp_path / "data"), **EASY, **given}), dsn)
    server.database.size = 3
    await server.start()
    door = Door(server)
    running.append(nginx := Nginx(tmp_path, server.port))
    # However busy the machine is.
    monkeypatch.setattr(reach, "SECONDS", WITHIN)
    named = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda host, *more, **also: named(PLACE if host == NAME else host, *more, **also),
    )  # fmt: skip
    try:
        await nginx.answers()
        base = f"https://{NAME}:{nginx.https}"
        object.__setattr__(server.settings, "base_url", base)
        trusted = ssl.create_default_context(cafile=str(nginx.signed))
        await passes(base, server.settings, trusted)
        await is_sent_on(nginx)
    finally:
        await door.session.close()
        await server.stop()


async def passes(base: str, settings: config.Settings, trusted: ssl.SSLContext) -> None:
    secret = settings.secret_key
    async with reach.Caller(base, secret, trusted) as caller:
        # A frame there and one back, through its Upgrade.
        await caller.talk(base)
        seen, direct = await caller.probe(UPLOAD)
        assert (seen.bytes, direct, seen.believed, seen.secure) == (UPLOAD, False, True, True)
        # The port of its `Host` is left out: an installation has none.
        assert seen.host == NAME
        # How large an upload may be is the server's to say, and is said.
        with pytest.raises(reach.Unreached) as refused:
            await caller.probe(UPLOAD + 1)
        assert refused.value.finding.values["status"] == 413
        # What a visitor claims to be is not passed on.
        headers = {knock.HEADER: knock.sign(secret), "X-Forwarded-For": "203.0.113.9"}
        async with caller.session.post(base + knock.PATH, headers=headers) as answer:
            body = await answer.read()
            assert answer.headers["Strict-Transport-Security"]
        seen = msgspec.json.decode(body, type=reach.Answer).data
        assert (seen.remote, seen.forwarded_for) == ("127.0.0.1", True)


async def is_sent_on(nginx: Nginx) -> None:
    """Who comes without TLS."""
    url = f"http://{PLACE}:{nginx.http}/some/page"
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers={"Host": NAME}, allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/some/page")

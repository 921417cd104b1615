"""What a server may have imported that answers, and has nothing to do."""

from importlib.metadata import packages_distributions
from pathlib import Path

import aiohttp

from tests.faults.server import ServerProcess

LIBRARIES = {
    "Stemmer", "_distutils_hack", "aiocron", "aiohttp", "aiopg", "aiosignal", "async_timeout",
    "attr", "bcrypt", "click", "cronsim", "frozenlist", "idna", "jwt", "messenger", "msgspec",
    "multidict",
    "prometheus_client", "propcache", "psycopg2", "typing_extensions", "tzlocal", "uvloop", "yarl",
}  # fmt: skip
"""Each costs every start its time, and every server its memory, whether it is used or not. What is
used now and then is imported where it is used; what replaces one of these may take its place."""
PARTS = {
    "aiohttp.client", "aiohttp.connector", "argparse", "attr.validators", "difflib",
    "email.headerregistry", "html", "http.client", "http.server", "idna.idnadata",
    "importlib.metadata", "jwt.jwks_client",
    "messenger.reference.document", "messenger.reference.openapi", "messenger.store.compiling",
    "messenger.store.schema.drift", "msgspec.inspect", "pkgutil",
    "messenger.rules.due", "prometheus_client.exposition", "smtplib", "sqlite3", "sysconfig",
    "unittest",
    "urllib.request", "urllib.robotparser", "wsgiref", "xml", "zipfile",
}  # fmt: skip
"""Of what is there, or of the standard library."""
SITE = """
import atexit, sys
from pathlib import Path
atexit.register(lambda: Path(__file__).with_name("modules").write_text("\\n".join(sys.modules)))
"""


async def test_server_at_rest_has_imported_only_what_it_needs(tmp_path: Path, dsn: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(SITE)
    server = ServerProcess(tmp_path / "data", dsn, {"PYTHONPATH": str(tmp_path)})
    server.start()
    try:
        await server.ready()
        await sign_up_and_in(server.base)
    finally:
        assert server.stop() == 0
    found = set((tmp_path / "modules").read_text().split())
    outside = {name.partition(".")[0] for name in found} & packages_distributions().keys()
    assert outside - LIBRARIES == set()
    assert found & PARTS == set()


async def sign_up_and_in(base: str) -> None:
    about = {"username": "alice", "password": "correct horse battery"}
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{base}/api/v1/auth/register", json=about) as answer:
            assert answer.status == 201
        async with http.post(f"{base}/api/v1/auth/login", json=about) as answer:
            assert answer.status == 200

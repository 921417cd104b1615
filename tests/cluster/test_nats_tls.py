"""NATS over TLS, which asks who a server is: what is given is taken, and what is wrong is said."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from messenger import config
from messenger.cluster.nats_client import Nats
from messenger.errors import Unavailable
from tests.cluster.nats import NatsServer
from tests.conftest import KEYS, MIGRATED, database
from tests.live.conftest import FREELY, Stage, on_stage
from tests.outgoing.https import certificate
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


class House:
    """A NATS with a certificate and a password, and what servers are told of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key, self.papers = certificate(folder, "localhost")
        self.nats = NatsServer(
            *("--tls", "--tlscert", str(self.papers), "--tlskey", str(self.key)),
            *("--user", "house", "--pass", "open sesame"),
        )
        self.credentials = folder / "credentials"
        self.credentials.write_text("house:open sesame\n")

    def settings(self, **instead: str) -> dict[str, str]:
        return {
            "DATA_DIR": str(self.folder),
            "BUS": f"tls://localhost:{self.nats.port}",
            "BUS_CA": str(self.papers),
            "BUS_CREDENTIALS": str(self.credentials),
            **KEYS,
            **instead,
        }

    def wrong(self, what: str) -> dict[str, str]:
        """The settings with one of them wrong."""
        other = self.folder / what
        other.mkdir(exist_ok=True)
        match what:
            case "ca":
                return {"BUS_CA": str(certificate(other, "localhost")[1])}
            case "no ca":
                return {"BUS_CA": str(other / "missing")}
            case "no certificate":
                (other / "ca").write_text("nothing")
                return {"BUS_CA": str(other / "ca")}
            case "password":
                (other / "credentials").write_text("house:open barley")
                return {"BUS_CREDENTIALS": str(other / "credentials")}
        return {"BUS_CREDENTIALS": str(other / "missing")}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("nats"))
    house.nats.start()
    yield house
    house.nats.kill()


@pytest.fixture(scope="module")
def dsn(cluster: str, worker_id: str) -> Iterator[str]:
    with database(cluster, worker_id, MIGRATED) as dsn:
        yield dsn


@asynccontextmanager
async def serving(dsn: str, given: dict[str, str]) -> AsyncIterator[Stage]:
    async with on_stage(dsn, {**given, **FREELY}) as stage:
        yield stage


async def degraded(stage: Stage) -> list[str]:
    async with aiohttp.ClientSession() as http, http.get(f"{stage.base}/ready") as answer:
        assert answer.status == 200
        return list((await answer.json())["data"].get("degraded", []))


async def test_two_servers_speak_over_tls(house: House, dsn: str) -> None:
    async with serving(dsn, house.settings()) as near, serving(dsn, house.settings()) as far:
        far.identities = near.identities
        for one in (near, far):
            nats: Any = one.server.peers.nats
            await until(lambda nats=nats: nats.connected)
        alice, bob = await near.client("alice"), await far.client("bob")
        chat = await near.group("alice", "bob")
        await bob.subscribe((chat, None))
        sent = await alice.send(chat, "sealed")
        await bob.expect("message.created", text="sealed", seq=sent["seq"])
        assert "nats" not in await degraded(near)


async def test_with_a_wrong_password_all_goes_on_and_the_probe_says_so(
    house: House, dsn: str
) -> None:
    async with serving(dsn, house.settings(**house.wrong("password"))) as stage:
        carol = await stage.client("carol")
        chat = await stage.group("carol", "dora")
        assert (await carol.send(chat, "unheard elsewhere"))["seq"] > 0

        async def said() -> bool:
            return "nats" in await degraded(stage)

        await until(said)


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("ca", "NATS's certificate is not good by BUS_CA"),
        ("no ca", "BUS_CA cannot be read"),
        ("no certificate", "BUS_CA cannot be read"),
        ("password", "it refuses what BUS_CREDENTIALS says"),
        ("no credentials", "BUS_CREDENTIALS cannot be read"),
    ],
)
async def test_what_is_wrong_is_said(house: House, what: str, sentence: str) -> None:
    class Nobody:
        epoch = 1

    nats = Nats(config.load(house.settings(**house.wrong(what))))
    with pytest.raises(Unavailable, match=sentence):
        await nats.run(Nobody(), print, bool, print)  # type: ignore[arg-type]
    assert not nats.connected

"""G: from nothing to the first login, on data that is there already."""

import asyncio
import http.client
import json
import statistics
from time import perf_counter, sleep

from bench import process
from bench.child import START_WITHIN
from bench.client import Fault
from bench.report import Row
from bench.server import PASSWORD
from bench.stage import Stage

SETTLE = 1.0
POLL = 0.002


async def g(stage: Stage) -> list[Row]:
    (somebody,) = await stage.people(1)
    took: list[float] = []
    memory: list[float] = []
    bare_took: list[float] = []
    bare_memory: list[float] = []
    for _ in range(stage.plan.starts):
        stage.server.stop()
        took.append(_start_to_login(stage, somebody.username))
        await asyncio.sleep(SETTLE)
        memory.append(process.pss_kib(stage.server.pid) / 1024)
        began = perf_counter()
        with stage.twin() as twin:
            bare_took.append(perf_counter() - began)
            await asyncio.sleep(SETTLE)
            bare_memory.append(process.pss_kib(twin.pid) / 1024)
    stage.pin()
    return [
        Row(
            measure="G",
            what="start → first login",
            value=statistics.median(took) * 1000,
            unit="ms",
            aim=450,
            limit=statistics.median(bare_took) * 1000,
            limit_name="bare server ms",
        ),
        Row(
            measure="G",
            what="memory at rest, without PostgreSQL",
            value=statistics.median(memory),
            unit="MiB",
            aim=45,
            limit=statistics.median(bare_memory),
            limit_name="bare server MiB",
        ),
    ]


def _start_to_login(stage: Stage, username: str) -> float:
    """Seconds; nothing else goes on in this process meanwhile."""
    began = perf_counter()
    stage.server.launch()
    while not (stage.server.listens() and _login(stage.server.port, username)):
        if perf_counter() - began > START_WITHIN:
            raise Fault("no login was accepted after the start")
        sleep(POLL)
    return perf_counter() - began


def _login(port: int, username: str) -> bool:
    body = json.dumps({"username": username, "password": PASSWORD})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", "/api/v1/auth/login", body, {"Content-Type": "application/json"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()

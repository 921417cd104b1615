"""The process that sends: what it is given comes, and what it had when it ended is sent again."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from messenger.push.posting import Parcel
from messenger.push.sender import Sender
from messenger.push.vapid import Vapid
from tests.push.service import PushService, push_service
from tests.waiting import until

VAPID = Vapid(b"\x01" * 32, "mailto:a@example.org")


def parcel(service: PushService, name: str, **more: Any) -> Parcel:
    browser = service.browsers.get(name) or service.browser(name)
    return Parcel(
        endpoint=browser.endpoint,
        **browser.keys(),
        authorization=VAPID.header(browser.endpoint, datetime.now(UTC)),
        payload=json.dumps({"kind": "gone", **more}).encode(),
        ttl=60,
    )


async def test_process_sends_is_replaced_and_let_go(papers: tuple[Path, Path]) -> None:
    command = (sys.executable, "-P", "-m", "tests.push.sends", str(papers[1]))
    sender = Sender(command=command, idle_seconds=0.2)
    async with push_service(*papers, lambda: VAPID.public) as service:
        service.answers["gone"] = lambda _: web.Response(status=410)
        sent = [sender.send(parcel(service, f"device{number}", seq=number)) for number in range(40)]
        gone = sender.send(parcel(service, "gone"))
        assert {(await each).outcome for each in sent} == {"sent"}
        assert sorted(got.payload["seq"] for got in service.got) == list(range(40))
        assert (await gone).code == "gone"
        bad = msgspec.structs.replace(parcel(service, "device0"), p256dh="AAAA")
        assert (await sender.send(bad)).code == "keys"

        async def hang(_: web.Request) -> web.Response:
            await asyncio.sleep(60)
            return web.Response(status=201)

        service.answers["device1"] = hang
        visits = service.visits
        lost = sender.send(parcel(service, "device1"))
        await until(lambda: service.visits != visits)
        assert sender._process is not None
        sender._process.kill()
        assert (await lost).outcome == "later"
        assert (await sender.send(parcel(service, "device2"))).outcome == "sent"
        await until(lambda: sender._process is None)
        assert (await sender.send(parcel(service, "device3"))).outcome == "sent"
        await sender.close()
        assert sender._process is None

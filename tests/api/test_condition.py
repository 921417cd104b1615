"""The last hour, as administrators see it."""

from typing import Any

from messenger.http.ops.last_hour import COMMITS, CPU, MEMORY, SENDS, STANDING
from messenger.http.plumbing.keys import LAST_HOUR
from tests.api.cast import Door, Person, ok


async def test_the_last_hour_is_shown(door: Door, admin: Person, monkeypatch: Any) -> None:
    hour = door.server.runner.app[LAST_HOUR]
    assert ok(await admin.get("/admin/condition"))["minutes"] == []
    at = 0.0
    monkeypatch.setattr(hour, "_monotonic", lambda: at)
    await hour.look()
    chat = await admin.group()
    await admin.send(chat)
    at = 60.0
    await hour.look()
    state = ok(await admin.get("/admin/condition"))
    [minute] = state["minutes"]
    assert minute["messages"] == round(1 / 60, 2)
    assert minute["stored_ms"] > 0
    assert minute["memory"] > 2**20
    assert 0 < minute["disk_free"] < state["disk_total"]
    assert state["degraded"] == []
    # What it reads is there under these names.
    metrics = await (await door.get("/metrics")).text()
    for name in (*STANDING, COMMITS, CPU, MEMORY, SENDS):
        assert f"\n{name}" in metrics, name

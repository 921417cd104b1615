"""Settings that administrators change while the server runs."""

from typing import Any

from messenger import runtime
from messenger.store.db import Database
from messenger.store.sql import sa
from messenger.store.statements import Prepared
from tests.api.cast import Door, Person, ok, refusal
from tests.api.conftest import Api
from tests.waiting import until

BAD = (422, "validation_failed")


async def change(admin: Person, **settings: str | None) -> dict[str, Any]:
    found = ok(await admin.patch("/admin/settings", {"settings": settings}))
    return {each["name"]: each for each in found}


async def known(door: Door) -> dict[str, Any]:
    async with door.get("/api/v1/server") as answer:
        settings: dict[str, Any] = (await answer.json())["data"]["settings"]
    return settings


async def test_what_is_changed_holds_at_once(
    door: Door, admin: Person, alice: Person, bob: Person
) -> None:
    chat = await alice.group(bob)
    assert (await known(door))["registration"] == "invite"
    changed = await change(
        admin, REGISTRATION="open", DIRECT_CHATS="off", MESSAGE_MAX_LENGTH="5",
        FILE_MAX_BYTES="1 KiB", ZIP_MAX_BYTES="2 KiB", FILE_QUOTA_TOTAL="1 GiB",
        WRITE_RATE_LIMIT="50/20s",
    )  # fmt: skip
    assert (changed["FILE_MAX_BYTES"]["value"], changed["FILE_MAX_BYTES"]["source"]) == (
        "1024", "database",
    )  # fmt: skip
    shown = await known(door)
    assert (shown["registration"], shown["direct_chats"]) == ("open", False)
    assert (shown["message_max_length"], shown["file_max_bytes"]) == (5, 1024)
    direct = await alice.post("/chats/direct", {"user_id": bob.user_id})
    assert refusal(direct) == (403, "direct_disabled")
    # An actor that was there before.
    body = {"client_message_id": "0b5f5c1e-8f0a-4f5e-9c51-1f1f5e2b7a10", "text": "longer"}
    assert refusal(await alice.post(f"/chats/{chat}/messages", body)) == BAD
    server = door.server
    assert (server.files.most, server.archives.most) == (1024, 2048)
    assert server.files.quotas.organisation == 2**30
    assert server.directory.context.write_rate.seconds == 20
    assert refusal(await alice.upload(chat, ("a.txt", b"x" * 2000)))[0] == 413


async def test_what_is_changed_is_recorded_with_what_was_before_and_outlives_a_restart(
    api: Api, door: Door, admin: Person
) -> None:
    await change(admin, RETENTION_DAYS="90", DIRECT_CHATS="on")
    await change(admin, RETENTION_DAYS="60")
    [newest, older, *_] = ok(await admin.get("/admin/audit", action="settings"))
    assert newest["by"] == admin.user_id
    assert newest["details"] == {"changes": {"RETENTION_DAYS": {"before": "90", "after": "60"}}}
    # What stays as it was is no change.
    assert older["details"] == {"changes": {"RETENTION_DAYS": {"before": "30", "after": "90"}}}
    await door.session.close()
    await door.server.stop()
    again = await api(DIRECT_CHATS="off")
    assert again.server.settings.retention_days == 60
    # The environment wins.
    assert again.server.settings.direct_chats is False


async def test_what_is_forgotten_is_the_default_again(door: Door, admin: Person) -> None:
    await change(admin, RETENTION_DAYS="90")
    reset = await change(admin, RETENTION_DAYS=None)
    assert (reset["RETENTION_DAYS"]["value"], reset["RETENTION_DAYS"]["source"]) == (
        "30", "default",
    )  # fmt: skip
    assert door.server.settings.retention_days == 30


async def test_what_cannot_be_changes_nothing(door: Door, admin: Person) -> None:
    for name, text in (
        ("REGISTRATION", "sometimes"),
        ("RETENTION_DAYS", "-1"),
        ("MESSAGE_MAX_LENGTH", "100000"),
        ("SECRET_KEY", "s" * 40),
        ("NONSENSE", None),
        # What the environment says is locked.
        ("MESSAGE_RATE_LIMIT", "1/1s"),
        ("MESSAGE_RATE_LIMIT", None),
    ):
        asked = {"settings": {"DIRECT_CHATS": "off", name: text}}
        answer = await admin.patch("/admin/settings", asked)
        assert refusal(answer) == BAD, name
        assert answer[1]["error"]["details"]["field"] == name
    assert refusal(await admin.patch("/admin/settings", {"settings": {}})) == BAD
    assert (await known(door))["direct_chats"] is True


async def test_another_process_tells_the_server(door: Door, admin: Person, dsn: str) -> None:
    database = Database(dsn, size=1)
    await database.open()
    try:
        settings, at = door.server.settings, door.server.clock()
        await runtime.change(database, settings, {"REGISTRATION": "closed"}, None, at)
    finally:
        await database.close()

    async def told() -> bool:
        return (await known(door))["registration"] == "closed"

    await until(told)


async def test_a_server_starts_with_what_is_stored_and_of_no_use(
    api: Api, door: Door, admin: Person
) -> None:
    await change(admin, RETENTION_DAYS="90", REGISTRATION="open")
    spoil = Prepared(
        sa.text("update instance set value = :value where name = 'settings' returning name")
    )
    stored = '{"RETENTION_DAYS":"for ever","REGISTRATION":"open","GONE":"1"}'
    await door.server.database.fetch(spoil, value=stored)
    await door.session.close()
    await door.server.stop()
    settings = (await api()).server.settings
    assert (settings.retention_days, settings.registration) == (30, "open")

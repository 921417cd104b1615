"""What an administrator changes reaches whoever is connected at once, and others with a welcome."""

from datetime import UTC, datetime

from messenger import runtime
from messenger.store.rows.organisation import Organisations
from tests.live.client import Client
from tests.live.conftest import Stage

NOW = datetime(2026, 11, 21, tzinfo=UTC)


async def test_changes_are_told_to_everybody_and_in_the_next_welcome(
    stage: Stage, alice: Client, bob: Client
) -> None:
    server = stage.server
    assert alice.welcome["settings"]["direct_chats"] is True
    await server.runtime.change({"DIRECT_CHATS": "off", "MESSAGE_MAX_LENGTH": "300"}, None, NOW)
    for each in (alice, bob):
        told = (await each.expect_signal("public_settings.changed"))["settings"]
        assert (told["direct_chats"], told["message_max_length"]) == (False, 300)
    # By another process, as the command line is one.
    await runtime.change(server.database, server.settings, {"REGISTRATION": "closed"}, None, NOW)
    told = (await alice.expect_signal("public_settings.changed"))["settings"]
    assert (told["registration"], told["direct_chats"]) == ("closed", False)
    other = Organisations(server.database)
    root = (await stage.person("root", "admin")).user_id
    await other.change({"name": "North", "accent": "rose"}, root, NOW)
    told = (await alice.expect_signal("public_settings.changed"))["settings"]
    assert told["organisation"] == {"name": "North", "accent": "rose", "locale": "ru"}
    carol = await stage.client("carol")
    assert carol.welcome["settings"] == told


async def test_what_is_no_business_of_clients_is_not_told(stage: Stage, alice: Client) -> None:
    await stage.server.runtime.change({"MAX_OPEN_TASKS_PER_CHAT": "7"}, None, NOW)
    await alice.expect_nothing()
    assert not alice.signals

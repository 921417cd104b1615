"""Nothing that can be asked or told is without an answer, and without a sentence."""

from typing import get_args

from messenger.protocol import commands, events
from messenger.protocol.command import sentence_of
from messenger.protocol.event_types import EVENT_TYPES
from messenger.protocol.frames import COMMANDS
from messenger.reference import schemas
from messenger.reference.asyncapi import document


def test_every_command_event_frame_and_close_is_explained():
    assert [each for each in (*COMMANDS, *events.SERVER_FRAMES) if not sentence_of(each)] == []
    assert [each.type for each in EVENT_TYPES.values() if not each.sentence] == []
    assert set(get_args(events.CloseReason)) <= events.CLOSE_ADVICE.keys()


def test_every_field_is_explained():
    named = document()["components"]["schemas"]
    silent = [
        f"{name}.{field}"
        for name, schema in named.items()
        for field, about in schema["properties"].items()
        if "description" not in about
    ]
    assert silent == [], "messenger/reference/field_sentences.py has none for these"


def test_what_is_sent_has_all_its_fields():
    _, named = schemas.schemas_of([events.CHAT_EVENTS["message.created"]])
    assert named["Message"]["required"] == list(named["Message"]["properties"])


def test_what_is_asked_may_leave_out_what_has_a_default():
    _, named = schemas.schemas_of([commands.SendMessage])
    asked = ["type", "chat_id", "client_message_id", "text"]
    assert named["SendMessage"]["required"] == asked


def test_moments_are_marked_as_such():
    _, named = schemas.schemas_of([events.CHAT_EVENTS["message.created"]])
    fields = named["Message"]["properties"]
    assert fields["created_at"]["format"] == "date-time"
    assert fields["edited_at"]["anyOf"][0]["format"] == "date-time"
    assert "format" not in fields["text"]

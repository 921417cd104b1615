from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.errors import ValidationFailed
from messenger.http.plumbing import cursors
from messenger.store.reads.chats import ChatCursor
from messenger.store.reads.messages import PinCursor, ReactionCursor

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("cursor", [ChatCursor(3, AT), ReactionCursor("👍", 5)])
def test_a_cursor_is_read_back_as_written(cursor: ChatCursor | ReactionCursor) -> None:
    assert cursors.read(cursors.write(cursor), type(cursor)) == cursor


def test_a_list_that_ends_has_no_cursor_and_the_first_page_needs_none() -> None:
    assert cursors.write(None) is None
    assert cursors.read(None, ChatCursor) is None


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(ValidationFailed):
        cursors.read(cursors.write(PinCursor(AT, 3)), ChatCursor)


def test_depth_beyond_reason_is_refused() -> None:
    raw = b'["2026-11-21T09:30:00Z",3,' + b"[" * 3000
    with pytest.raises(ValidationFailed):
        cursors.read(urlsafe_b64encode(raw).decode(), PinCursor)


@pytest.mark.parametrize(
    ("made_up", "of"),
    [
        (b'["\\u0000",5]', ReactionCursor),
        (b'["a\\u0000b",5]', ReactionCursor),
        (b'["2026-11-21T09:30:00+23:59",5]', PinCursor),
        (b'["2026-11-21T09:30:00-15:30",5]', PinCursor),
        (b'[3,"2026-11-21T09:30:00+23:59"]', ChatCursor),
    ],
)
def test_what_the_database_cannot_take_is_refused(made_up: bytes, of: type) -> None:
    with pytest.raises(ValidationFailed):
        cursors.read(urlsafe_b64encode(made_up).decode(), of)


@given(st.text(max_size=60))
def test_whatever_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationFailed):
        cursors.read(text, ChatCursor)

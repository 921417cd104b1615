"""How large things are thought to be, where memory and pages go by it."""

import msgspec
import pytest

from messenger.actors.chat.board import size_of
from messenger.model import File
from messenger.protocol.event_size import estimated_size
from messenger.store.reads.sizes import of_message, of_task
from tests.unit.situations import message, task

FILES = [
    File(
        id=f"0b5f5c1e-8f0a-4f5e-9c51-{number:012}",
        chat_id=17,
        uploader_id=5,
        name="a" * 150,
        mime="image/png",
        size=10,
        folder="/".join(["f" * 90] * 10),
        created_at="2026-11-29T09:00:00.000Z",
    )
    for number in range(100)
]


@pytest.mark.parametrize("subject", [message(files=FILES), task(files=FILES)])
def test_files_in_deep_folders_are_as_large_as_they_are(subject: object) -> None:
    assert estimated_size(subject) >= len(msgspec.json.encode(subject))


def test_pages_and_boards_count_the_folders_of_files() -> None:
    written = len(msgspec.json.encode(FILES))
    assert of_message(message(files=FILES)) >= written
    assert of_task(task(files=FILES)) >= written
    assert size_of(task(files=FILES)) >= written * 0.9

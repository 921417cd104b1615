"""How large an event's frame will be, before it is encoded."""

from typing import Any, Final

from messenger.model import Message, My, Task

BYTES_PER_CHARACTER: Final = 3
"""Between letters, emoji and what JSON has to escape."""
BESIDE_TEXT: Final = 400
"""Bytes of a frame beside what people wrote."""


def estimated_size(subject: Any) -> int:
    """Bytes, about, of an event's subject in a frame; takes no time to speak of."""
    match subject:
        case Message(text=text, files=files):
            written = len(text) + sum(file.characters for file in files)
            return (1 + len(files)) * BESIDE_TEXT + BYTES_PER_CHARACTER * written
        case Task(description=description, checklist=items, files=files):
            written = len(description) + sum(len(item.text) for item in items)
            written += sum(file.characters for file in files)
            return (2 + len(files)) * BESIDE_TEXT + BYTES_PER_CHARACTER * written
        case My(draft=str(draft)):
            return BESIDE_TEXT + BYTES_PER_CHARACTER * len(draft)
    return BESIDE_TEXT

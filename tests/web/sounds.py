"""Sounds made here: tones that come and go, as speech does."""

import io
import math
import struct
import wave

from messenger.model import FileAbout

RATE = 8000
PER_SECOND = 3
"""Syllables, about."""


def loud(at: float) -> float:
    """How loud a moment is, 0 to 1."""
    return abs(math.sin(at * PER_SECOND)) * (0.55 + 0.45 * math.sin(at * 1.7))


def speech(seconds: float) -> bytes:
    """A WAV that every browser plays."""
    samples = (
        int(12000 * loud(each / RATE) * math.sin(each * 0.3)) for each in range(int(seconds * RATE))
    )
    held = io.BytesIO()
    with wave.open(held, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(RATE)
        made.writeframes(b"".join(struct.pack("<h", each) for each in samples))
    return held.getvalue()


def voice(seconds: float) -> FileAbout:
    """What a client says of such a recording."""
    waveform = bytes(int(255 * loud(each * seconds / 64)) for each in range(64))
    return FileAbout(shown_as="voice", duration_ms=int(seconds * 1000), waveform=waveform)

"""What a new machine sounds like: it starts, runs, and cuts three times."""

import io
import math
import random
import wave
from typing import Final

from messenger.model import FileAbout

RATE: Final = 8000
BARS: Final = 60
CUTS: Final = (2.2, 3.6, 5.0)
"""Seconds at which wood is put in."""


def loudness(at: float, seconds: float) -> float:
    """Of a moment, 0 to 1."""
    running = min(1.0, at / 0.8, (seconds - at) / 0.6)
    cutting = sum(math.exp(-(((at - cut) / 0.35) ** 2)) for cut in CUTS)
    return max(0.0, running) * (0.25 + 0.7 * min(1.0, cutting))


def machine(seconds: float) -> bytes:
    """A WAV."""
    noise = random.Random(1)
    samples = bytearray()
    for number in range(int(seconds * RATE)):
        at = number / RATE
        loud = loudness(at, seconds)
        hum = math.sin(at * 2 * math.pi * 110) + 0.5 * math.sin(at * 2 * math.pi * 330)
        rough = noise.uniform(-1, 1) * loud
        samples.append(round(128 + 80 * loud * (0.4 * hum + rough) / 1.6))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(samples)
    return out.getvalue()


def spoken(seconds: float) -> FileAbout:
    """What a client says of it as a voice message."""
    bars = bytes(round(255 * loudness(each * seconds / BARS, seconds)) for each in range(BARS))
    return FileAbout(shown_as="voice", duration_ms=round(seconds * 1000), waveform=bars)

"""Frames that no client of ours sends."""

import msgspec
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from messenger.protocol.frames import ClientFrame


def frames() -> st.SearchStrategy[bytes]:
    """Frames that are nearly right, and frames that are nothing at all."""
    types = [frame.__struct_config__.tag for frame in ClientFrame.__args__]
    fields = ["chat_id", "seq", "text", "emoji", "user_ids", "streams", "id", "key", "all", "x"]
    ids = st.integers(-(2**70), 2**70) | st.sampled_from([1, 2, 3, 4, 5, 6])
    values = st.recursive(
        st.none() | st.booleans() | ids | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=6,
    )
    nearly = st.fixed_dictionaries(
        {"type": st.sampled_from([t for t in types if t != "auth"])},
        optional=dict.fromkeys(fields, values),
    )
    return nearly.map(msgspec.json.encode) | st.binary(max_size=40)


def generated() -> list[bytes]:
    """Of short examples: of one with fifty frames most are given up as too large."""
    frames_made: list[bytes] = []

    @examples(
        max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(frames(), min_size=5, max_size=5))
    def collect(some: list[bytes]) -> None:
        frames_made.extend(some)

    collect()
    return frames_made

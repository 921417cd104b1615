"""How long and how much: every loop of the benchmarks is bounded by these numbers."""

import msgspec


class Plan(msgspec.Struct, frozen=True):
    """Seconds and counts of one run of all measures."""

    patience: float = 12.0
    """Before each measure, at most, until others leave the machine alone."""
    settle: float = 420.0
    """Before each measure, at most, until search and pushes have read what was said before it."""
    warm: float = 1.0
    seconds: float = 4.0
    runs: int = 3
    """Of each closed loop; the median is reported."""
    calm_seconds: float = 12.0
    """Of the loops at a gentle, fixed rate (C and D)."""
    idle_sockets: int = 2000
    # One heartbeat of each connection falls into it, whenever it begins.
    idle_seconds: float = 25.0
    returns: int = 10
    uploads: int = 40
    downloads: int = 5
    photos: int = 20
    # Alternating: without, with, without, with.
    pairs: int = 4
    pair_seconds: float = 6.0
    push_pairs: int = 6
    push_seconds: float = 12.0
    """Most of the second round of pushes, and the third: while people write each is later."""
    starts: int = 5
    limit_seconds: float = 1.5
    probes: int = 200
    storm_sockets: int = 2000
    long: bool = False
    """Whether growth goes on to five million messages."""


FULL = Plan()
QUICK = Plan(
    patience=0.0,
    settle=20.0,
    warm=0.5,
    seconds=1.5,
    runs=1,
    calm_seconds=4.0,
    idle_sockets=500,
    idle_seconds=5.0,
    returns=3,
    uploads=10,
    downloads=3,
    photos=5,
    pairs=2,
    pair_seconds=3.0,
    push_pairs=2,
    push_seconds=3.0,
    starts=2,
    limit_seconds=0.5,
    probes=50,
    storm_sockets=500,
)

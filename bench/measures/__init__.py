"""The rows of the budget, one module a kind; `MEASURES` is the order they run in.

Those that load one server come first; `idle` and `start` restart it, and the last two fill it.
"""

from bench.measures import (
    beside,
    board,
    calm,
    catchup,
    files,
    growth,
    idle,
    load,
    pictures,
    pushing,
    searching,
    start,
    storm,
)
from bench.stage import Measure

MEASURES: dict[str, Measure] = {
    "A1": load.a1,
    "A16": load.a16,
    "B": load.b,
    "C": calm.c,
    "D": calm.d,
    "K": board.k,
    "F": catchup.f,
    "U": files.u,
    "V": files.v,
    "W": pictures.w,
    "X": pictures.x,
    "Y": beside.y,
    "Z": beside.z,
    "N1": pushing.n1,
    "N2": pushing.n2,
    "S": searching.s,
    "E": idle.e,
    "G": start.g,
    "STORM": storm.storm,
    "GROWTH": growth.growth,
}

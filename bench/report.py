"""Results as rows: a table for people, JSON for machines."""

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from bench.limits import Limits
from bench.process import CPUS

# Below these the machine, not the server, decides A1 (the budget says so itself).
A1_PROBE_MS = 0.2
A1_FAN_OUT = 250_000

MACHINE = "no (slow machine)"


class Row(msgspec.Struct, kw_only=True):
    """One figure, what it should be, and what the machine gives at best."""

    measure: str
    what: str
    value: float
    unit: str
    aim: float | None = None
    more_is_better: bool = False
    limit: float | None = None
    limit_name: str = ""
    ratio_aim: float | None = None
    machine_decides: bool = False

    @property
    def met(self) -> str:
        if self.aim is None and self.ratio_aim is None:
            return ""
        if self._good(self.value, self.aim) and self._good(self.ratio or 0.0, self.ratio_aim):
            return "yes"
        return MACHINE if self.machine_decides else "no"

    def _good(self, value: float, aim: float | None) -> bool:
        if aim is None:
            return True
        return value >= aim if self.more_is_better else value <= aim

    @property
    def ratio(self) -> float | None:
        return self.value / self.limit if self.limit else None

    def cells(self) -> tuple[str, ...]:
        sign = "≥" if self.more_is_better else "≤"
        return (
            self.measure,
            self.what,
            number(self.value),
            self.unit,
            " ".join(
                f"{sign} {number(aim)}{of}"
                for aim, of in ((self.aim, ""), (self.ratio_aim, " of bare"))
                if aim is not None
            ),
            self.met,
            "" if self.limit is None else f"{self.limit_name} {number(self.limit)}",
            "" if self.ratio is None else f"{self.ratio:.2f}",
        )


def number(value: float) -> str:
    """As many digits as mean something."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


HEADER = ("", "measure", "result", "", "aim", "met", "limit of the machine", "ratio")
RIGHT = (2, 7)


def table(rows: Sequence[Row]) -> str:
    lines = [HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEADER))]
    shown = []
    for line in lines:
        cells = [
            cell.rjust(width) if at in RIGHT else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        shown.append("  ".join(cells).rstrip())
    return "\n".join([shown[0], "-" * len(shown[0]), *shown[1:]])


def machine() -> dict[str, Any]:
    """Where this ran, as far as it bears on the figures."""
    model = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {
        "cpu": model,
        "cpus": len(CPUS),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def limits_words(limits: Limits) -> str:
    """The machine's own figures."""
    rows = ", ".join(f"{number(rate)} at {rows}" for rows, rate in limits.rows.items())
    return (
        f"fdatasync {limits.fdatasync_ms:.3f} ms; rows/s by rows in a commit: {rows}\n"
        f"frames/s to 20: {number(limits.fan_out_20)}; to 500: {number(limits.fan_out_500)};"
        f" 500 one at a time: last after {limits.last_of_500_ms:.2f} ms,"
        f" {limits.cpu_us_per_frame:.1f} µs of CPU a frame; 1,000 frames in"
        f" {limits.burst_ms:.1f} ms\n"
        f"other processes used {limits.others:.2f} cores meanwhile"
    )

"""What `doctor --fix` does by itself: what cannot lose anything, and needs nobody's decision.

Everything else is only said: a setting, a restart, what is deleted, and what another program owns.
"""

import shlex
import subprocess
from typing import Final

from messenger.doctor.finding import DoctorCheck

SAFE: Final = frozenset(
    {"permissions", "backup_old", "backup_unproven", "file_missing", "migration_pending"}
)
"""Codes whose command is run as it stands."""
SECONDS: Final = 3600.0


def is_mendable(code: str, command: str | None) -> bool:
    return command is not None and code in SAFE


def mend(check: DoctorCheck, program: list[str]) -> str | None:
    """Run what mends it; None when that went well, else what it said. `program` is `messenger`."""
    assert check.command is not None
    line = shlex.split(check.command)
    if line[0] == "messenger":
        line = [*program, *line[1:]]
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr.strip() or done.stdout.strip())

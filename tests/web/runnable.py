"""Whether a program runs on this machine at all."""

import functools
import subprocess
from pathlib import Path


@functools.cache
def why_not(program: str | Path) -> str | None:
    """Why a program does not even tell its version here; None when it does."""
    try:
        tried = subprocess.run([program, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{program} does not run here: {error}"
    if tried.returncode != 0:
        return f"{program} does not run here: {tried.stderr.decode(errors='replace').strip()}"
    return None

"""What travels with the program beside its code: which it is, and the files of its installation.

In a checkout they lie where they are written; in an installed package, inside of it.
"""

import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent
CHECKOUT: Final = PACKAGE.parent
PLACEHOLDER: Final = "$Format"
"""What stands in `commit.txt` until `git archive` or the build of a wheel puts the commit there."""


def is_checkout() -> bool:
    """Whether the program runs from its sources."""
    return (CHECKOUT / "setup.cfg").is_file()


def deploy() -> Path:
    """The folder of unit files and proxies' sites."""
    inside = PACKAGE / "_deploy"
    return inside if inside.is_dir() else CHECKOUT / "deploy"


def commit() -> str | None:
    """The commit this is made of, with a `+` when files were changed since; None: unknown."""
    written = (PACKAGE / "commit.txt").read_text().strip()
    if not written.startswith(PLACEHOLDER):
        return written or None
    return commit_of(CHECKOUT)


def commit_of(directory: Path) -> str | None:
    """What git says of a checkout."""
    try:
        # The checkout may be another account's, as under sudo.
        git = ["git", "-c", "safe.directory=*", "-C", str(directory)]
        said = subprocess.run(
            [*git, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+"],
            capture_output=True, text=True, check=True, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip() or None


def told() -> str:
    """Version, commit and schema in one line, as `--version` prints them."""
    from messenger.store.schema.migrate import newest

    made_of = commit() or "unknown"
    short = made_of[:10] + ("+" if made_of.endswith("+") else "")
    return f"messenger {version('messenger')} (commit {short}, schema {newest()})"

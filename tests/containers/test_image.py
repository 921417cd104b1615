"""The built image, run as docker-compose.yml has it: small, bounded, and it keeps what it was told.

`bin/test --long tests/containers`, where podman or docker is and has an image called `messenger`
(`podman build --format docker -f deploy/Dockerfile -t messenger .`).
"""

import shutil
import subprocess

import pytest

from tests.containers.trial import MOST_BYTES, trial

ENGINES = ("podman", "docker")
IMAGE = "messenger"


def engine_with_image() -> str:
    found = [each for each in ENGINES if shutil.which(each)]
    if not found:
        pytest.skip(f"there is neither of {', '.join(ENGINES)} here")
    for engine in found:
        asked = subprocess.run([engine, "image", "inspect", IMAGE], capture_output=True)
        if asked.returncode == 0:
            return engine
    pytest.skip(f"{' and '.join(found)} have no image {IMAGE}: build it first")


def test_image_serves_without_root_and_keeps_what_it_acknowledged(
    pytestconfig: pytest.Config,
) -> None:
    if not pytestconfig.getoption("--long"):
        pytest.skip("starts containers: only with --long")
    found = trial(engine_with_image(), IMAGE)
    assert found["bytes"] <= MOST_BYTES
    assert found["kept"] == 2

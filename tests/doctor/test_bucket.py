"""What is wrong with a bucket is found, and its fix, followed to the letter, mends it."""

import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from messenger import config
from messenger.doctor import stored
from messenger.doctor.finding import Finding
from tests.bucket import new_bucket
from tests.conftest import KEYS
from tests.doctor.bucket_door import S3Door, listening
from tests.doctor.provoked import bad

Look = Callable[..., dict[str, Finding]]


@pytest.fixture
def door(s3: str) -> S3Door:
    return S3Door(s3)


@pytest.fixture
def look(door: S3Door, tmp_path: Path) -> Look:
    """What there is to say of a bucket of its own, with these settings changed."""
    given = {**KEYS, **new_bucket(door.upstream), "DATA_DIR": str(tmp_path)}
    given["S3_SECRET_ACCESS_KEY"] = "secret"

    def found(**changed: str) -> dict[str, Finding]:
        settings = config.load({**given, "S3_ENDPOINT": door.address, **changed})
        return bad(stored.bucket(settings))

    return found


def test_server_that_does_not_answer(door: S3Door, look: Look) -> None:
    assert look(S3_ENDPOINT="http://127.0.0.1:1").keys() == {"bucket_away"}
    with listening(door):
        assert look(S3_ENDPOINT=door.address) == {}


def test_account_that_is_not_known(door: S3Door, look: Look) -> None:
    with listening(door):
        for wrong in ({"S3_ACCESS_KEY_ID": "nobody"}, {"S3_SECRET_ACCESS_KEY": "mistyped"}):
            assert look(**wrong).keys() == {"bucket_credentials"}
            assert look(S3_ACCESS_KEY_ID="test", S3_SECRET_ACCESS_KEY="secret") == {}


def test_account_that_may_not(door: S3Door, look: Look) -> None:
    with listening(door):
        for lacks in sorted(door.may):
            door.may.remove(lacks)
            assert look().keys() == {"bucket_rights"}
            door.may.add(lacks)
            assert look() == {}


def test_bucket_that_is_not_there(door: S3Door, look: Look) -> None:
    with listening(door):
        assert look(S3_URL="s3://planned/messenger").keys() == {"bucket_bucket"}
        make = urllib.request.Request(f"{door.upstream}/planned", method="PUT")
        urllib.request.urlopen(make).close()
        assert look(S3_URL="s3://planned/messenger") == {}


def test_bucket_that_is_somewhere_else(door: S3Door, look: Look) -> None:
    door.region = "eu-central-1"
    with listening(door):
        assert look().keys() == {"bucket_region"}
        assert look(S3_REGION="eu-central-1") == {}


def test_clock_that_is_off_and_then_kept_again(door: S3Door, look: Look) -> None:
    """The clock of the bucket's machine: this one's is everybody's."""
    with listening(door):
        for ahead, code in ((timedelta(hours=1), "bucket_clock"),
                            (timedelta(minutes=3), "bucket_drift")):  # fmt: skip
            door.ahead = ahead
            assert look().keys() == {code}
            door.ahead = timedelta()
            assert look() == {}


def test_whatever_else_it_says(door: S3Door, look: Look) -> None:
    with listening(door):
        door.broken = "InvalidBucketState"
        found = look()
        assert found.keys() == {"bucket_other"}
        assert found["bucket_other"].values["said"] == "InvalidBucketState"
        door.broken = None
        assert look() == {}

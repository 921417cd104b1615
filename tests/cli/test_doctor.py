import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import Result

from messenger.config import settings
from messenger.config.settings import SETTINGS
from tests.bucket import new_bucket

Messenger = Callable[..., Result]


def test_nothing_is_wrong_before_the_first_start(messenger: Messenger) -> None:
    result = messenger("doctor")
    assert result.exit_code == 0
    assert "Everything is well." in result.stdout


def test_nothing_is_wrong_with_a_current_database(
    messenger: Messenger, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("PORT", "0")
    report = json.loads(messenger("doctor", "--json").stdout)
    well = {check["code"] for check in report["checks"] if check["state"] == "well"}
    assert well >= {"data_dir", "disk", "database", "database_clock", "migrations", "schema"}
    # The tests' own database is made to be fast, and loses all in a crash.
    assert {c["code"] for c in report["checks"] if c["state"] == "wrong"} == {"not_durable"}


def test_page_is_told_in_russian(messenger: Messenger) -> None:
    assert "ok   база данных: ещё не создана" in messenger("doctor", "--locale", "ru").stdout


def test_what_is_safe_is_mended_when_asked(messenger: Messenger, tmp_path: Path) -> None:
    key = tmp_path / "secret_key"
    key.write_text("k" * 40)
    key.chmod(0o644)
    assert messenger("doctor").exit_code == 1
    assert key.stat().st_mode & 0o777 == 0o644
    done = messenger("doctor", "--fix")
    assert done.exit_code == 0
    assert f"chmod 600 {key}" in done.output
    assert key.stat().st_mode & 0o777 == 0o600


def test_what_is_wrong_is_told_and_what_to_do(
    messenger: Messenger, empty: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)
    monkeypatch.setenv("MESSENGER_PORT", "1")
    (tmp_path / "secret_key").write_text("k" * 40)
    (tmp_path / "secret_key").chmod(0o644)
    result = messenger("doctor")
    assert result.exit_code == 1
    assert "BAD  permissions" in result.stdout
    assert f"chmod 600 {tmp_path / 'secret_key'}" in result.stdout
    assert "0001.core is pending" in result.stdout
    assert "write PORT in place of MESSENGER_PORT" in result.stdout
    assert "    messenger db migrate\n" in result.stdout


def test_every_malformed_setting_is_told(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    result = messenger("doctor")
    assert result.exit_code == 1
    assert result.stdout.count("BAD ") == 3  # two settings, and the last line
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("LOG_LEVEL", "error")
    assert messenger("doctor").exit_code == 0


def test_no_secret_is_shown(
    messenger: Messenger, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn.replace("messenger@", "messenger:hunter2@"))
    monkeypatch.setenv("SECRET_KEY", "hunter3" * 9)
    assert "hunter" not in messenger("doctor").output


def test_every_setting_is_read_somewhere() -> None:
    config = Path(settings.__file__).parent
    files = [path for path in config.parent.rglob("*.py") if config not in path.parents]
    sources = "".join(path.read_text() for path in files)
    names = [name.lower() for name in SETTINGS]
    assert [each for each in names if not re.search(rf"(?i)settings\]?\.{each}\b", sources)] == []


# The bucket


def set_all(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def told_of_bucket(output: str) -> str:
    """What is said of it, and what to do."""
    lines = output.splitlines()
    (at,) = (number for number, line in enumerate(lines) if " bucket: " in line)
    return " ".join(lines[at : at + 2])


def test_bucket_is_tried_out_and_left_as_it_was(
    messenger: Messenger, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = new_bucket(s3)
    set_all(monkeypatch, given)
    result = messenger("doctor")
    assert result.exit_code == 0
    assert re.search(r"ok +bucket: files-\d+ at http\S+ takes, gives and removes", result.stdout)
    assert re.search(r"ok +bucket's clock: 0 s from ours", result.stdout)
    moved = messenger("files", "check", "--json")
    assert '"strays":[]' in moved.stdout


def test_bucket_that_is_not_there_is_told(
    messenger: Messenger, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, new_bucket(s3) | {"S3_URL": "s3://nowhere/messenger"})
    result = messenger("doctor")
    assert result.exit_code == 1
    assert "does not exist" in told_of_bucket(result.stdout)
    assert "mend S3_URL" in told_of_bucket(result.stdout)


def test_server_that_does_not_answer_is_told(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"S3_ACCESS_KEY_ID": "a", "S3_SECRET_ACCESS_KEY": "b"}
    given = {"S3_URL": "s3://files", "S3_ENDPOINT": "http://127.0.0.1:1"}
    set_all(monkeypatch, given | keys)
    said = told_of_bucket(messenger("doctor").stdout)
    assert "does not answer" in said
    assert "S3_ENDPOINT" in said


@contextmanager
def refusing(status: int, code: str) -> Iterator[str]:
    """The address of a server that answers everything with one of S3's errors."""

    class Refuser(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refuser)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "InvalidAccessKeyId", "S3_ACCESS_KEY_ID"),
        (403, "SignatureDoesNotMatch", "S3_SECRET_ACCESS_KEY"),
        (403, "AccessDenied", "put, get, list and delete"),
        (403, "RequestTimeTooSkewed", "NTP"),
        (400, "AuthorizationHeaderMalformed", "S3_REGION"),
        (403, "SomethingElse", "put, get, list and delete"),
    ],
)
def test_refusal_is_told_in_words(
    status: int, code: str, words: str, messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing(status, code) as address:
        set_all(monkeypatch, {
            "S3_URL": "s3://files", "S3_ENDPOINT": address,
            "S3_ACCESS_KEY_ID": "a", "S3_SECRET_ACCESS_KEY": "hunter4",
        })  # fmt: skip
        result = messenger("doctor")
    assert result.exit_code == 1
    assert code in told_of_bucket(result.stdout)
    assert words in told_of_bucket(result.stdout)
    assert "hunter4" not in result.output

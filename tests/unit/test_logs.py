import io
import json
import logging
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from messenger import logs

Reading = Callable[[], str]


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[Reading]:
    """What was written to the log; the format is the fixture's parameter."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("info", request.param, stream)
    yield stream.getvalue
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


as_text = pytest.mark.parametrize("log", ["text"], indirect=True)
as_json = pytest.mark.parametrize("log", ["json"], indirect=True)
as_both = pytest.mark.parametrize("log", ["text", "json"], indirect=True)
logger = logging.getLogger("messenger.test")


def fail() -> None:
    try:
        raise ValueError("two\nlines\x1b[31m")
    except ValueError:
        logger.exception("it broke")


@as_text
def test_text_line_has_time_level_name_message_and_fields(log: Reading) -> None:
    logger.info("chat %s opened", 17, extra={"user": 5})
    time, rest = log().split(" ", 1)
    assert rest == "INFO messenger.test: chat 17 opened user=5\n"
    assert time.endswith("Z")
    assert abs(datetime.fromisoformat(time) - datetime.now(UTC)) < timedelta(minutes=1)


@as_json
def test_json_line_has_time_level_name_message_and_fields(log: Reading) -> None:
    logger.warning("chat %s opened", 17, extra={"user": 5})
    line = json.loads(log())
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "warning",
        "logger": "messenger.test",
        "message": "chat 17 opened",
        "user": 5,
    }


@as_text
def test_outsiders_cannot_forge_a_line_or_colour_a_terminal(log: Reading) -> None:
    logger.info("name %s", "x\r\n2026 INFO root: all is well\x1b[2J\x85\u2028", extra={"to": "\n"})
    assert len(log().splitlines()) == 1
    assert r"x\x0d\x0a2026" in log()
    assert r"\x1b[2J\x85\u2028 to=\x0a" in log()


@as_text
def test_exception_in_text_is_indented_and_escaped(log: Reading) -> None:
    fail()
    head, *trace = log().splitlines()
    assert head.endswith("ERROR messenger.test: it broke")
    assert all(line.startswith("    ") for line in trace)
    assert trace[-1] == r"    lines\x1b[31m"


@as_json
def test_exception_in_json_stays_on_one_line(log: Reading) -> None:
    fail()
    assert log().count("\n") == 1
    assert json.loads(log())["exception"].endswith("ValueError: two\nlines\x1b[31m")


@as_both
def test_request_id_is_on_every_line_of_its_request(log: Reading) -> None:
    token = logs.request_id.set("r-1")
    logger.info("inside")
    logs.request_id.reset(token)
    logger.info("outside")
    inside, outside = log().splitlines()
    assert "request_id" in inside
    assert "r-1" in inside
    assert "request_id" not in outside


@as_json
def test_line_is_of_the_socket_or_of_whom_it_names(log: Reading) -> None:
    """An actor works for many: its line is not of whoever's context it runs in."""
    tokens = logs.request_id.set("r-1"), logs.connection_id.set("c-1")
    logger.info("door")
    logger.info("turn", extra={"connection_id": "c-2", "command_id": 7})
    logger.info("turn", extra={"request_id": "r-2"})
    logs.request_id.reset(tokens[0])
    logs.connection_id.reset(tokens[1])
    ids = [
        {name: value for name, value in json.loads(line).items() if name.endswith("_id")}
        for line in log().splitlines()
    ]
    assert ids == [
        {"connection_id": "c-1"}, {"connection_id": "c-2", "command_id": 7}, {"request_id": "r-2"},
    ]  # fmt: skip


@as_text
def test_value_with_spaces_is_in_quotes(log: Reading) -> None:
    logger.info("it", extra={"why": 'a "b"=c', "n": 1, "empty": ""})
    assert log().endswith('it why="a \\"b\\"=c" n=1 empty=""\n')


@as_both
def test_lines_below_the_level_are_left_out(log: Reading) -> None:
    logger.debug("whisper")
    assert log() == ""


@pytest.mark.parametrize("lines", [logs.TextLines(), logs.JsonLines()])
def test_odd_values_do_not_break_the_log(lines: logging.Formatter) -> None:
    # Past the log itself, which the test runner listens to and would stumble over.
    record = logging.makeLogRecord({"msg": "lone \ud800 surrogate", "it": object(), "n": math.nan})
    line = lines.format(record).encode(errors="backslashreplace")
    assert rb"surrogate" in line
    assert rb"object object at" in line

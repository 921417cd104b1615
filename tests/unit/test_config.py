import base64
import dataclasses
import threading
from ipaddress import ip_network
from pathlib import Path

import pytest

from messenger.config import (
    ConfigError,
    describe,
    load,
    near_misses,
    vapid_key,
    without_password,
)

KEY = "k" * 32
ORIGINS = ("https://a.org", "http://b:81")
PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1"))


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The least a test needs: a data directory of its own."""
    return {"DATA_DIR": str(tmp_path / "data")}


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(environ)
    return caught.value.problems


def test_nothing_needs_to_be_set(home: dict[str, str]) -> None:
    settings = load(home)
    assert settings.database_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.registration == "invite"
    assert settings.message_rate_limit == (20, 10)
    assert settings.ws_max_pending_bytes == 2**20


def test_empty_is_as_good_as_absent(home: dict[str, str]) -> None:
    assert load({**home, "PORT": "", "DATABASE_URL": " ", "SECRET_KEY": ""}).port == 8000


def test_unknown_variables_are_none_of_our_business(home: dict[str, str]) -> None:
    load({**home, "LANG": "ru_RU", "DISPLAY": ":0", "PORTAGE": "x"})


@pytest.mark.parametrize(
    ("name", "given", "field", "value"),
    [
        ("DATABASE_URL", "postgres://u:p@h/d?x=1", "database_url", "postgresql://u:p@h/d?x=1"),
        ("BASE_URL", "https://Chat.Example.org/", "base_url", "https://chat.example.org"),
        ("DIRECT_CHATS", "Off", "direct_chats", False),
        ("CORS_ORIGINS", "https://a.org, http://b:81/", "cors_origins", ORIGINS),
        ("TRUSTED_PROXIES", "10.0.0.1/8 ::1", "trusted_proxies", PROXIES),
        ("MESSAGE_RATE_LIMIT", "100/m", "message_rate_limit", (100, 60)),
        ("WS_MAX_PENDING_BYTES", "5 MB", "ws_max_pending_bytes", 5_000_000),
        ("WS_MAX_PENDING_BYTES", "1GiB", "ws_max_pending_bytes", 2**30),
        ("LOG_LEVEL", "DEBUG", "log_level", "debug"),
    ],
)  # fmt: skip
def test_value_is_read(
    home: dict[str, str], name: str, given: str, field: str, value: object
) -> None:
    assert getattr(load({**home, name: given}), field) == value


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("DATABASE_URL", "mysql://h/d"),
        ("DATABASE_URL", "postgresql://[::1/d"),
        ("HOST", "two words"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٣"),
        ("BASE_URL", "chat.example.org"),
        ("BASE_URL", "https://example.org/chat"),
        ("BCRYPT_ROUNDS", "31"),
        ("REGISTRATION", "maybe"),
        ("DIRECT_CHATS", "sometimes"),
        ("CORS_ORIGINS", "*"),
        ("TRUSTED_PROXIES", "proxy.local"),
        ("MESSAGE_RATE_LIMIT", "20"),
        ("MESSAGE_RATE_LIMIT", "0/10s"),
        ("WS_MAX_PENDING_BYTES", "1 KB"),
        ("WS_MAX_PENDING_BYTES", "much"),
        ("LOG_FORMAT", "xml"),
        ("DEFAULT_LOCALE", "fr"),
    ],
)
def test_malformed_value_is_refused_with_what_to_write(
    home: dict[str, str], name: str, given: str
) -> None:
    (problem,) = problems({**home, name: given})
    assert problem.startswith(name)
    assert "write " in problem


def test_all_problems_are_told_at_once(home: dict[str, str]) -> None:
    found = problems({**home, "PORT": "x", "LOG_LEVEL": "x", "BCRYPT_ROUNDS": "0"})
    assert [problem.split("=")[0] for problem in found] == ["PORT", "LOG_LEVEL", "BCRYPT_ROUNDS"]


def test_idle_timeout_must_exceed_the_heartbeat(home: dict[str, str]) -> None:
    (problem,) = problems({**home, "WS_HEARTBEAT_SEC": "60"})
    assert "write more than 60" in problem


def test_address_people_open_is_never_the_wildcard(home: dict[str, str]) -> None:
    assert load({**home, "HOST": "0.0.0.0"}).base_url == "http://localhost:8000"
    assert load({**home, "HOST": "::1", "PORT": "1"}).base_url == "http://[::1]:1"


def test_secret_key_is_made_once_for_its_owner_alone(home: dict[str, str]) -> None:
    first = load(home)
    assert len(first.secret_key) >= 32
    assert load(home).secret_key == first.secret_key
    kept = first.data_dir / "secret_key"
    assert kept.stat().st_mode & 0o777 == 0o600
    other = first.data_dir / "vapid_private_key"
    assert sorted(first.data_dir.iterdir()) == [kept, other]


def test_key_of_pushes_is_made_once_and_another_when_told(home: dict[str, str]) -> None:
    first = load(home)
    kept = first.data_dir / "vapid_private_key"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(first.vapid_private_key) == 32
    assert load(home).vapid_private_key == first.vapid_private_key
    vapid_key.rotate(first.data_dir)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert load(home).vapid_private_key != first.vapid_private_key
    assert len(list(first.data_dir.iterdir())) == 2


@pytest.mark.parametrize("key", ["hunter2", "A" * 43, "_" * 43, "A" * 44, "%"])
def test_key_of_pushes_that_is_none_is_refused_and_not_repeated(
    home: dict[str, str], key: str
) -> None:
    (problem,) = problems({**home, "VAPID_PRIVATE_KEY": key})
    assert "43 characters" in problem
    assert key not in problem or len(key) == 1


def test_damaged_key_of_pushes_is_refused(home: dict[str, str]) -> None:
    (load(home).data_dir / "vapid_private_key").write_text("")
    (problem,) = problems(home)
    assert "damaged" in problem


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ({}, "mailto:admin@messenger.example.org"),
        ({"BASE_URL": "http://10.0.0.1"}, "mailto:admin@messenger.example.org"),
        ({"BASE_URL": "http://chat.acme.test"}, "mailto:admin@chat.acme.test"),
        ({"BASE_URL": "https://chat.acme.test"}, "https://chat.acme.test"),
        ({"VAPID_SUBJECT": "mailto:ops@acme.test"}, "mailto:ops@acme.test"),
    ],
)
def test_push_services_are_told_whom_to_write_to(
    home: dict[str, str], given: dict[str, str], subject: str
) -> None:
    assert load({**home, **given}).vapid_subject == subject


def test_first_starts_at_once_agree_on_the_secret_key(home: dict[str, str]) -> None:
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(load(home).secret_key)) for _ in "12345"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 5
    assert len(set(keys)) == 1


def test_given_secret_key_leaves_nothing_on_disk(home: dict[str, str]) -> None:
    pushes = base64.urlsafe_b64encode(b"k" * 32).decode()
    settings = load({**home, "SECRET_KEY": KEY, "VAPID_PRIVATE_KEY": pushes})
    assert settings.secret_key == KEY.encode()
    assert settings.vapid_private_key == b"k" * 32
    assert not settings.data_dir.exists()


def test_short_secret_key_is_refused_and_not_repeated(home: dict[str, str]) -> None:
    (problem,) = problems({**home, "SECRET_KEY": "hunter2"})
    assert "at least 32" in problem
    assert "hunter2" not in problem


def test_damaged_secret_key_is_refused(home: dict[str, str]) -> None:
    kept = load(home).data_dir / "secret_key"
    kept.write_text("")
    (problem,) = problems(home)
    assert "damaged" in problem


def test_data_dir_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (problem,) = problems({"DATA_DIR": str(tmp_path / "file" / "data")})
    assert "DATA_DIR" in problem
    assert "write a directory" in problem


def test_secret_is_read_from_a_file(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    settings = load({**home, "SECRET_KEY_FILE": str(tmp_path / "key")})
    assert settings.secret_key == KEY.encode()
    assert settings.sources["SECRET_KEY"] == "SECRET_KEY_FILE"


def test_file_that_cannot_be_read_is_told(home: dict[str, str]) -> None:
    (problem,) = problems({**home, "SECRET_KEY_FILE": "/nowhere"})
    assert problem.startswith("SECRET_KEY_FILE=/nowhere cannot be read (No such file")


def test_secret_and_its_file_exclude_each_other(home: dict[str, str]) -> None:
    (problem,) = problems({**home, "SECRET_KEY": KEY, "SECRET_KEY_FILE": "/nowhere"})
    assert "keep one" in problem


def test_only_secrets_are_read_from_files(home: dict[str, str]) -> None:
    assert load({**home, "PORT_FILE": "/nowhere"}).port == 8000


def test_description_names_every_setting_and_no_secret(home: dict[str, str]) -> None:
    url = "postgresql://alice:hunter2@db/messenger?sslpassword=hunter3"
    settings = load({**home, "DATABASE_URL": url, "SECRET_KEY": KEY})
    shown = {name: (value, source) for name, value, source in describe(settings)}
    assert len(shown) == len(settings.sources) == len(dataclasses.fields(settings)) - 1
    assert shown["DATABASE_URL"][0] == "postgresql://alice:***@db/messenger?sslpassword=***"
    assert shown["PORT"] == ("8000", "default")
    assert shown["DATA_DIR"][1] == "environment"
    for text in (str(shown), repr(settings)):
        assert "hunter" not in text
        assert KEY not in text


@pytest.mark.parametrize(
    "url", ["postgresql://u:hunter2@h/d", "postgresql://:hunt@er2@h", "postgresql://h/?password=hunter2"]
)  # fmt: skip
def test_password_is_masked_wherever_it_stands(url: str) -> None:
    assert "er2" not in without_password(url)


def test_slips_are_recognised() -> None:
    environ = {"WS_HEARTBEAT_SECONDS": "5", "MESSENGER_PORT": "1", "LOGLEVEL": "info"}
    assert near_misses(environ) == [
        ("LOGLEVEL", "LOG_LEVEL"),
        ("MESSENGER_PORT", "PORT"),
        ("WS_HEARTBEAT_SECONDS", "WS_HEARTBEAT_SEC"),
    ]
    assert near_misses({"PORT": "1", "SECRET_KEY_FILE": "x", "HOSTNAME": "h", "PATH": ""}) == []


def test_relative_data_dir_is_taken_from_where_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load({"DATA_DIR": "here"}).data_dir == Path.cwd() / "here"


@pytest.mark.parametrize("name", ["WS_MAX_COMMAND_BYTES", "WS_MAX_PENDING_BYTES"])
def test_a_socket_that_no_long_message_fits_through_stops_the_start(
    name: str, home: dict[str, str]
) -> None:
    with pytest.raises(
        ConfigError, match=f"{name} must hold a message of MESSAGE_MAX_LENGTH=40000"
    ):
        load({**home, "MESSAGE_MAX_LENGTH": "40000", name: "65536"})


@pytest.mark.parametrize("longest", [1, 5000, 40_000, 1_000_000])
def test_what_sockets_take_grows_with_the_longest_message(
    longest: int, home: dict[str, str]
) -> None:
    settings = load({**home, "MESSAGE_MAX_LENGTH": str(longest)})
    assert settings.ws_max_command_bytes >= 12 * longest + 4096
    assert settings.ws_max_pending_bytes >= 6 * longest + 4096


MAIL = {"BASE_URL": "https://chat.example.org"}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("smtps://a%40b:p%3Aw@mail.example.org", "smtps://a@b:***@mail.example.org:465"),
        ("smtp://u:p@mail.example.org", "smtp://u:***@mail.example.org:587"),
        ("smtp://127.0.0.1?tls=off", "smtp://127.0.0.1:25?tls=off"),
        ("smtp://[::1]:2525", "smtp://[::1]:2525"),
    ],
)
def test_mail_server_is_read_and_shown_without_its_password(
    home: dict[str, str], given: str, shown: str
) -> None:
    settings = load({**home, **MAIL, "SMTP_URL": given})
    assert str(settings.smtp_url) == shown
    assert str(settings.mail_from) == "messenger@chat.example.org"
    assert ("SMTP_URL", shown, "environment") in describe(settings)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"SMTP_URL": "http://mail.example.org"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example.org?tls=maybe"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://user:secret@"}, "SMTP_URL"),
        ({"SMTP_URL": "smtps://user@mail.example.org"}, "SMTP_PASSWORD"),
        ({"SMTP_URL": "smtps://mail.example.org", "SMTP_PASSWORD": "x"}, "SMTP_PASSWORD"),
        ({"SMTP_PASSWORD": "x"}, "SMTP_PASSWORD"),
        ({"SMTP_URL": "smtps://mail.example.org", "BASE_URL": "http://10.0.0.1"}, "MAIL_FROM"),
        ({"SMTP_URL": "smtps://mail.example.org", "MAIL_FROM": "a\nBcc: b@c.d"}, "MAIL_FROM"),
    ],
)
def test_what_mail_needs_is_said(home: dict[str, str], given: dict[str, str], name: str) -> None:
    (problem,) = problems({**home, **MAIL, **given})
    assert name in problem
    assert "secret" not in problem

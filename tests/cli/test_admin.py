import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from click.testing import CliRunner, Result

from messenger.auth import Passwords
from messenger.cli import main

Messenger = Callable[..., Result]
Output = Callable[..., Any]


@pytest.fixture(autouse=True)
def _database(messenger: Messenger, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("BCRYPT_ROUNDS", "4")


def test_first_account_leads(output_of: Output, dsn: str) -> None:
    anna = output_of("admin", "user", "add", "anna")["user"]
    assert anna["role"] == "admin"
    assert rows(dsn, "select role from members order by role desc") == [("owner",), ("member",)]
    bob = output_of("admin", "user", "add", "bob")["user"]
    assert (bob["role"], bob["locale"], bob["display_name"]) == ("user", "ru", "bob")


def test_first_account_is_no_guests(messenger: Messenger) -> None:
    result = messenger("admin", "user", "add", "anna", "--guest")
    assert result.exit_code == 2
    assert "leave --guest out" in result.stderr


def test_guest_is_not_in_the_common_chat(output_of: Output, dsn: str) -> None:
    add_people(output_of, "anna")
    guest = output_of("admin", "user", "add", "gleb", "--guest")["user"]
    query = (
        "select kind from chats c join members m on m.chat_id = c.id where user_id = {}"
    )  # fmt: skip
    assert rows(dsn, query.format(guest["id"])) == [("direct",)]


def test_everything_given_is_kept(output_of: Output) -> None:
    given = ["--display-name", "Анна", "--email", "anna@example.org", "--locale", "en"]
    output_of("admin", "user", "add", "anna", *given, "--time-zone", "Europe/Moscow")
    [anna] = output_of("admin", "user", "list")
    assert anna["display_name"] == "Анна"
    assert anna["email"] == "anna@example.org"
    assert (anna["locale"], anna["time_zone"]) == ("en", "Europe/Moscow")


def test_made_password_is_printed_and_opens(messenger: Messenger, dsn: str) -> None:
    printed = messenger("admin", "user", "add", "anna").stdout
    [password] = re.findall(r"^password: ([a-z2-7-]{19})$", printed, re.M)
    assert opens(dsn, "anna", password)


def test_given_password_opens_and_is_not_printed(dsn: str) -> None:
    command = ["admin", "user", "add", "anna", "--password-stdin"]
    result = CliRunner().invoke(main, command, input="верный конь\n")
    assert result.exit_code == 0
    assert "конь" not in result.output
    assert opens(dsn, "anna", "верный конь")


@pytest.mark.parametrize("password", ["", "short", "anna1234", "12345678"])
def test_weak_password_is_refused(password: str) -> None:
    command = ["admin", "user", "add", "anna1234", "--password-stdin"]
    assert CliRunner().invoke(main, command, input=password + "\n").exit_code == 2


def test_new_password_replaces_the_old(output_of: Output, dsn: str) -> None:
    old = output_of("admin", "user", "add", "anna")["password"]
    new = output_of("admin", "user", "password", "anna")["password"]
    assert opens(dsn, "anna", new)
    assert not opens(dsn, "anna", old)


def test_new_password_is_read_and_checked(output_of: Output, dsn: str) -> None:
    add_people(output_of, "anna")
    command = ["admin", "user", "password", "anna", "--password-stdin"]
    assert CliRunner().invoke(main, command, input="short\n").exit_code == 2
    assert CliRunner().invoke(main, command, input="correct horse\n").exit_code == 0
    assert opens(dsn, "anna", "correct horse")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["add", "a b"], 2, "letters, digits"),
        (["add", "root", "--display-name", "\u200b"], 2, "name"),
        (["add", "root", "--email", "nowhere"], 2, "e-mail"),
        (["add", "root", "--time-zone", "Mars"], 2, "time zone"),
        (["add", "root", "--locale", "xx"], 2, "locale"),
        (["add", "ANNA"], 1, "taken"),
        (["disable", "nobody"], 1, "no account"),
        (["role", "anna", "king"], 2, "king"),
        (["sessions", "anna", "--revoke", "0"], 1, "no session"),
        (["sessions", "anna", "--revoke", "0", "--revoke-all"], 2, "together"),
    ],
)
def test_refusal_is_a_sentence(
    messenger: Messenger, output_of: Output, arguments: list[str], code: int, words: str
) -> None:
    add_people(output_of, "anna")
    result = messenger("admin", "user", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr


@pytest.mark.parametrize("act", [["disable", "anna"], ["role", "anna", "user"]])
def test_last_administrator_stays(messenger: Messenger, output_of: Output, act: list[str]) -> None:
    add_people(output_of, "anna", "bob")
    result = messenger("admin", "user", *act)
    assert result.exit_code == 1
    assert "last administrator" in result.stderr
    output_of("admin", "user", "role", "bob", "admin")
    assert messenger("admin", "user", *act).exit_code == 0


def test_disabled_are_listed_and_let_in_again(output_of: Output, messenger: Messenger) -> None:
    add_people(output_of, "anna", "bob")
    assert output_of("admin", "user", "disable", "bob")["user"]["disabled_at"] is not None
    assert "user, disabled" in messenger("admin", "user", "list").stdout
    assert output_of("admin", "user", "enable", "bob")["user"]["disabled_at"] is None


def test_account_is_found_by_its_address(output_of: Output) -> None:
    output_of("admin", "user", "add", "anna", "--email", "anna@example.org")
    found = output_of("admin", "user", "password", "Anna@Example.org")
    assert found["user"]["username"] == "anna"


def test_what_was_done_is_recorded(output_of: Output, dsn: str) -> None:
    add_people(output_of, "anna", "bob")
    output_of("admin", "user", "role", "bob", "admin")
    output_of("admin", "user", "password", "bob")
    done = rows(dsn, "select by, action from audit order by id")
    actions = ["user.add", "user.add", "user.update", "user.password"]
    assert done == [(None, action) for action in actions]


def test_who_was_erased_is_nobody_for_good(output_of: Output, messenger: Messenger) -> None:
    add_people(output_of, "anna", "bob")
    id = output_of("admin", "user", "erase", "bob", "--messages", "keep")["erased"]
    for words in (("enable",), ("password",), ("role", "user"), ("disable",)):
        result = messenger("admin", "user", words[0], f"deleted:{id}", *words[1:])
        assert (result.exit_code, "was erased" in result.stderr) == (1, True), words


def test_records_are_listed_and_proven(output_of: Output, messenger: Messenger, dsn: str) -> None:
    add_people(output_of, "anna")
    output_of("admin", "user", "add", "bob", "--display-name", "Борис")
    output_of("admin", "user", "role", "bob", "admin")
    listed = output_of("admin", "audit", "--action", "user.add")
    assert [each["action"] for each in listed] == ["user.add", "user.add"]
    assert [each["id"] for each in output_of("admin", "audit", "--limit", "2")] == [3, 2]
    shown = messenger("admin", "audit").stdout
    assert "user.update" in shown
    assert "Борис" in shown
    assert re.search(r"user\.update +bob ", shown)
    assert messenger("admin", "audit", "--subject", "bob").stdout.count(" bob ") == 2
    assert "no account 'nobody'" in messenger("admin", "audit", "--by", "nobody").stderr
    assert "--since" in messenger("admin", "audit", "--since", "never").stderr
    proven = messenger("admin", "audit", "--verify").stdout
    assert "3 records, the chain is whole." in proven
    assert output_of("admin", "audit", "--verify")["last_hash"] in proven
    execute(dsn, "alter table audit disable trigger user; update audit set by = 7 where id = 2")
    result = messenger("admin", "audit", "--verify")
    assert (result.exit_code, "Record 2 breaks the chain" in result.stderr) == (1, True)


def test_invitation_is_a_link(output_of: Output, messenger: Messenger, dsn: str) -> None:
    made = output_of("admin", "invite", "--role", "guest", "--uses", "3", "--days", "1")
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/#/invite/[\w-]{32}", made["url"])
    assert messenger("admin", "invite").stdout.startswith("http://127.0.0.1:8000/#/invite/")
    stored = rows(dsn, "select role, uses_left, expires_at - created_at from invites order by 2")
    assert [(role, uses, time.days) for role, uses, time in stored] == [
        ("user", 1, 7),
        ("guest", 3, 1),
    ]


def test_nobody_is_invited_where_registration_is_closed(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRATION", "closed")
    result = messenger("admin", "invite")
    assert result.exit_code == 1
    assert "admin user add" in result.stderr


def test_fresh_database_is_made_ready(
    output_of: Output, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)
    add_people(output_of, "anna")
    assert len(output_of("admin", "user", "list")) == 1


def test_other_schema_is_left_alone(messenger: Messenger, dsn: str) -> None:
    execute(dsn, "update migration_checksums set checksum = 'another'")
    result = messenger("admin", "user", "add", "anna")
    assert result.exit_code == 1
    assert "db status" in result.stderr
    assert rows(dsn, "select from users") == []


def add_people(output_of: Output, *names: str) -> None:
    for name in names:
        output_of("admin", "user", "add", name)


def opens(dsn: str, username: str, password: str) -> bool:
    [(stored,)] = rows(dsn, f"select password_hash from users where username = '{username}'")
    passwords = Passwords(4)
    try:
        return asyncio.run(passwords.verify(password, stored))
    finally:
        passwords.close()


def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(dsn)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())
    finally:
        connection.close()


def execute(dsn: str, statement: str) -> None:
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def test_key_of_pushes_is_replaced_where_it_is_ours(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "vapid_private_key"
    messenger("doctor")
    before = kept.read_text()
    assert str(kept) in messenger("admin", "push", "rotate-key").stdout
    assert kept.read_text() != before
    monkeypatch.setenv("VAPID_PRIVATE_KEY", "a" * 43)
    refused = messenger("admin", "push", "rotate-key")
    assert refused.exit_code == 1
    assert "VAPID_PRIVATE_KEY is set" in refused.stderr


def test_a_table_of_people_is_brought_in(
    messenger: Messenger, output_of: Output, tmp_path: Path, dsn: str
) -> None:
    output_of("admin", "user", "add", "anna")
    table = tmp_path / "people.csv"
    table.write_text("username,name\nboris,Борис\nvera,Вера\n")
    checked = output_of("admin", "user", "import", str(table), "--check")
    assert [each["password"] for each in checked] == [None, None]
    boris, vera = output_of("admin", "user", "import", str(table))
    assert opens(dsn, "boris", boris["password"])
    assert (vera["line"], vera["problem"]) == (3, None)
    again = messenger("admin", "user", "import", str(table))
    assert again.exit_code == 1
    assert again.stdout.count("This user name is taken.") == 2


def test_a_table_as_excel_saves_it_is_read(
    messenger: Messenger, output_of: Output, tmp_path: Path, dsn: str
) -> None:
    table = tmp_path / "people.csv"
    table.write_bytes("логин;имя;роль\r\nvera;Вера;сотрудник\r\n".encode("cp1251"))
    [vera] = output_of("admin", "user", "import", str(table))
    assert (vera["username"], vera["problem"]) == ("vera", None)
    assert "Вера" in messenger("admin", "user", "list").stdout
    table.write_bytes("username\nboris\n".encode("utf-16"))
    assert "save it as CSV UTF-8" in messenger("admin", "user", "import", str(table)).stderr

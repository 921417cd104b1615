"""What operators do about mail: a letter to try it with, and links where there is none."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from click.testing import Result

from tests.mail.service import mail_service

Messenger = Callable[..., Result]


async def test_doctor_sends_a_letter_or_says_why_not(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def doctor(address: str) -> tuple[int, dict[str, Any]]:
        command = "doctor", "--send-mail", address, "--json"
        result = await asyncio.to_thread(messenger, *command)
        (check,) = [each for each in json.loads(result.stdout)["checks"] if each["name"] == "mail"]
        return result.exit_code, check

    code, said = await doctor("a@b.org")
    assert (code, said["found"]) == (1, "SMTP_URL is not set: no mail is sent")
    async with mail_service(login=False) as service:
        monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{service.port}?tls=off")
        monkeypatch.setenv("MAIL_FROM", "messenger@example.org")
        code, said = await doctor("a@b.org")
        assert (code, said["state"]) == (0, "well")
        assert service.taken[0].recipient == "a@b.org"
        service.answers["a@b.org"] = "550 no such mailbox"
        code, said = await doctor("a@b.org")
        assert (code, said["code"]) == (1, "mail")
        assert "refused the recipient: 550 no such mailbox." in said["found"]


def test_link_to_a_new_password_is_printed(
    messenger: Messenger,
    output_of: Callable[..., Any],
    dsn: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("BCRYPT_ROUNDS", "4")
    output_of("admin", "user", "add", "anna")
    made = output_of("admin", "user", "reset-link", "anna")
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/#/reset/[\w-]{39}", made["url"])
    assert made["user"]["username"] == "anna"
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from audit where action = 'user.reset_link'")
        assert cursor.fetchall() == [(1,)]
    connection.close()
    assert messenger("admin", "user", "reset-link", "nobody").exit_code == 1

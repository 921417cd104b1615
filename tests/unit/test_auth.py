import asyncio
import base64
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import bcrypt
import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.auth import LEEWAY, AccessClaims, Passwords, RefreshClaims, Tokens, derived_key
from messenger.errors import TokenExpired, Unauthorized, Unavailable
from messenger.rules.sessions import GRACE, judge_refresh

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SECRET = b"s" * 32
SESSION = "11111111-1111-4111-8111-111111111111"
QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


# Passwords: in a loop of its own, for the simulated one does not wait for threads


Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    passwords = Passwords(rounds=4)
    yield passwords
    passwords.close()


@pytest.mark.parametrize(
    "password",
    ["correct horse", "ы" * 63 + "я", "x" * 72, "x" * 73, "x" * 1_000_000, "a\x00b", "\ud800", ""],
)
def test_a_password_is_verified_to_its_last_character(
    run: Run, passwords: Passwords, password: str
) -> None:
    hashed = run(passwords.hash(password))
    assert run(passwords.verify(password, hashed))
    assert not run(passwords.verify(password + "x", hashed))
    assert not run(passwords.verify(password[:-1] + "z", hashed))


def test_what_follows_a_nul_counts(run: Run, passwords: Passwords) -> None:
    assert not run(passwords.verify("a\x00c", run(passwords.hash("a\x00b"))))


def test_a_letter_is_one_however_a_keyboard_writes_it(run: Run, passwords: Passwords) -> None:
    assert run(passwords.verify("и\u0306од", run(passwords.hash("йод"))))


def test_a_hash_tells_nothing_twice(run: Run, passwords: Passwords) -> None:
    hashed = run(passwords.hash("correct horse"))
    assert hashed.startswith("$2b$04$")
    assert hashed != run(passwords.hash("correct horse"))


@pytest.mark.parametrize("kept", [None, "", "no password opens this", "$2b$04$" + "." * 53])
def test_without_a_hash_nothing_opens(run: Run, passwords: Passwords, kept: str | None) -> None:
    for password in ("", "correct horse", "no password opens this"):
        assert not run(passwords.verify(password, kept))


def test_who_is_unknown_is_checked_at_full_cost(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []

    def record(password: bytes, hashed: bytes) -> bool:
        checked.append(hashed)
        return True

    monkeypatch.setattr(bcrypt, "checkpw", record)
    passwords = Passwords(rounds=12)
    assert not run(passwords.verify("correct horse", None))
    passwords.close()
    assert [(hashed[:7], len(hashed)) for hashed in checked] == [(b"$2b$12$", 60)]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """No hash is done before it is open."""
    gate = threading.Event()

    def hashpw(password: bytes, salt: bytes) -> bytes:
        assert gate.wait(5)
        return b"hash"

    monkeypatch.setattr(bcrypt, "hashpw", hashpw)
    return gate


def test_too_many_waiting_are_refused_and_places_come_back(run: Run, gate: threading.Event) -> None:
    async def crowd() -> list[str]:
        gate.clear()
        taken = [asyncio.create_task(passwords.hash("x")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await passwords.hash("x")
        gate.set()
        return await asyncio.gather(*taken)

    passwords = Passwords(rounds=4, threads=1, waiting=1)
    for _ in range(2):
        assert run(crowd()) == ["hash", "hash"]
    passwords.close()


def test_who_stops_waiting_leaves_their_place_to_the_thread(
    run: Run, gate: threading.Event
) -> None:
    async def give_up() -> None:
        given_up = asyncio.create_task(passwords.hash("x"))
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.wait([given_up])
        with pytest.raises(Unavailable):
            await passwords.hash("x")
        gate.set()

    passwords = Passwords(rounds=4, threads=1, waiting=0)
    run(give_up())
    passwords.close()


# Tokens


def tokens(at: datetime = NOW, secret: bytes = SECRET) -> Tokens:
    return Tokens(secret, QUARTER, lambda: at)


def fresh(generation: int = 0) -> str:
    return tokens().refresh(5, SESSION, generation, NOW, NOW + timedelta(days=30))


def forged(claims: dict[str, Any], typ: str = "access", **more: Any) -> str:
    good = {
        "sub": "5", "sid": SESSION, "typ": typ, "iat": int(NOW.timestamp()),
        "exp": int((NOW + QUARTER).timestamp()),
    }  # fmt: skip
    whole = {name: value for name, value in {**good, **claims}.items() if value is not None}
    key = more.pop("key", derived_key(SECRET, f"token/{typ}"))
    return jwt.encode(whole, key, algorithm="HS256", **more)


def test_an_access_token_says_who_and_until_when() -> None:
    claims = tokens().read_access(tokens().access(5, SESSION))
    assert claims == AccessClaims(5, SESSION, NOW + QUARTER)


def test_a_refresh_token_says_which_of_its_session_it_is() -> None:
    assert tokens().read_refresh(fresh(7)) == RefreshClaims(5, SESSION, 7)


def test_the_same_row_gives_the_same_refresh_token_again() -> None:
    later = tokens(NOW + timedelta(days=1))
    again = later.refresh(5, SESSION, 3, NOW, NOW + timedelta(days=30))
    assert again == fresh(3)
    assert again != fresh(4)


def test_a_token_runs_out_after_its_time_and_the_leeway() -> None:
    access, refresh = tokens().access(5, SESSION), fresh()
    for token, lifetime, read in (
        (access, QUARTER, Tokens.read_access),
        (refresh, timedelta(days=30), Tokens.read_refresh),
    ):
        assert read(tokens(NOW + lifetime + LEEWAY), token)
        with pytest.raises((TokenExpired, Unauthorized)):
            read(tokens(NOW + lifetime + LEEWAY + SECOND), token)


def test_an_old_access_token_is_to_be_refreshed_and_an_old_refresh_token_is_not() -> None:
    late = tokens(NOW + timedelta(days=60))
    with pytest.raises(TokenExpired):
        late.read_access(tokens().access(5, SESSION))
    with pytest.raises(Unauthorized):
        late.read_refresh(fresh())


def test_a_clock_that_was_set_back_asks_for_a_refresh_and_grants_it() -> None:
    early = tokens(NOW - timedelta(hours=1))
    with pytest.raises(TokenExpired):
        early.read_access(tokens().access(5, SESSION))
    assert early.read_refresh(fresh(7)) == RefreshClaims(5, SESSION, 7)
    assert tokens(NOW - LEEWAY).read_access(tokens().access(5, SESSION))


def test_neither_kind_of_token_is_the_other() -> None:
    with pytest.raises(Unauthorized):
        tokens().read_access(fresh())
    with pytest.raises(Unauthorized):
        tokens().read_refresh(tokens().access(5, SESSION))


FORGED = {
    "other type": forged({"typ": "refresh"}),
    "no type": forged({"typ": None}),
    "no exp": forged({"exp": None}),
    "no iat": forged({"iat": None}),
    "no sub": forged({"sub": None}),
    "no session": forged({"sid": None}),
    "number for sub": forged({"sub": 5}),
    "words for sub": forged({"sub": "alice"}),
    "text for exp": forged({"exp": "tomorrow"}),
    "exp beyond time": forged({"exp": 10**18}),
    "other key": forged({}, key=b"x" * 32),
    "the bare secret": forged({}, key=SECRET),
    "the other kind's key": forged({}, key=derived_key(SECRET, "token/refresh")),
    "critical header": forged({}, headers={"crit": ["b64"], "b64": False}),
    "empty": "",
    "nonsense": "x.y.z",
    "surrogates": "\ud800.\ud800.\ud800",
}


def test_what_is_forged_here_is_otherwise_good() -> None:
    assert tokens().read_access(forged({})) == AccessClaims(5, SESSION, NOW + QUARTER)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused(name: str) -> None:
    with pytest.raises(Unauthorized):
        tokens().read_access(FORGED[name])


@pytest.mark.parametrize("algorithm", ["none", "None", "HS512", "RS256"])
def test_a_token_of_another_algorithm_is_refused(algorithm: str) -> None:
    _, claims, signature = tokens().access(5, SESSION).split(".")
    header = json.dumps({"alg": algorithm, "typ": "JWT"}).encode()
    head = base64.urlsafe_b64encode(header).rstrip(b"=").decode()
    for token in (f"{head}.{claims}.", f"{head}.{claims}.{signature}"):
        with pytest.raises(Unauthorized):
            tokens().read_access(token)


@given(st.text())
def test_no_text_is_let_in_by_chance(text: str) -> None:
    for read in (tokens().read_access, tokens().read_refresh):
        with pytest.raises(Unauthorized):
            read(text)


def test_keys_of_two_purposes_or_secrets_differ() -> None:
    keys = {derived_key(secret, purpose) for secret in (SECRET, b"x" * 32) for purpose in "ab"}
    assert len(keys) == 4


# Refreshing


@pytest.mark.parametrize(
    ("presented", "after", "verdict"),
    [
        (3, timedelta(0), "rotate"),
        (3, timedelta(days=29), "rotate"),
        (4, timedelta(0), "rotate"),
        (2, timedelta(0), "repeat"),
        (2, timedelta(days=29), "repeat"),
        (1, timedelta(0), "repeat"),
        (0, GRACE, "repeat"),
        (0, -SECOND, "repeat"),
        (2, -timedelta(hours=1), "repeat"),
        (0, -timedelta(hours=1), "revoke"),
        (3, -timedelta(hours=1), "rotate"),
        (1, GRACE + SECOND, "revoke"),
        (0, GRACE + SECOND, "revoke"),
    ],
)
def test_a_refresh_token_is_judged_by_its_age_in_generations(
    presented: int, after: timedelta, verdict: str
) -> None:
    assert judge_refresh(presented, 3, NOW, NOW + after) == verdict

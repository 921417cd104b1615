from collections.abc import Callable
from pathlib import Path

import pytest

from messenger import config
from messenger.errors import RateLimited
from messenger.http.plumbing.limits import Limits, MovingWindow, network_of


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock, tmp_path: Path) -> Limits:
    """Five attempts a minute."""
    return Limits(config.load({"SECRET_KEY": "s" * 32, "DATA_DIR": str(tmp_path)}), clock)


def passed(check: Callable[[], None], times: int) -> int:
    """How many of so many attempts are let through."""
    count = 0
    for _ in range(times):
        try:
            check()
        except RateLimited:
            continue
        count += 1
    return count


def test_a_window_lets_through_what_its_limit_says(clock: Clock) -> None:
    window = MovingWindow(60, clock)
    for second in range(5):
        clock.now = second
        assert window.wait("k", 5) == 0
        window.take("k")
    clock.now = 10
    assert window.wait("k", 5) == 50
    assert window.wait("other", 5) == 0
    clock.now = 60
    assert window.wait("k", 5) == 0


def test_a_window_forgets_keys_that_nobody_uses_any_more(clock: Clock) -> None:
    window = MovingWindow(60, clock)
    for number in range(50_000):
        clock.now = number / 10
        window.take(number)
    assert len(window) < 5_000


def test_an_account_is_tried_five_times_a_minute_from_one_source(
    limits: Limits, clock: Clock
) -> None:
    assert passed(lambda: limits.check_login("alice", "198.51.100.1"), 9) == 5
    clock.now = 30
    with pytest.raises(RateLimited) as refused:
        limits.check_login("alice", "198.51.100.1")
    assert refused.value.retry_after_ms == 30_000
    clock.now = 60
    limits.check_login("alice", "198.51.100.1")


def test_nobody_is_locked_out_by_attempts_from_elsewhere(limits: Limits) -> None:
    passed(lambda: limits.check_login("alice", "198.51.100.1"), 9)
    limits.check_login("alice", "198.51.100.2")
    limits.check_login("bob", "198.51.100.1")


def test_a_source_does_not_try_ever_more_accounts(limits: Limits) -> None:
    names = iter(range(100))
    assert passed(lambda: limits.check_login(f"{next(names)}", "198.51.100.1"), 100) == 50


def test_an_account_is_not_tried_from_ever_more_sources_but_its_owner_gets_in(
    limits: Limits,
) -> None:
    limits.succeeded("alice", "192.0.2.1")
    sources = iter(range(200))
    assert passed(lambda: limits.check_login("alice", f"198.51.100.{next(sources)}"), 200) == 100
    limits.check_login("alice", "192.0.2.1")


def test_who_got_in_starts_anew(limits: Limits) -> None:
    passed(lambda: limits.check_login("alice", "198.51.100.1"), 4)
    limits.succeeded("alice", "198.51.100.1")
    assert passed(lambda: limits.check_login("alice", "198.51.100.1"), 9) == 5


def test_an_address_of_one_ipv6_subscriber_is_as_good_as_another(limits: Limits) -> None:
    numbers = iter(range(9))
    assert passed(lambda: limits.check_login("alice", f"2001:db8::{next(numbers)}"), 9) == 5


def test_registering_refreshing_and_guessing_tokens_are_limited(limits: Limits) -> None:
    assert passed(lambda: limits.check_register("198.51.100.1"), 50) == 10
    assert passed(lambda: limits.check_refresh("session", "198.51.100.1"), 50) == 30
    assert passed(lambda: limits.check_token("198.51.100.1"), 100) == 50


@pytest.mark.parametrize(
    ("source", "network"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
    ],
)
def test_a_source_is_an_address_or_a_subscribers_network(source: str | None, network: str) -> None:
    assert network_of(source) == network


def test_entering_takes_a_place_or_says_how_long_to_wait() -> None:
    moment = 0.0
    window = MovingWindow(10, lambda: moment)
    assert window.enter("a", 2) == 0
    moment = 4.0
    assert window.enter("a", 2) == 0
    assert window.enter("a", 2) == 6
    assert window.enter("b", 2) == 0
    moment = 10.0
    assert window.enter("a", 2) == 0
    assert window.enter("a", 2) == 4
    window.give_back("a")
    assert window.enter("a", 2) == 0

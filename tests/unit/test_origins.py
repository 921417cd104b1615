import pytest

from messenger.rules.origins import is_ours

BASE = "https://chat.example.org"


@pytest.mark.parametrize(
    "origin",
    [
        "https://chat.example.org",
        "https://chat.example.org:443",
        "https://CHAT.example.org",
        "https://inside.lan:8443",
    ],
)
def test_our_own_pages_by_either_address(origin: str):
    assert is_ours(origin, BASE, "inside.lan:8443", secure=True)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://[",
        "http://[::1",
        "https://",
        "https://chat.example.org:99999",
        "https://chat.example.org:port",
        "http://chat.example.org",
        "https://chat.example.org:8443",
        "https://chat.example.org.evil.example",
        "https://evil.example",
        "https://user@chat.example.org",
        "file://chat.example.org",
        "ws://chat.example.org",
        "chrome-extension://chat.example.org",
        "https://chat.example.org\ud800",
    ],
)
def test_all_others_are_not(origin: str):
    assert not is_ours(origin, BASE, "chat.example.org", secure=True)


def test_a_page_without_tls_is_ours_only_where_nobody_uses_tls():
    assert is_ours("http://localhost:8000", "http://localhost:8000", "127.0.0.1:8000", secure=False)
    assert not is_ours("http://127.0.0.1:8000", BASE, "127.0.0.1:8000", secure=True)


def test_a_proxy_that_the_settings_do_not_name_may_speak_tls():
    assert is_ours("https://chat.lan", "http://localhost:8000", "chat.lan", secure=False)


@pytest.mark.parametrize("host", ["", "[", "a b", "x:y"])
def test_an_odd_host_makes_nothing_ours(host: str):
    assert not is_ours("https://evil.example", BASE, host, secure=True)

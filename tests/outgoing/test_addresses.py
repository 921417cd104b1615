from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis.strategies import integers

from messenger.outgoing.addresses import is_public

PRIVATE = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254
    172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255
    198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
    64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b:1::1 64:ff9b:1::808:808 100::1 2001::1 2001:2::1
    2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 2002:808:808::1 3fff::1 5f00::1
    fc00::1 fdff:ffff::1 fe80::1 fe80::1%eth0 fe80::1%1 2606:4700::1%eth0 fec0::1 ff02::1 ff0e::1
"""
PUBLIC = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1
    172.15.255.255 172.32.0.1 192.167.255.255 192.169.0.1 223.255.255.255
    2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450:4001:80b::200e
    ::ffff:8.8.8.8 64:ff9b::8.8.8.8
"""
NEITHER = [
    "", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.01", "[::1]",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE.split())
def test_what_leads_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_what_leads_outside_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NEITHER)
def test_what_is_no_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@given(integers(0, 2**32 - 1))
def test_every_way_to_write_an_address_is_judged_alike(number: int) -> None:
    plain = IPv4Address(number)
    mapped, translated = f"::ffff:{plain}", f"64:ff9b::{plain}"
    assert is_public(str(plain)) == is_public(mapped) == is_public(translated)

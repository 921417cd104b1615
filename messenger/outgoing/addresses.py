"""Whether an address is one of the public internet's (IANA's special-purpose registries). Pure."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

GLOBAL: Final = IPv6Network("2000::/3")
"""What IPv6 gives out at all. `is_global` is true of much else: ::127.0.0.1, fec0::, 64:ff9b:1::"""
TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""An IPv4 address behind NAT64 (RFC 6052): on a network without IPv4 every old service has one."""
RELAYED: Final = (
    # 6to4 (RFC 7526) and its relays: an IPv4 address within, and nobody's duty to deliver.
    *(ip_network("2002::/16"), ip_network("192.88.99.0/24")),
    # Documentation (RFC 9637), and names that only look like addresses (ORCHIDv2, RFC 7343): not
    # every Python knows them.
    *(ip_network("3fff::/20"), ip_network("2001:20::/28")),
)


def is_public(address: str) -> bool:
    """Whether a connection to this address leaves for the public internet.

    What is no address at all is not public.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found in TRANSLATED:
            return is_public(str(IPv4Address(int(found) & 0xFFFFFFFF)))
        if found.scope_id is not None or found not in GLOBAL:
            return False
    if any(found in network for network in RELAYED):
        return False
    return found.is_global and not found.is_multicast

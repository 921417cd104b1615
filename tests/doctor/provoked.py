"""Findings provoked, and their fixes followed to the letter.

`PROVOKED` names for each module which codes it provokes and mends; `test_words.py` compares them
with all that `doctor` can find.
"""

import subprocess
from collections.abc import Iterable
from typing import Final

from messenger.doctor.finding import Finding
from messenger.doctor.words import say

PROVOKED: Final = {
    "machine": {
        "data_dir", "permissions", "disk", "inodes", "memory", "open_files", "somaxconn",
        "keepalive", "clock",
    },
    "database": {
        "database_old", "database_away", "postgres", "database_clock", "not_durable", "wal_level",
        "connections", "createdb", "migration_pending", "migration_changed", "migration_unknown",
        "schema", "job",
    },
    "reach": {
        "server_away", "server_other", "version", "no_tls", "dns", "unreachable", "certificate",
        "certificate_expired", "certificate_name", "certificate_unknown", "certificate_internal",
        "proxy", "real_ip", "scheme", "host", "proxy_error", "not_ours", "body_size", "websocket",
        "upgrade", "origin",
    },
    "services": {"push", "mail", "mail_off", "mail_address"},
    "stored": {
        "backup_off", "backup_unproven", "backup_old", "backup_disk", "archive_missing",
        "archive_changed", "archive_chain", "file_missing", "file_lost", "files_missing", "strays",
        "files_shared",
    },
    "bucket": {
        "bucket_away", "bucket_credentials", "bucket_rights", "bucket_clock", "bucket_bucket",
        "bucket_region", "bucket_other", "bucket_drift",
    },
    "settings": {"setting", "setting_misspelt"},
}  # fmt: skip

STOOD_IN: Final = {
    "memory": "the machine's own is everybody's: its figures are a file of the test's",
    "somaxconn": "the kernel is everybody's: `sysctl` writes into a copy of /proc/sys",
    "keepalive": "the kernel is everybody's: `sysctl` writes into a copy of /proc/sys",
    "clock": "the clock is everybody's: `timedatectl` and `apt-get` only remember",
    "database_clock": "two machines' clocks: the drift is told",
    "database_old": "a PostgreSQL older than 14 is not to be had: the number is told",
    "version": "`systemctl restart` needs a booted machine: tests/booted restarts one",
    "real_ip": "a proxy of the test's is switched: tests/host/test_nginx.py has a real one",
    "scheme": "a proxy of the test's is switched: tests/host/test_nginx.py has a real one",
    "host": "a proxy of the test's is switched: tests/host/test_nginx.py has a real one",
    "upgrade": "a proxy of the test's is switched: tests/host/test_nginx.py has a real one",
    "websocket": "a proxy of the test's is switched: tests/host/test_nginx.py has a real one",
    "body_size": "a proxy of the test's is switched: tests/host/test_nginx.py has a real one",
    "proxy_error": "a proxy of the test's is switched: no real one is asked for its faults",
    "not_ours": "a proxy of the test's is switched: no real one is asked for its faults",
    "dns": "the DNS is everybody's: the name is entered into a resolver of the test's",
    "certificate": "nobody vouches for a test: the renewed certificate is self-signed",
    "certificate_expired": "nobody vouches for a test: the renewed certificate is self-signed",
    "certificate_name": "nobody vouches for a test: the certificate that is got is self-signed",
    "bucket_clock": "the clock is everybody's: that of a door before the bucket is set",
    "bucket_drift": "the clock is everybody's: that of a door before the bucket is set",
    "bucket_rights": "moto lets everybody in: a door before it has Amazon's checks",
    "bucket_credentials": "moto lets everybody in: a door before it has Amazon's checks",
    "bucket_region": "moto is in every region: a door before it has Amazon's checks",
}  # fmt: skip
"""Whose fix cannot be followed on a machine that is shared: what stands in its place, and why."""


def bad(findings: Iterable[Finding]) -> dict[str, Finding]:
    """What is not well, by its code; each can be said."""
    found = {each.code: each for each in findings if each.state != "well"}
    for each in found.values():
        assert say("machine", each, "ru").fix
        assert say("machine", each, "en").fix
    return found


def run(finding: Finding) -> None:
    """Its command, as an administrator would."""
    assert finding.command is not None
    subprocess.run(finding.command, shell=True, check=True)

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
        "bucket_away", "bucket_credentials", "bucket_rights", "bucket_clock", "bucket_bucket",
        "bucket_region", "bucket_other", "bucket_drift", "files_shared",
    },
    "settings": {"setting", "setting_misspelt"},
}  # fmt: skip


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

"""Settings of backups: where they go, how many are kept, and who can read them."""

from dataclasses import dataclass
from pathlib import Path

from messenger.config import kinds
from messenger.config.kinds import whole
from messenger.config.setting import setting


@dataclass(frozen=True, kw_only=True)
class Backup:
    backup_dir: Path | None = setting(
        None,
        kinds.directory,
        "Where backups are written; best on another disk.",
        shown="`backups` in `DATA_DIR`",
    )
    backup_keep_days: int = setting(
        "7", whole(0, 3650), "Days whose newest proven backup is kept; 0: no daily backups."
    )
    backup_keep_weeks: int = setting("0", whole(0, 520), "Weeks of which one is kept, too.")
    backup_keep_months: int = setting("0", whole(0, 120), "Months of which one is kept, too.")
    backup_files: bool = setting(
        "on",
        kinds.switch,
        "Whether files kept on the disk are in backups. Each content is there once, however many"
        " days have it, and on the same disk it takes no room.",
    )
    backup_age_recipient: str | None = setting(
        None,
        kinds.age_recipient,
        "A public key of age (`age1…`): backups can be read only with its identity.",
    )
    backup_copy_dir: Path | None = setting(
        None, kinds.directory, "A second folder that each proven backup is copied to."
    )
    backup_wal: bool = setting(
        "off",
        kinds.switch,
        "Whether the log of our own PostgreSQL is kept beside the backups as it is written, to go"
        " back to any moment. Takes room for all that is written since the oldest backup.",
    )
    backup_programs: Path | None = setting(
        None,
        kinds.directory,
        "A folder with `pg_dump` and `pg_restore`, of the database's major version or a newer one."
        " Empty: the system's or our own.",
    )

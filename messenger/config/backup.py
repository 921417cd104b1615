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
    backup_s3_url: tuple[str, str] | None = setting(
        None,
        kinds.s3_url,
        "A bucket that each backup is copied to, as `s3://bucket/prefix`; best not the one of the"
        " files, and with an account of its own.",
    )
    backup_s3_endpoint: str | None = setting(
        None, kinds.base_url, "The address of its server.", shown="`S3_ENDPOINT`"
    )
    backup_s3_region: str | None = setting(
        None,
        kinds.text("a region without spaces, like us-east-1"),
        "Its region.",
        shown="`S3_REGION`",
    )
    backup_s3_access_key_id: str | None = setting(
        None,
        kinds.text("a key without spaces"),
        "The account for it. Empty: that of the files, with its secret.",
    )
    backup_s3_secret_access_key: str | None = setting(
        None, kinds.text("a key without spaces"), "Its secret.", secret=True
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

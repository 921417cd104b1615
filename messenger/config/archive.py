"""Settings of the archive: how long things stay in the tables, and in the archive."""

from dataclasses import dataclass

from messenger.config import kinds
from messenger.config.kinds import whole
from messenger.config.setting import setting


@dataclass(frozen=True, kw_only=True)
class Archive:
    retention_days: int = setting(
        "30",
        whole(0, 36_500),
        "Days until messages and events move to the archive, where they are still read; 0: never.",
        runtime=True,
    )
    archive_years: int = setting(
        "2", whole(0, 100), "Years that the archive is kept; 0: for ever.", runtime=True
    )
    archive_open_tasks: bool = setting(
        "off", kinds.switch, "Whether the discussion of open tasks moves to the archive, too."
    )

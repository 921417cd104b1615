"""When a person is mailed what they missed, and their tasks: by their own clock, never at rest.

Pure. What a digest tells of is for `rules.notify`: what would have been an alert when it happened.
"""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from messenger.model import NotifySettings, Verdict
from messenger.rules.notify import Happening, Reader, decide, is_quiet

HOURS: Final = {"1h": timedelta(hours=1), "8h": timedelta(hours=8), "daily": timedelta(hours=1)}
"""How long somebody has to be away before they are mailed what they missed."""
MORNING: Final = time(9)
"""When the mails of a day and of a week come, by the reader's clock."""
MONDAY: Final = 0


def rests(settings: NotifySettings, zone: ZoneInfo, now: datetime) -> bool:
    """Whether nothing may be sent at this moment: quiet hours, or "do not disturb"."""
    if settings.until is not None and now < datetime.fromisoformat(settings.until):
        return True
    return settings.quiet is not None and is_quiet(settings.quiet, now.astimezone(zone))


def is_digest_due(
    settings: NotifySettings,
    zone: ZoneInfo,
    seen_at: datetime,
    digest_at: datetime | None,
    now: datetime,
) -> bool:
    """Whether it is time to look what somebody missed, who was here last at `seen_at`."""
    if settings.mail_digest == "off" or now - seen_at < HOURS[settings.mail_digest]:
        return False
    if rests(settings, zone, now):
        return False
    if settings.mail_digest == "daily":
        local = now.astimezone(zone)
        told = digest_at is not None and digest_at.astimezone(zone).date() >= local.date()
        return local.time() >= MORNING and not told
    return digest_at is None or now - digest_at >= HOURS[settings.mail_digest]


def week_due(
    settings: NotifySettings, zone: ZoneInfo, weekly_on: date | None, now: datetime
) -> date | None:
    """The Monday whose tasks are to be mailed now; None when it is not the time."""
    local = now.astimezone(zone)
    if not settings.mail_weekly or local.weekday() != MONDAY or local.time() < MORNING:
        return None
    if weekly_on is not None and weekly_on >= local.date():
        return None
    return None if rests(settings, zone, now) else local.date()


def as_if_awake(happened: Happening, reader: Reader) -> Verdict:
    """What would have been decided when it happened, had they been away and not at rest.

    Quiet hours keep mail from being sent then, not from telling of them afterwards.
    """
    awake = replace(reader.settings, quiet=None, until=None)
    away = replace(reader, settings=awake, at_desk=False)
    return decide(happened, away, happened.at)

"""What takes files in, as the settings say; and as they say later, while it runs."""

from collections.abc import Callable
from datetime import datetime

from messenger.config import Settings
from messenger.files.intake import Intake
from messenger.files.previews.keeping import Previews
from messenger.files.previews.studio import Studio
from messenger.files.storage import storage_of
from messenger.files.unpacking import Archives
from messenger.store.db import Database
from messenger.store.rows.quotas import Quotas


def intake_of(settings: Settings, database: Database, clock: Callable[[], datetime]) -> Intake:
    storage = storage_of(settings)
    previews = Previews(Studio(), storage)
    return Intake(database, storage, settings.file_max_bytes, quotas_of(settings), previews, clock)


def quotas_of(settings: Settings) -> Quotas:
    return Quotas(settings.file_quota_per_user or None, settings.file_quota_total or None)


def keep_to(settings: Settings, intake: Intake, archives: Archives) -> None:
    """What comes from now on; what is under way ends as it began."""
    intake.most, intake.quotas = settings.file_max_bytes, quotas_of(settings)
    archives.most = settings.zip_max_bytes

"""What clients keep to of the settings: told with each welcome, and to all when it changes."""

from collections.abc import Callable

from messenger.config import Settings
from messenger.model import Known, PublicSettings
from messenger.protocol.events import PublicSettingsChanged
from messenger.rules.chats import COMMON_TITLES
from messenger.runtime import Runtime
from messenger.store.rows.organisation import Organisation, Organisations


def known(settings: Settings, organisation: Organisation) -> Known:
    """What strangers may know."""
    locale = organisation.locale or settings.default_locale
    return Known(name=organisation.name, accent=organisation.accent, locale=locale)


def public_settings(settings: Settings, organisation: Organisation) -> PublicSettings:
    """The settings that clients keep to, as they are now."""
    told = known(settings, organisation)
    return PublicSettings(
        organisation=told,
        default_locale=told.locale,
        common_titles=sorted(COMMON_TITLES.values()),
        registration=settings.registration,
        direct_chats=settings.direct_chats,
        mail=settings.smtp_url is not None,
        message_max_length=settings.message_max_length,
        file_max_bytes=settings.file_max_bytes,
        zip_max_bytes=settings.zip_max_bytes,
    )


class Public:
    """Keeps connected clients to what an administrator has changed."""

    def __init__(
        self, settings: Settings, runtime: Runtime, organisations: Organisations
    ) -> None:  # fmt: skip
        self._settings = settings
        self._runtime = runtime
        self._organisations = organisations
        # Whom to tell: set once there may be anybody.
        self.tell: Callable[[PublicSettingsChanged], None] = lambda _: None
        # State: what they were told last.
        self._told = self.current()
        for changing in (runtime, organisations):
            changing.watchers.append(self.look)

    def __repr__(self) -> str:
        return f"<Public {self._told}>"

    def current(self) -> PublicSettings:
        return public_settings(self._settings, self._organisations.known or Organisation())

    async def refresh(self) -> None:
        """Take over what is stored, which another process may have changed; raises Unavailable."""
        await self._runtime.refresh()
        await self._organisations.refresh()

    def look(self) -> None:
        """Something was changed: tell everybody, if it is anything of theirs."""
        if (now := self.current()) != self._told:
            self._told = now
            self.tell(PublicSettingsChanged(settings=now))

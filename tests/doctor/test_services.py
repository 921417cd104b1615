"""Services of others that do not answer are found, and what is said of them mends it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from messenger import config
from messenger.config import Settings
from messenger.doctor import services
from messenger.doctor.finding import Finding
from tests.conftest import KEYS
from tests.doctor.provoked import bad
from tests.mail.service import mail_service
from tests.outgoing.https import NAME, certificate, saying, serving
from tests.push.service import house_door

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    return lambda **environ: config.load({"DATA_DIR": str(tmp_path), **KEYS, **environ})


async def mail(settings: Settings, to: str | None = None) -> dict[str, Finding]:
    return bad([each async for each in services.mail(settings, to)])


async def test_push_service_that_does_not_answer(tmp_path: Path) -> None:
    key, signed = certificate(tmp_path)
    assert bad(await services.push([])) == {}
    async with serving(saying("404 Not Found\r\nContent-Length: 0"), key, signed) as service:
        host = f"{NAME}:{service.port}"
        assert bad(await services.push([host], house_door(signed))) == {}


async def test_machine_that_may_not_reach_a_push_service(tmp_path: Path) -> None:
    key, signed = certificate(tmp_path)
    async with serving(saying("404 Not Found\r\nContent-Length: 0"), key, signed) as service:
        host = f"{NAME}:{service.port}"
        found = bad(await services.push([host], house_door(signed, allows=False)))
        assert found["push"].values["host"] == host
        assert bad(await services.push([host], house_door(signed))) == {}


async def test_mail(load: Load) -> None:
    off = (await mail(load(), "a@b.org"))["mail_off"]
    assert await mail(load()) == {}
    async with mail_service(login=False) as service:
        name, _, form = (off.setting or "").partition("=")
        assert form.startswith("smtps://")
        here = f"smtp://127.0.0.1:{service.port}?tls=off"
        settings = load(**{name: here, "MAIL_FROM": "m@example.org"})
        assert await mail(settings) == {}
        assert service.taken == []
        assert (await mail(settings, "nobody")).keys() == {"mail_address"}
        assert await mail(settings, "a@b.org") == {}
        service.answers["c@b.org"] = "550 no such mailbox"
        assert (await mail(settings, "c@b.org"))["mail"].values["step"] == "recipient"
        del service.answers["c@b.org"]
        assert await mail(settings, "c@b.org") == {}
    assert (await mail(settings))["mail"].values["step"] == "connect"
    async with mail_service(login=False) as service:
        here = f"smtp://127.0.0.1:{service.port}?tls=off"
        assert await mail(load(SMTP_URL=here, MAIL_FROM="m@example.org")) == {}

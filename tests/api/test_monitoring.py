"""Every metric that the board and the alerts name is one that `/metrics` has."""

import re

from prometheus_client.parser import text_string_to_metric_families

from tests.api.conftest import Api
from tests.unit.test_monitoring import asked

NAME = re.compile(r"\b(?:messenger|process)_[a-z_]+")
OF_PROMETHEUS = {"up"}


async def test_every_metric_that_is_asked_for_is_there(api: Api) -> None:
    # What mail tells is there where there is mail.
    door = await api(SMTP_URL="smtp://127.0.0.1:9?tls=off", MAIL_FROM="m@example.org")
    async with door.get("/metrics") as answer:
        text = await answer.text()
    known: set[str] = set()
    for family in text_string_to_metric_families(text):
        # A series with labels is there from its first event on, its name from the start.
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
        known |= {family.name + end for end in ends.get(family.type, ("",))}
    wanted = {where: set(NAME.findall(expression)) for where, expression in asked().items()}
    assert len(wanted) > 30
    missing = {where: names - known for where, names in wanted.items()}
    assert {where: names for where, names in missing.items() if names} == {}

"""What notifies somebody who looks elsewhere: as they chose in the settings, on every device."""

from typing import Any

from messenger.protocol.preferences import SetNotify
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, kept, offline, playwright, words
from tests.web.test_habits import RECORD, row

EN, RU = words("en"), words("ru")
HIDDEN = "Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })"


async def notices(page: Any) -> list[list[Any]]:
    """What was told, and whether silently. The signal of a tab takes the place of the system's."""
    found: list[list[Any]] = await page.evaluate(
        "window.told.map(({ title, body, renotify }) => [title, body, !renotify])"
    )
    return found


async def test_what_one_chose_decides_what_is_told_and_how(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.ask(alice, SetNotify(chat_id=lobby, level="mentions"))
    settings = await page(alice, path="/settings/notices")
    await settings.get_by_label(EN["notices.cause_mention"]).select_option("silent")
    await settings.get_by_label(EN["notices.keywords"]).fill("счёт, budget")
    await settings.get_by_label(EN["notices.keywords"]).press("Enter")
    hers = await page(alice)
    await hers.add_init_script(RECORD)
    await hers.add_init_script(HIDDEN)
    await hers.reload()
    await kept(hers)
    await row(hers, "Lobby").wait_for()
    for text in ("nothing of hers", "Нужен счет!", "@alice look"):
        await company.send(bob, lobby, text)
    await hers.wait_for_function("() => window.told.length >= 2")
    assert await notices(hers) == [
        ["Lobby", "Bob: Нужен счет!", False],
        ["Lobby", "Bob: @alice look", True],
    ]
    # Another device: nothing is said of what was written.
    await settings.get_by_role("switch", name=EN["notices.hide"]).check()
    await hers.evaluate("() => void (window.told.length = 0)")
    await settings.wait_for_timeout(500)
    await company.send(bob, lobby, "@alice secret")
    await hers.wait_for_function("() => window.told.length >= 1")
    assert await notices(hers) == [["Lobby", EN["notices.hidden"], True]]


async def test_quiet_is_chosen_without_a_connection_and_kept(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    hers = await page(alice, path="/settings/notices", locale="ru", phone=True)
    await hers.get_by_role("heading", name=RU["notices.times"]).wait_for()
    await offline(hers)
    await hers.get_by_role("switch", name=RU["notices.quiet"]).check()
    await hers.get_by_label(RU["notices.from"], exact=True).fill("21:30")
    await (
        hers.get_by_role("group", name=RU["notices.days"])
        .get_by_role("button", name="воскресенье")
        .click()
    )
    await hers.get_by_role("button", name="4 часа", exact=True).click()
    await hers.get_by_text("Уведомлений не будет до").wait_for()
    assert await violations(hers) == []
    await hers.reload()
    await hers.context.set_offline(False)
    field = hers.get_by_label(RU["notices.from"], exact=True)
    await playwright.expect(field).to_have_value("21:30")
    other = await page(alice, path="/settings/notices")
    await playwright.expect(other.get_by_label(EN["notices.from"], exact=True)).to_have_value(
        "21:30"
    )
    sunday = other.get_by_role("group", name=EN["notices.days"]).get_by_role(
        "button", name="Sunday"
    )
    await playwright.expect(sunday).to_have_attribute("aria-pressed", "false")
    await other.get_by_role("button", name=EN["notices.resume"]).click()
    await other.get_by_role("group", name=EN["notices.pause"]).wait_for()

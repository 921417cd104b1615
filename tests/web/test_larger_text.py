"""Twice as large a text on a phone: nothing runs off the side or stands in a thin column."""

from typing import Any

from messenger.protocol.accounts import UpdateUser
from tests.web.conftest import Company, NewPage, Person, words

RU = words("ru")
LONGEST = "Wolfeschlegelsteinhausenbergerdorff MMMMMMMMMMMMMMMMMMMMMMMMMMMM"

BEYOND = """all => [...document.querySelectorAll(`${all}, ${all} *`)]
    .filter((each) => !each.closest(".for-readers"))
    .filter((each) => each.getBoundingClientRect().right > innerWidth)
    .map((each) => each.className)"""


async def test_the_settings_of_notifications_stay_within_a_phone(page: NewPage, alice: Person):
    hers = await page(alice, phone=True, locale="ru", path="/settings/notices")
    await enlarge(hers)
    await hers.get_by_text(RU["notices.quiet"], exact=True).click()
    await hers.locator(".notice-hours").wait_for()
    assert await hers.evaluate(BEYOND, ".settings-section") == []
    # What a cause is called has room for its words.
    narrowest = await hers.locator(".notice-causes .field-label").evaluate_all(
        "all => Math.min(...all.map((each) => each.getBoundingClientRect().width))"
    )
    assert narrowest > 200


async def test_a_long_name_among_people_has_room_on_a_phone(page: NewPage, company: Company):
    (root,) = await company.hire("root", role="admin")
    hers = await page(root, phone=True, locale="ru", path="/people")
    await company.ask(root, UpdateUser(user_id=root.user_id, display_name=LONGEST))
    await enlarge(hers)
    name = hers.locator(".people-name", has_text=LONGEST)
    await name.wait_for()
    assert (await name.bounding_box())["width"] > 240
    assert await hers.evaluate(BEYOND, ".people") == []


async def enlarge(page: Any) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.evaluate("document.documentElement.style.fontSize = '32px'")

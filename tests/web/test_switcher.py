"""Ctrl+K: what is found by a few letters, also mistyped, and what Enter does with it."""

import re
from typing import Any

import pytest

from tests.web.board_page import add_task
from tests.web.conftest import Company, NewPage, Person, playwright, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")
RU = words("ru")


async def finder(page: NewPage, person: Person, typed: str, locale: str = "en") -> Any:
    found = await page(person, path="/people", locale=locale)
    await found.locator(".people-list, .people").first.wait_for()
    await found.keyboard.press("Control+k")
    await found.get_by_role("combobox").fill(typed)
    return found


async def test_a_task_is_found_by_its_number(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    for title in ("One", "Two"):
        await add_task(company, alice, title, chat_id=lobby)
    hers = await finder(page, alice, "#2")
    await hers.get_by_role("option", name=re.compile("Two")).wait_for()
    await hers.keyboard.press("Enter")
    await hers.get_by_role("complementary").get_by_text("Two").first.wait_for()


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("устройства", "/settings/devices"),
        ("ecnhjqcndf", "/settings/devices"),
        ("устройтсва", "/settings/devices"),
        ("часовой пояс", "/settings/profile"),
        ("выход", "/settings/leave"),
        ("журнал", "/admin/audit"),
    ],
)
async def test_settings_and_administration_are_found_by_name(
    page: NewPage, company: Company, typed: str, address: str
):
    [root] = await company.hire("root", role="admin")
    hers = await finder(page, root, typed, "ru")
    await hers.get_by_role("option").first.wait_for()
    await hers.keyboard.press("Enter")
    await hers.wait_for_url(f"**{address}")


async def test_what_was_typed_in_the_other_layout_is_found(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    """Names in one language under the keys of the other: chats, people, capitals that are signs."""
    for title in ("Девятиэтажка", "Жанна и склад", "Release 4"):
        await company.group(alice, bob, title=title)
    hers = await finder(page, alice, "ltdnbz")
    for typed, found in (
        ("ltdnbz", "Девятиэтажка"),
        (":fyyf", "Жанна и склад"),
        ("Куду", "Release 4"),
        ("ищи", "Bob"),
        ("ыуеештпы", EN["settings.title"]),
    ):
        await hers.get_by_role("combobox").fill(typed)
        first = hers.get_by_role("option").first
        await first.get_by_text(found).first.wait_for()


async def test_a_person_with_whom_there_is_a_chat_is_found_once_and_enter_opens_it(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    hers = await finder(page, alice, "bob")
    options = hers.get_by_role("option", name=re.compile("Bob"))
    await options.first.wait_for()
    await playwright.expect(options).to_have_count(1)
    # There is no chat yet: it is made.
    await hers.keyboard.press("Enter")
    await hers.wait_for_url("**/chat/*")
    await hers.get_by_role("textbox", name=EN["chat.placeholder"]).wait_for()
    await hers.keyboard.press("Control+k")
    await hers.get_by_role("combobox").fill("bob")
    await options.first.wait_for()
    await playwright.expect(options).to_have_count(1)

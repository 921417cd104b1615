"""«Open in the app» from a browser: a chat's and a card's menu, and links, for who chose so."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from messenger.installers import publish
from messenger.protocol.tasks import CreateTask
from tests.web.conftest import Company, NewPage, Person, words

EN = words("en")
HANDED = """
const { click } = HTMLAnchorElement.prototype;
window.handed = [];
HTMLAnchorElement.prototype.click = function () {
  if (this.protocol === "messenger:") window.handed.push(this.href);
  else click.call(this);
};
"""
"""What a browser would give to the program, which it asks for outside of the page."""
LOOKED = "() => localStorage.getItem('messenger.program')"


@pytest.fixture
def offered(company: Company, tmp_path: Path) -> None:
    made = tmp_path / "release"
    made.mkdir()
    (made / "Messenger-0.1.0-linux-x86_64.AppImage").write_bytes(b"made")
    publish(made, company.server.settings.data_dir)


async def handed(page: Any) -> tuple[str, str]:
    """The server and the place that were given to the program, once they are."""
    given = await page.wait_for_function("() => window.handed.at(-1)")
    query = parse_qs(urlsplit(await given.json_value()).query)
    return query["server"][0], query["place"][0]


async def pick(page: Any, menu: str) -> None:
    """Choose it in a menu; it comes when there was time to look for the program."""
    await page.wait_for_function(LOOKED)
    await page.get_by_role("button", name=menu, exact=True).click()
    await page.get_by_role("menuitem", name=EN["program.open"]).click()


async def test_a_chat_and_then_every_link_opens_in_the_app_until_it_is_told_not_to(
    page: NewPage, company: Company, alice: Person, lobby: int, offered: None
):
    desk = await page(alice)
    await desk.context.add_init_script(HANDED)
    await desk.goto(f"/chat/{lobby}")
    await pick(desk, EN["chat.menu"])
    assert await handed(desk) == (company.address, f"/chat/{lobby}")
    await desk.get_by_role("button", name=EN["program.always"]).click()
    await desk.get_by_text(EN["program.links_on"]).wait_for()
    seq = await company.send(alice, lobby, "hello")
    # As from a mail: another tab, with nothing before it.
    other = await desk.context.new_page()
    await other.goto(f"/chat/{lobby}/{seq}")
    await other.get_by_text(EN["program.handed"]).wait_for()
    assert await handed(other) == (company.address, f"/chat/{lobby}/{seq}")
    await other.get_by_role("button", name=EN["program.stop"]).click()
    assert await other.evaluate("localStorage.getItem('messenger.links-in-program')") is None
    assert await other.get_by_text(EN["program.handed"]).count() == 0


async def test_a_card_opens_in_the_app_and_links_are_chosen_in_the_settings(
    page: NewPage, company: Company, alice: Person, lobby: int, offered: None
):
    task = await company.ask(alice, CreateTask(chat_id=lobby, title="Paint the door"))
    desk = await page(alice)
    await desk.context.add_init_script(HANDED)
    await desk.goto(f"/task/{task.id}")
    await pick(desk, EN["card.menu"])
    assert await handed(desk) == (company.address, f"/task/{task.id}")
    await desk.goto("/settings/devices")
    await desk.get_by_role("switch", name=EN["program.links"]).check()
    assert await desk.evaluate("localStorage['messenger.links-in-program']") == "yes"


async def test_where_no_program_is_offered_or_used_nothing_speaks_of_one(
    page: NewPage, alice: Person, lobby: int
):
    desk = await page(alice, path=f"/chat/{lobby}")
    await desk.wait_for_function(LOOKED)
    await desk.get_by_role("button", name=EN["chat.menu"], exact=True).click()
    await desk.get_by_role("menuitem", name=EN["chat.files"]).wait_for()
    assert await desk.get_by_role("menuitem", name=EN["program.open"]).count() == 0

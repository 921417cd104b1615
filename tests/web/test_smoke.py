"""The client and the server together: two people, no connection, several tabs, a restart."""

from typing import Any

from messenger.protocol.commands import RemoveMember
from tests.web.conftest import (
    WITHIN_MS,
    Browser,
    Company,
    NewPage,
    Person,
    offline,
    sign_in,
    words,
)

EN = words("en")


def log(page: Any) -> Any:
    return page.get_by_role("log")


def posts(page: Any, text: str) -> Any:
    return log(page).get_by_text(text, exact=True)


def composer(page: Any) -> Any:
    return page.get_by_role("textbox", name=EN["chat.placeholder"])


async def write(page: Any, text: str) -> None:
    await composer(page).fill(text)
    await composer(page).press("Enter")


async def test_two_people_talk(page: NewPage, alice: Person, bob: Person, lobby: int):
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{lobby}")
    await write(hers, "Hello, Bob!")
    await posts(his, "Hello, Bob!").wait_for()
    await write(his, "Hello, Alice!")
    await posts(hers, "Hello, Alice!").wait_for()
    assert await posts(hers, "Hello, Bob!").count() == 1


async def test_what_was_written_offline_is_sent_once_and_in_order(
    page: NewPage, alice: Person, bob: Person, lobby: int
):
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{lobby}")
    await composer(hers).wait_for()
    await offline(hers)
    for number in range(3):
        await write(hers, f"offline {number}")
    await posts(hers, "offline 2").wait_for()
    assert await posts(his, "offline 0").count() == 0
    await hers.context.set_offline(False)
    await posts(his, "offline 2").wait_for(timeout=3 * WITHIN_MS)
    order = [await log(his).inner_text(), await log(hers).inner_text()]
    for shown in order:
        places = [shown.index(f"offline {number}") for number in range(3)]
        assert places == sorted(places)
    for number in range(3):
        assert await posts(his, f"offline {number}").count() == 1
        assert await posts(hers, f"offline {number}").count() == 1


async def test_the_client_opens_without_a_connection(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice, path=f"/chat/{lobby}")
    await write(hers, "kept here")
    await posts(hers, "kept here").wait_for()
    await offline(hers)
    await hers.reload()
    await posts(hers, "kept here").wait_for()
    await write(hers, "written after")
    await hers.reload()
    await posts(hers, "written after").wait_for()


async def test_a_server_that_restarts_is_come_back_to(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await write(hers, "before")
    await posts(hers, "before").wait_for()
    await company.stop()
    await write(hers, "meanwhile")
    await company.start()
    his = await page(bob, path=f"/chat/{lobby}")
    await posts(his, "meanwhile").wait_for(timeout=3 * WITHIN_MS)
    assert await posts(his, "meanwhile").count() == 1


async def test_several_tabs_share_one_connection(
    browser: Browser, page: NewPage, company: Company, alice: Person, lobby: int
):
    first = await page(alice, path=f"/chat/{lobby}")
    await composer(first).wait_for()
    second = await browser.tab(first.context)
    await second.goto(f"/chat/{lobby}")
    await write(second, "from the second tab")
    await posts(first, "from the second tab").wait_for()
    assert len(company.server.endpoint.sessions) == 1
    await first.close()
    await write(second, "alone now")
    await company.send(alice, lobby, "from elsewhere")
    await posts(second, "from elsewhere").wait_for()
    assert await posts(second, "alone now").count() == 1


async def test_who_is_removed_sees_nothing_more_of_the_chat(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    his = await page(bob, path=f"/chat/{lobby}")
    await company.send(alice, lobby, "a secret")
    await posts(his, "a secret").wait_for()
    await company.ask(alice, RemoveMember(chat_id=lobby, user_id=bob.user_id))
    await posts(his, "a secret").wait_for(state="detached")
    assert await his.get_by_role("link", name="Lobby").count() == 0


# Which rows a database holds, by store.
HELD = """async (name) => {
  const known = await indexedDB.databases();
  if (!known.some((each) => each.name === name)) return {};
  const database = await new Promise((resolve) => {
    indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result);
  });
  const rows = (store) => new Promise((resolve) => {
    const asked = database.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => resolve(asked.result);
  });
  const held = {};
  for (const store of database.objectStoreNames) {
    const found = await rows(store);
    if (found.length) held[store] = found;
  }
  database.close();
  return held;
}"""


async def test_another_person_on_the_device_sees_nothing_of_the_first(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    secret = await company.group(alice, title="Only Alice")
    device = await page(alice, path=f"/chat/{secret}")
    await composer(device).wait_for()
    await offline(device)
    await write(device, "never sent")
    await device.evaluate("localStorage.clear()")
    await device.context.set_offline(False)
    await device.context.clear_cookies()
    await device.reload()
    await sign_in(device, bob, "en")
    held = await device.evaluate(HELD, f"messenger-{alice.user_id}")

    # Of who was here before only what was never sent: it is offered to them again.
    assert held.keys() == {"outbox"}
    assert [item["fields"]["text"] for item in held["outbox"]] == ["never sent"]
    assert await device.get_by_text("Only Alice").count() == 0


async def test_a_wrong_password_says_so(page: NewPage, alice: Person):
    anybody = await page()
    await anybody.goto("/sign-in")
    await anybody.get_by_label(EN["entry.login"], exact=True).fill("alice")
    await anybody.get_by_label(EN["entry.password"], exact=True).fill("wrong password")
    await anybody.keyboard.press("Enter")
    await anybody.get_by_text(EN["error.invalid_credentials"]).wait_for()


async def test_it_can_be_installed(browser: Browser, alice: Person):
    opened = await browser.page(alice)
    session = await opened.context.new_cdp_session(opened)
    answer = await session.send("Page.getAppManifest")
    assert answer["errors"] == []
    found = await session.send("Page.getInstallabilityErrors")
    # A page of its own is private, as far as this browser is concerned.
    reasons = {each["errorId"] for each in found["installabilityErrors"]} - {"in-incognito"}
    assert reasons == set()

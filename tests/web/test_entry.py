"""Coming in: signing in, an invitation, the first administrator, and what can go wrong."""

from typing import Any

from messenger.store.rows import users
from tests.web.axe import violations
from tests.web.conftest import PASSWORD, Company, NewPage, Person, playwright, words

EN, RU = words("en"), words("ru")


async def invitation(company: Company, role: str = "user") -> str:
    from messenger.protocol.accounts import CreateInvite
    from messenger.store.rows import invites

    server = company.server
    made = await server.directory.ask_system(CreateInvite(role=role, days=1))
    return invites.code_of(server.settings.secret_key, made.id)


def field(page: Any, name: str) -> Any:
    return page.get_by_label(name, exact=True)


async def test_signing_in_by_keys_alone(page: NewPage, alice: Person):
    visitor = await page()
    await field(visitor, EN["entry.login"]).wait_for()
    await visitor.keyboard.type("alice")
    await visitor.keyboard.press("Tab")
    await visitor.keyboard.type(PASSWORD)
    await visitor.keyboard.press("Enter")
    await visitor.get_by_role("heading", name=EN["chats.title"]).wait_for()


async def test_a_wrong_password_is_said_and_the_field_has_the_focus(page: NewPage, alice: Person):
    visitor = await page()
    await field(visitor, EN["entry.login"]).fill("alice")
    await field(visitor, EN["entry.password"]).fill("something else")
    await visitor.keyboard.press("Enter")
    await visitor.get_by_role("alert").get_by_text(EN["error.invalid_credentials"]).wait_for()
    assert await visitor.evaluate("document.activeElement.name") == "password"
    assert await visitor.get_by_role("alert").get_by_role("button").count() == 0


async def test_an_address_leads_there_after_signing_in(page: NewPage, alice: Person):
    visitor = await page(path="/people")
    await field(visitor, EN["entry.login"]).fill("alice")
    await field(visitor, EN["entry.password"]).fill(PASSWORD)
    await visitor.keyboard.press("Enter")
    await visitor.get_by_role("heading", name=EN["people.title"]).wait_for()


async def test_without_a_connection_it_says_so(page: NewPage, alice: Person):
    visitor = await page()
    await field(visitor, EN["entry.login"]).fill("alice")
    await field(visitor, EN["entry.password"]).fill(PASSWORD)
    await visitor.context.set_offline(True)
    await visitor.keyboard.press("Enter")
    await visitor.get_by_role("alert").get_by_text(EN["error.unreachable"]).wait_for()


async def test_an_invitation_makes_an_account(page: NewPage, company: Company, alice: Person):
    visitor = await page(path=f"/#/invite/{await invitation(company)}")
    await field(visitor, EN["entry.display_name"]).fill("Carol Danvers")
    await playwright.expect(field(visitor, EN["entry.username"])).to_have_value("carol.danvers")
    await field(visitor, EN["entry.password"]).fill(PASSWORD)
    await visitor.keyboard.press("Enter")
    await visitor.get_by_role("heading", name=EN["welcome.newcomer_title"]).wait_for()


async def test_the_first_administrator_is_led_to_setting_it_up(page: NewPage, company: Company):
    visitor = await page(path=f"/#/invite/{await invitation(company, 'admin')}")
    await field(visitor, EN["entry.display_name"]).fill("Ada")
    await field(visitor, EN["entry.password"]).fill(PASSWORD)
    await visitor.keyboard.press("Enter")
    await visitor.get_by_role("heading", name=EN["welcome.name_title"]).wait_for()


async def test_a_name_that_is_taken_is_said_at_its_field(
    page: NewPage, company: Company, alice: Person
):
    visitor = await page(path=f"/#/invite/{await invitation(company)}")
    await field(visitor, EN["entry.display_name"]).fill("Alice")
    await field(visitor, EN["entry.password"]).fill(PASSWORD)
    await visitor.keyboard.press("Enter")
    await visitor.get_by_text(EN["error.already_exists"]).wait_for()
    username = field(visitor, EN["entry.username"])
    assert await username.get_attribute("aria-invalid") == "true"


async def test_an_easy_password_is_said_at_its_field(
    page: NewPage, company: Company, alice: Person
):
    visitor = await page(path=f"/#/invite/{await invitation(company)}")
    await field(visitor, EN["entry.display_name"]).fill("Carol")
    await field(visitor, EN["entry.password"]).fill("password1")
    await visitor.keyboard.press("Enter")
    await visitor.get_by_text(EN["entry.bad_password"]).wait_for()


async def test_registering_where_it_is_closed_tells_how_to_come_in(page: NewPage, alice: Person):
    visitor = await page(path="/register")
    await visitor.get_by_text(EN["entry.ask_invite"]).wait_for()
    await visitor.get_by_role("link", name=EN["entry.have_account"]).click()
    await visitor.wait_for_url("**/sign-in")


async def test_the_language_is_chosen_before_signing_in(page: NewPage, alice: Person):
    visitor = await page()
    await visitor.get_by_role("radio", name="Русский").click()
    await visitor.get_by_role("heading", name=RU["entry.title"]).wait_for()
    await visitor.reload()
    await visitor.get_by_role("heading", name=RU["entry.title"]).wait_for()


async def test_the_language_one_came_in_by_is_ones_own_from_then_on(
    page: NewPage, company: Company, alice: Person
):
    visitor = await page()
    await visitor.get_by_role("radio", name="Русский").click()
    await field(visitor, RU["entry.login"]).fill("alice")
    await field(visitor, RU["entry.password"]).fill(PASSWORD)
    await visitor.keyboard.press("Enter")
    await visitor.get_by_role("heading", name=RU["chats.title"]).wait_for()
    while (await users.me(company.server.database, alice.user_id)).locale != "ru":
        await visitor.wait_for_timeout(50)


async def test_a_password_can_be_looked_at(page: NewPage, alice: Person):
    visitor = await page()
    password = field(visitor, EN["entry.password"])
    await password.fill("secret")
    await visitor.get_by_role("button", name=EN["field.show"]).click()
    assert await password.get_attribute("type") == "text"


async def test_axe_finds_nothing_where_one_comes_in(page: NewPage, company: Company, alice: Person):
    visitor = await page()
    await field(visitor, EN["entry.login"]).wait_for()
    assert await violations(visitor) == []
    await visitor.goto(f"/#/invite/{await invitation(company)}")
    await visitor.reload()
    await field(visitor, EN["entry.username"]).wait_for()
    assert await violations(visitor) == []


async def test_axe_finds_nothing_there_on_a_phone(page: NewPage, alice: Person):
    visitor = await page(phone=True)
    await field(visitor, EN["entry.login"]).wait_for()
    assert await violations(visitor) == []

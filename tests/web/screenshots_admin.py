"""Pictures of the administrators' screens, whole, with every dialog and state they can be in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from messenger.protocol.accounts import AddUser, CreateInvite, UpdateUser
from messenger.protocol.commands import CreateChat
from tests.web.conftest import Company, NewPage, words
from tests.web.screenshots import (
    BROKEN,
    DESKTOP,
    HAND,
    LOOKED_AT,
    Camera,
    Look,
    camera,
    resident,
    settings,
    workshop,
)

__all__ = ["settings", "workshop"]

NAMES = (
    "Александра Константинопольская-Преображенская", "Пётр Ли", "Анна-Мария Оксенхорн",
    "Jean-Baptiste Grenouille", "Ольга Т.", "Максимилиан Владиславович Ржевский", "Ян", "Юлия Ким",
)  # fmt: skip
TABLE = (
    "логин;имя;почта;роль\ngrace;Грейс Хоппер;grace@example.org;сотрудник\nanna;Анна;;гость\n"
    "ада!;Ада;;\nlinus;Линус;не почта;сотрудник\nkay;Алан Кей;;король\nken;Кен Томпсон;;админ\n"
)
MINUTES = 60


async def crowd(company: Company) -> None:
    """Enough people that a list has pages, some of them gone or never here."""
    ask = company.server.directory.ask_system
    made = []
    for at in range(60):
        name = NAMES[at % len(NAMES)]
        command = AddUser(
            username=f"person{at}", display_name=f"{name} {at}", locale="ru", time_zone="UTC",
            role="guest" if at % 9 == 0 else "user", email=f"person{at}@example.org",
            password_hash="-", one_time=at % 5 == 0,
        )  # fmt: skip
        made.append(await ask(command))
    for user in made[::11]:
        await ask(UpdateUser(user_id=user.id, disabled=True))
    (gone,) = await company.hire("gone")
    await company.ask(gone, CreateChat(title="Осиротевший чат о ремонте"))
    await ask(UpdateUser(user_id=gone.user_id, disabled=True))


def busy(real: dict[str, Any]) -> dict[str, Any]:
    """An hour as a large server has it, on a disk that is nearly full."""
    now = datetime.now(UTC)
    minutes = [
        {
            "at": (now - timedelta(minutes=MINUTES - at)).isoformat(),
            "messages": 40 + (at * 37) % 23 + (300 if at == 41 else 0), "stored_ms": 4.3 + at % 7,
            "connections": 1184 + (at * 13) % 90, "queue": (at * 7) % 4, "cpu": 0.2 + at % 9 / 40,
            "memory": 180_000_000 + at * 400_000, "disk_free": 9_000_000_000 - at * 50_000_000,
        }
        for at in range(MINUTES)
    ]  # fmt: skip
    return {
        **real, "minutes": minutes, "disk_total": 64_000_000_000,
        "degraded": ["push", "mail"], "leaderless": 21,
    }  # fmt: skip


def nodes() -> list[dict[str, Any]]:
    began = datetime.now(UTC).isoformat()
    return [
        {
            "node": f"chat-{at}.example.org:8000", "version": "1.4.0+g4f1c2aa", "started_at": began,
            "connections": 1210 - at * 400, "cpu": 0.31, "leads": at == 1,
            "lag_ms": None if at == 1 else 2,
        }
        for at in (1, 2, 3)
    ]  # fmt: skip


class Office:
    """An administrator's device; takes a page whole, however long."""

    def __init__(self, shot: Camera, say: dict[str, str]) -> None:
        self.shot, self.page, self.say = shot, shot.page, say
        self.size = HAND if shot.look.phone else DESKTOP

    async def whole(self, name: str) -> None:
        height = await self.page.evaluate("document.querySelector('.admin')?.scrollHeight ?? 0")
        around = 80 if self.shot.look.phone else 0
        tall = max(self.size["height"], min(height + around, 6000))
        await self.page.set_viewport_size({**self.size, "height": tall})
        await self.shot.take(name)
        await self.page.set_viewport_size(self.size)

    async def at(self, section: str, name: str, ready: str = ".admin-body > *") -> None:
        await self.page.goto(f"/admin/{section}")
        await self.page.locator(ready).first.wait_for(timeout=60_000)
        await self.whole(name)

    async def press(self, key: str) -> None:
        await self.page.get_by_role("button", name=self.say[key], exact=True).first.click()

    async def pick(self, key: str) -> None:
        await self.page.get_by_role("menuitem", name=self.say[key]).click()

    async def dialog(self, name: str) -> None:
        await self.page.get_by_role("dialog").wait_for()
        await self.shot.take(name)

    async def away(self) -> None:
        await self.page.keyboard.press("Escape")
        await self.page.get_by_role("dialog").wait_for(state="detached")


@LOOKED_AT
async def test_administrators_people(page: NewPage, workshop: Company, look: Look):
    await crowd(workshop)
    anna = await resident(workshop, "anna")
    office = Office(await camera(page, anna, look), words(look.locale))
    device, say = office.page, office.say
    await office.at("people", "a1-people", ".admin-row")
    menu = device.locator(".admin-row .menu-button, .admin-row button").nth(1)
    for key, name in (
        ("admin.sessions_menu", "a2-sessions"),
        ("admin.link_menu", "a2-link"),
        ("erase.menu", "a2-erase"),
    ):
        await menu.click()
        await device.get_by_role("menu").wait_for()
        await office.shot.take("a2-menu")
        await office.pick(key)
        await office.dialog(name)
        await office.away()
    for at in (0, 1, 2, 3, 4):
        await device.get_by_role("checkbox").nth(at).check()
    await office.shot.take("a3-chosen")
    await office.press("admin.with_chosen")
    await device.get_by_role("menu").wait_for()
    await office.shot.take("a3-chosen-menu")
    await office.pick("admin.sessions_end_all")
    await office.dialog("a3-chosen-ask")
    await office.away()
    await office.press("admin.with_chosen")
    await office.pick("admin.disable")
    await device.locator(".toast").wait_for()
    await office.shot.now("a3-chosen-done")
    await device.get_by_label(say["admin.find"]).fill("никого такого")
    await device.locator(".empty-state").wait_for()
    await office.whole("a4-nobody")
    await device.reload()
    await office.press("admin.add")
    await office.dialog("a5-add")
    await (
        device.get_by_role("dialog")
        .get_by_label(say["settings.name"], exact=True)
        .fill("Грейс Хоппер")
    )
    await device.get_by_role("dialog").get_by_role("button", name=say["admin.add_submit"]).click()
    await device.locator(".admin-secret").wait_for()
    await office.dialog("a5-added")
    await office.away()
    await office.press("admin.import")
    await office.dialog("a6-import")
    await given(office, "broken.csv", "a,b\n1,2\n")
    await device.get_by_role("alert").wait_for()
    await office.dialog("a6-import-refused")
    await given(office, "people.csv", TABLE)
    await device.get_by_role("dialog").locator(".admin-row").first.wait_for()
    await office.dialog("a6-import-checked")
    await device.get_by_role("dialog").locator("footer button, .dialog-foot button").last.click()
    await device.get_by_role("button", name=say["admin.import_save"]).wait_for()
    await office.dialog("a6-imported")


async def given(office: Office, name: str, text: str) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode("cp1251")}
    await office.page.locator("dialog input[type=file]").set_input_files(file)


@LOOKED_AT
async def test_administrators_pages(page: NewPage, workshop: Company, look: Look):
    await crowd(workshop)
    anna = await resident(workshop, "anna")
    for uses in (1, 25):
        await workshop.ask(anna, CreateInvite(uses=uses))
    office = Office(await camera(page, anna, look), words(look.locale))
    device = office.page
    await office.at("status", "b1-health-quiet", ".status")
    await office.at("invites", "b2-invites", ".admin-row")
    await office.at("chats", "b3-chats", ".admin-row")
    await office.press("admin.chats_take")
    await office.dialog("b3-chats-ask")
    await device.get_by_role("dialog").get_by_role("button").last.click()
    await device.locator(".toast").wait_for()
    await office.shot.now("b3-chats-taken")
    await device.get_by_label(office.say["admin.chats_find"]).fill("нет такого")
    await device.locator(".empty-state").wait_for()
    await office.whole("b3-chats-none")
    await office.at("settings", "b4-settings", ".setting, .admin-body h2")
    await office.at("data", "b5-data", ".data")
    await office.press("holds.place")
    await office.dialog("b5-hold")
    await office.away()
    await office.at("doctor", "b6-doctor", ".doctor h3, .verdict")
    await office.at("audit", "b7-audit", ".admin-row, .audit-row")


@LOOKED_AT
async def test_administrators_trouble(page: NewPage, workshop: Company, look: Look):
    anna = await resident(workshop, "anna")
    office = Office(await camera(page, anna, look), words(look.locale))
    device = office.page

    async def hour(route: Any) -> None:
        answer = await route.fetch()
        await route.fulfill(json={"data": busy((await answer.json())["data"])})

    await device.route("**/api/v1/admin/condition*", hour)
    servers = {"json": {"data": nodes()}}
    await device.route("**/api/v1/admin/servers*", lambda route: route.fulfill(**servers))
    await office.at("status", "c1-health-busy", ".status")
    await device.unroute_all()
    await device.route("**/api/v1/admin/**", lambda route: route.fulfill(**BROKEN))
    for section in ("status", "people", "invites", "chats", "settings", "data", "doctor", "audit"):
        await office.at(section, f"c2-error-{section}", "[role=alert]")
    await device.unroute_all()
    held: list[Any] = []

    async def hold(route: Any) -> None:
        held.append(route)

    await device.route("**/api/v1/admin/**", hold)
    for section in ("people", "doctor"):
        await device.goto(f"/admin/{section}")
        await device.locator(".skeleton, [role=status]").first.wait_for()
        await office.shot.now(f"c3-loading-{section}")
    bob = await resident(workshop, "dmitry")
    other = await camera(page, bob, look, "/admin/people")
    await other.take("c4-forbidden")

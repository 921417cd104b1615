"""Pictures of every screen, for people to look at: `bin/screenshots DIR`. No test: never collected.

The demo's organisation stands model, seen by its administrator. Each look (language, theme, size)
has a folder; `empty` and `trouble` are of somebody new, and of what goes wrong.
"""

import os
import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from messenger.actors.commands import InviteFirst
from messenger.cli import demo
from messenger.config import load
from messenger.model import SYSTEM
from messenger.protocol.accounts import AddUser, CreateInvite
from messenger.protocol.commands import RemoveMember
from messenger.protocol.preferences import SetListing
from messenger.store.rows import invites, sessions, users
from tests.web import attached, sounds
from tests.web.board_page import add_task, columns
from tests.web.conftest import PASSWORD, Company, NewPage, Person, fixture, kept, words
from tests.web.faces import portrait
from tests.web.giving import a_file, attach, give

FOLDER = Path(os.environ.get("SCREENSHOTS", "screenshots"))
BOARD = "Новый сайт"
DESKTOP = {"width": 1440, "height": 900}
HAND = {"width": 390, "height": 844}
BROKEN: dict[str, Any] = {
    "status": 500,
    "json": {"error": {"code": "internal", "message": "Something broke."}},
    "headers": {"X-Request-Id": "5f0c2d9e-0000-4000-8000-000000000000"},
}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Pictures want time for what comes by the network; nothing is asserted.
STILL = "Promise.allSettled(document.getAnimations().map(each => each.finished))"


class Look(msgspec.Struct, frozen=True):
    locale: str
    dark: bool
    phone: bool

    @property
    def name(self) -> str:
        theme = "dark" if self.dark else "light"
        return f"{self.locale}-{theme}-{'phone' if self.phone else 'desktop'}"


LOOKS = [
    Look(locale, dark, phone)
    for locale in ("ru", "en")
    for dark in (False, True)
    for phone in (False, True)
]
LOOKED_AT = pytest.mark.parametrize("look", LOOKS, ids=[look.name for look in LOOKS])


class Camera:
    """One device with one look; `take` waits for the page to be still."""

    def __init__(self, page: Any, look: Look) -> None:
        self.page = page
        self.look = look
        self.folder = FOLDER / look.name
        self.folder.mkdir(parents=True, exist_ok=True)

    async def take(self, name: str) -> None:
        await self.page.wait_for_load_state("networkidle")
        await self.page.locator(".skeleton, .screen-loading").wait_for(state="detached")
        await self.page.evaluate(STILL)
        await self.page.screenshot(path=self.folder / f"{name}.png")

    async def now(self, name: str) -> None:
        """Of what is gone soon."""
        await self.page.screenshot(path=self.folder / f"{name}.png")

    async def at(self, path: str, name: str) -> None:
        await self.page.goto(path)
        await self.page.locator("#app > *").first.wait_for()
        await self.take(name)

    async def over(self, name: str, act: Callable[[Any], Awaitable[Any]], shown: str) -> None:
        """Something that opens over the place, and is closed again."""
        await act(self.page)
        await self.page.locator(shown).wait_for()
        await self.take(name)
        await self.page.keyboard.press("Escape")
        await self.page.locator(shown).wait_for(state="detached")


async def resident(company: Company, username: str) -> Person:
    """Somebody of the demo, as a person that can be asked for things."""
    database = company.server.database
    found = await users.by_login(database, username)
    assert found is not None
    assert found.password_hash is not None
    session, now = str(uuid.uuid4()), datetime.now(UTC)
    await sessions.open_session(
        database, session, found.user_id, found.password_hash, "test", now, now + timedelta(days=1)
    )
    identity = await company.server.directory.identities.identify(found.user_id, session)
    return Person(username, identity)


@pytest.fixture
def settings(settings: dict[str, str]) -> dict[str, str]:
    """The demo speaks Russian, whoever looks at it."""
    return {**settings, "DEFAULT_LOCALE": "ru"}


@fixture
async def workshop(dsn: str, settings: dict[str, str], company: Company) -> Company:
    """The demo's organisation in the company's database."""
    await company.stop()
    await demo.make(
        load({**settings, "SECRET_KEY": "-" * 64, "VAPID_PRIVATE_KEY": "a" * 43}), dsn, PASSWORD
    )
    await company.start()
    return company


async def camera(page: NewPage, person: Person | None, look: Look, path: str = "/") -> Camera:
    device = await page(person, phone=look.phone, dark=look.dark, locale=look.locale, path=path)
    await device.set_viewport_size(HAND if look.phone else DESKTOP)
    return Camera(device, look)


@LOOKED_AT
async def test_coming_in(page: NewPage, workshop: Company, look: Look):
    shot = await camera(page, None, look)
    await shot.take("01-sign-in")
    await shot.page.get_by_label(words(look.locale)["entry.login"], exact=True).fill("anna")
    await shot.page.get_by_label(words(look.locale)["entry.password"], exact=True).fill("wrong one")
    await shot.page.keyboard.press("Enter")
    await shot.page.get_by_role("alert").wait_for()
    await shot.take("02-sign-in-refused")
    await shot.page.goto("/#/invite/abc")
    await shot.page.reload()
    await shot.take("03-invited")
    await shot.at("/register", "04-by-invitation")


@LOOKED_AT
async def test_at_work(page: NewPage, workshop: Company, look: Look):
    anna = await resident(workshop, "anna")
    shot = await camera(page, anna, look)
    say, device = words(look.locale), shot.page
    link = device.get_by_role("link", name=BOARD).first
    await link.wait_for()
    await shot.take("10-chats")
    chat = str(await link.get_attribute("href"))
    await shot.at(chat, "11-chat")
    await shot.at(chat.replace("chat", "board"), "12-board")
    await device.locator("a[href^='/task/']").first.click()
    await device.get_by_role("complementary").wait_for()
    await shot.take("13-card")
    await shot.at("/tasks", "14-tasks")
    await shot.at("/people", "15-people")
    await device.locator("a[href^='/people/']").nth(1).click()
    await device.get_by_role("complementary").wait_for()
    await shot.take("16-person")
    await shot.over("17-switcher", lambda at: at.keyboard.press("Control+k"), "dialog.switcher")
    await shot.over("18-keys", lambda at: at.keyboard.press("?"), "dialog .keys")
    for number, name in enumerate(
        ("profile", "look", "writing", "notices", "devices", "password", "leave"), start=20
    ):
        await shot.at(f"/settings/{name}", f"{number}-settings-{name}")
    pages = ("people", "invites", "audit", "status", "data", "chats", "settings")
    for number, name in zip((30, 31, 32, 33, 34, 37, 38), pages, strict=True):
        await shot.at(f"/admin/{name}", f"{number}-admin-{name}")
    await face_chosen(shot, say)
    await faces_of_a_chat(shot, say, chat)
    await shot.at("/admin/people", "36-admin-add")
    await shot.over(
        "36-admin-add", lambda at: at.get_by_role("button", name=say["admin.add"]).click(), "dialog"
    )


async def face_chosen(shot: Camera, say: dict[str, str]) -> None:
    """A picture in its frame, on the way to be one's own."""
    device = shot.page
    await shot.at("/settings/profile", "35-face")
    picture = {"name": "me.png", "mimeType": "image/png", "buffer": portrait(7, width=900)}
    await device.locator("input[type=file]:not([capture])").set_input_files(picture)
    await device.get_by_role("group", name=say["avatar.frame"]).wait_for()
    await device.get_by_role("slider").fill("30")
    await shot.take("35-face")
    await device.keyboard.press("Escape")


async def faces_of_a_chat(shot: Camera, say: dict[str, str], chat: str) -> None:
    """Its picture, to be changed, and its people's."""
    device = shot.page
    await shot.at(chat, "36-chat-picture")
    await device.get_by_role("button", name=say["chat.menu"]).click()
    await device.get_by_role("menuitem", name=say["avatar.of_chat"]).click()
    await device.get_by_role("dialog").locator(".avatar-picture[data-here]").wait_for()
    await shot.take("36-chat-picture")
    await device.keyboard.press("Escape")
    await device.get_by_role("button", name=say["chat.menu"]).click()
    await device.get_by_role("menuitem", name=say["chat.members"]).click()
    await device.get_by_role("complementary").wait_for()
    await shot.take("37-members")


@LOOKED_AT
async def test_empty_and_in_trouble(page: NewPage, workshop: Company, look: Look):
    (newcomer,) = await workshop.hire("newcomer")
    alone = await workshop.group(newcomer, title="Empty", board=True)
    shot = await camera(page, newcomer, look)
    device = shot.page
    await shot.take("40-empty-chats")
    await shot.at(f"/chat/{alone}", "41-empty-chat")
    await shot.at(f"/board/{alone}", "42-empty-board")
    await shot.at("/tasks", "43-empty-tasks")
    await shot.at("/chat/nonsense", "44-missing")
    await device.route("**/api/v1/sessions*", lambda route: route.fulfill(**BROKEN))
    await shot.at("/settings/devices", "45-error")
    await device.goto(f"/chat/{alone}")
    composer = device.get_by_role("textbox", name=words(look.locale)["chat.placeholder"])
    await composer.wait_for()
    await kept(device)
    await device.context.set_offline(True)
    await composer.fill("…")
    await device.get_by_role("button", name=words(look.locale)["chat.send"]).click()
    await device.locator(".strip-warning").wait_for(timeout=30_000)
    await shot.take("46-offline")


async def register(shot: Camera, say: dict[str, str], address: str, name: str) -> None:
    await shot.page.goto(address)
    await shot.page.reload()
    await shot.page.get_by_label(say["entry.display_name"]).fill(name)
    await shot.page.get_by_label(say["entry.password"], exact=True).fill(PASSWORD)
    await shot.page.get_by_role("button", name=say["entry.register_submit"]).click()
    await shot.page.wait_for_url("**/welcome")


@LOOKED_AT
async def test_beginning(page: NewPage, company: Company, look: Look):
    """The first hour: of who sets it up, of who was invited, of who got a password."""
    server, say = company.server, words(look.locale)
    first = await server.directory.ask_system(InviteFirst())
    code = invites.code_of(server.settings.secret_key, first)
    shot = await camera(page, None, look)
    device = shot.page
    await register(shot, say, f"/#/invite/{code}", "Анна Соколова")
    await shot.take("60-welcome-name")
    await device.get_by_label(say["welcome.name"], exact=True).fill("Мастерская «Дуб»")
    await device.get_by_text(say["welcome.accent_violet"]).click()
    await device.get_by_role("button", name=say["welcome.next"]).click()
    await device.get_by_role("img", name=say["welcome.qr"]).wait_for()
    await shot.take("61-welcome-people")
    await device.get_by_text(say["welcome.each"]).click()
    await device.get_by_label(say["welcome.each_names"]).fill("игорь@example.org, Мария Волкова")
    await device.locator("button", has_text=re.compile("2")).click()
    await device.get_by_role("button", name=say["welcome.each_copy_all"]).wait_for()
    await shot.take("62-welcome-each")
    await device.get_by_role("button", name=say["welcome.next"]).click()
    await device.get_by_role("button", name=say["welcome.project_make"]).wait_for()
    await shot.take("63-welcome-project")
    await device.get_by_role("button", name=say["welcome.project_make"]).click()
    await device.locator(".board-card").nth(2).wait_for()
    await shot.take("64-first-board")
    await shot.at("/admin/invites", "65-invitations")
    await shot.at("/admin/organisation", "66-organisation")
    [root] = await company.hire("root", role="admin")
    link = await server.directory.ask(root.identity, CreateInvite())
    other = await camera(page, None, look)
    await other.page.goto(f"/#/invite/{invites.code_of(server.settings.secret_key, link.id)}")
    await other.take("67-invitation")
    address = f"/#/invite/{invites.code_of(server.settings.secret_key, link.id)}"
    await register(other, say, address, "Игорь Новиков")
    await other.take("68-welcome-newcomer")
    await other.page.get_by_role("button", name=say["welcome.come_in"]).click()
    await other.page.locator(".greeting").wait_for()
    await other.take("69-greeting")


@LOOKED_AT
async def test_in_the_first_week(page: NewPage, workshop: Company, look: Look):
    """Chats pinned and marked, long messages, days, undo, what was typed before, other widths."""
    anna, say = await resident(workshop, "anna"), words(look.locale)
    dmitry = await resident(workshop, "dmitry")
    shot = await camera(page, anna, look)
    device = shot.page
    link = device.get_by_role("link", name=BOARD).first
    await link.wait_for()
    chat_id = int(str(await link.get_attribute("href")).split("/")[-1])
    await workshop.ask(anna, SetListing(chat_id=chat_id, pinned=True))
    await device.locator(".chats-row:not(:has(.badge))").last.click(button="right")
    await device.get_by_role("menuitem", name=say["chats.mark_unread"]).click()
    await shot.take("70-pinned-and-marked")
    for text in (
        "\n".join(f"строка {each}" for each in range(40)),
        "شكرا @anna",
        "https://кремль.рф/новости",
    ):
        await workshop.send(dmitry, chat_id, text)
    await shot.at(f"/chat/{chat_id}", "71-folded")
    await device.locator(".feed-date > button").first.click()
    await device.get_by_role("dialog").wait_for()
    await shot.take("72-date-jump")
    await device.keyboard.press("Escape")
    await device.get_by_role("button", name=say["chat.menu"]).click()
    await device.get_by_role("menu").wait_for()
    await shot.take("73-chat-menu")
    await device.keyboard.press("Escape")
    await device.goto(f"/board/{chat_id}")
    more = device.locator(".board-card-more").first
    await more.wait_for()
    await more.evaluate("(button) => button.click()")
    await device.get_by_role("menuitem", name=say["board.take"]).click()
    await device.locator(".toast").wait_for()
    await shot.now("75-undo")
    await device.locator("a[href^='/task/']").first.click()
    comment = device.get_by_label(say["card.comment"], exact=True)
    await comment.fill("не дописано")
    await device.reload()
    await device.get_by_text(say["app.restored"]).wait_for()
    await shot.take("76-restored")
    await shot.at("/search", "77-search")
    await shot.at("/search?q=cfqn", "77-search-in-the-other-layout")
    await shot.at("/search?q=от:@anna+сайт&kind=message", "77-search-with-a-chip")
    await shot.at("/search?q=нетслова", "77-search-nothing")
    await shot.at(f"/chat/{chat_id}?find=сайт", "77-search-in-a-chat")
    if not look.phone:
        await device.set_viewport_size({"width": 1700, "height": 950})
        await shot.at(f"/chat/{chat_id}", "78-wide")
        await device.set_viewport_size({"width": 720, "height": 450})
        for at, path in enumerate(
            (f"/chat/{chat_id}", f"/board/{chat_id}", "/settings/look", "/tasks")
        ):
            await shot.at(path, f"79-twice-as-large-{at}")
        await device.set_viewport_size(DESKTOP)
        for name in ("chat", "board"):
            await device.goto(f"/{name}/{chat_id}")
            await device.locator(".post, .board-card").first.wait_for()
            await device.evaluate("() => dispatchEvent(new Event('beforeprint'))")
            await device.pdf(path=shot.folder / f"80-print-{name}.pdf", format="A4")


@LOOKED_AT
async def test_forwarding(page: NewPage, workshop: Company, look: Look):
    """Whereto a message may be forwarded, and how it is read there."""
    anna, say = await resident(workshop, "anna"), words(look.locale)
    shot = await camera(page, anna, look)
    device = shot.page
    link = device.get_by_role("link", name=BOARD).first
    await link.wait_for()
    chat_id = int(str(await link.get_attribute("href")).split("/")[-1])
    await shot.at(f"/chat/{chat_id}", "11-chat")
    for post in (device.locator(".post:not(.post-own)").last, device.locator(".post-own").last):
        await post.focus()
        await device.keyboard.press("Enter")
        await device.get_by_role("menu").last.wait_for()
        await shot.take("83-message-menu")
        await device.get_by_role("menuitem", name=say["chat.forward"]).click()
        await device.get_by_role("option").first.wait_for()
        await shot.take("84-forward")
        await device.keyboard.press("Enter")
        await device.locator(".toast").wait_for()
        await shot.now("85-forwarded")
    await device.locator(".toast-action").first.click()
    await device.locator(".forwarded").last.wait_for()
    await shot.take("86-forwarded-there")
    await device.goto(f"/chat/{chat_id}")
    posts = device.locator(".post")
    await posts.last.wait_for()
    for at in (-2, -3, -5):
        await posts.nth(at).click(modifiers=["Control"])
    await shot.take("87-selected")


@LOOKED_AT
async def test_tray(page: NewPage, workshop: Company, look: Look):
    """Files that go with a message: dragged over the chat, in the tray, without a connection."""
    anna, say = await resident(workshop, "anna"), words(look.locale)
    shot = await camera(page, anna, look)
    device = shot.page
    link = device.get_by_role("link", name=BOARD).first
    await link.wait_for()
    await link.click()
    await device.locator(".composer-text").wait_for()
    await kept(device)
    drawn = a_file("эскиз.png", attached.photo(900, 700, 20), "image/png")
    for name, file in (("90-drag-photos", drawn), ("91-drag-files", a_file("план.pdf", b"1", ""))):
        await give(device, ".composer", "dragover", file)
        await device.locator(".incoming").wait_for()
        await shot.now(name)
        await device.locator(".incoming").wait_for(state="detached")
    await attach(
        device,
        ("IMG_2041.jpg", "image/jpeg", attached.photo(3000, 2000, 120)),
        ("Фасад со стороны сада, вечер.jpg", "image/jpeg", attached.photo(1500, 2000, 200)),
        ("Смета на кухню, вторая редакция.xlsx", SHEET, b"x" * 48_000),
        ("Фото с объекта.zip", "application/zip", b"x" * 3_400_000),
        ("эскиз.png", "image/png", attached.photo(900, 700, 20)),
    )
    await device.locator(".tray-picture").nth(2).wait_for()
    await device.locator(".tray-look-working").wait_for(state="detached")
    await device.locator(".composer-text").fill("Вот что получилось за неделю")
    await shot.take("92-tray")
    await device.locator(".tray-tile").nth(3).click()
    await device.get_by_role("menu").wait_for()
    await shot.take("93-tray-menu")
    await device.keyboard.press("Escape")
    await device.locator(".tray-tile").nth(1).focus()
    await device.keyboard.press("F2")
    await shot.take("94-tray-rename")
    await device.keyboard.press("Escape")
    await device.context.set_offline(True)
    await device.get_by_text(say["tray.offline"]).wait_for(timeout=30_000)
    await shot.take("95-tray-offline")
    await device.context.set_offline(False)
    await device.goto("/tasks")
    await device.locator("a[href^='/task/']").first.click()
    await device.locator(".comment-field textarea").wait_for()
    await give(device, ".comment-field textarea", "paste", drawn)
    await device.locator(".comment-field .tray-picture").wait_for()
    await shot.take("96-tray-of-a-comment")
    await give(device, ".comment-field", "dragover", drawn)
    await device.locator(".incoming").wait_for()
    await shot.now("97-drag-over-a-card")


@LOOKED_AT
async def test_refused(page: NewPage, workshop: Company, look: Look):
    """What the server takes not, and a chat one is in no more."""
    anna, say = await resident(workshop, "anna"), words(look.locale)
    dmitry = await resident(workshop, "dmitry")
    secret = await workshop.group(dmitry, anna, title="Сюрприз для Елены")
    shot = await camera(page, anna, look, f"/chat/{secret}")
    device = shot.page
    composer = device.get_by_role("textbox", name=say["chat.placeholder"])
    await composer.wait_for()
    await kept(device)
    await device.context.set_offline(True)
    await composer.fill("Торт заказан, забираем в пятницу")
    await device.get_by_role("button", name=say["chat.send"]).click()
    await workshop.ask(dmitry, RemoveMember(chat_id=secret, user_id=anna.user_id))
    await device.context.set_offline(False)
    await device.get_by_role("button", name=say["outbox.look"]).wait_for()
    await shot.take("81-removed")
    await device.get_by_role("button", name=say["outbox.look"]).click()
    await device.get_by_role("dialog").wait_for()
    await shot.take("82-not-sent")


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[3]], ids=lambda look: look.name)
async def test_full(page: NewPage, company: Company, alice: Person, look: Look):
    """10,000 messages, 500 cards, 2,000 people."""
    chat = await company.group(alice, title="Full", board=True)
    for number in range(10_000):
        await company.send(alice, chat, f"message {number + 1}")
    stages = await columns(company, alice, chat)
    for number in range(500):
        column_id = stages[number % len(stages)].id
        title = f"card {number + 1}"
        await add_task(company, alice, title, chat_id=chat, column_id=column_id)
    for number in range(2_000):
        await company.server.directory.ask(SYSTEM, someone(number))
    shot = await camera(page, alice, look)
    await shot.at(f"/chat/{chat}", "50-full-chat")
    await shot.at(f"/board/{chat}", "51-full-board")
    await shot.at("/people", "52-full-people")


def someone(number: int) -> AddUser:
    return AddUser(
        username=f"person{number}",
        display_name=f"Person {number}",
        role="user",
        locale="ru",
        time_zone="UTC",
        password_hash="",
    )


@LOOKED_AT
async def test_voice(page: NewPage, workshop: Company, look: Look):
    """Spoken, listened to, sent, heard; a microphone that is refused."""
    anna, dmitry = await resident(workshop, "anna"), await resident(workshop, "dmitry")
    say = {key: text for key, text in words(look.locale).items() if key.startswith("voice.")}
    shot = await camera(page, anna, look)
    device = shot.page
    link = device.get_by_role("link", name=BOARD).first
    await link.wait_for()
    chat = str(await link.get_attribute("href"))
    chat_id = int(chat.split("/")[-1])
    for name, seconds in (("1.wav", 24), ("2.wav", 5)):
        content = {name: sounds.speech(seconds)}
        about = sounds.voice(seconds)
        await attached.attach(workshop, dmitry, chat_id, content, about=about)
    music = {"Вивальди — Времена года, «Зима», часть 2.wav": sounds.speech(40)}
    await attached.attach(workshop, dmitry, chat_id, music, "Для ролика")
    await device.goto(chat)
    await device.locator(".sound-toggle").first.click()
    await device.locator(".player").wait_for()
    await device.wait_for_timeout(3000)
    await shot.now("130-voice-heard")
    await device.locator(".sound-toggle").nth(2).click()
    await device.wait_for_timeout(2000)
    await shot.now("131-music-heard")
    await device.get_by_role("button", name=say["voice.record"]).click()
    await device.wait_for_timeout(4000)
    await shot.now("132-voice-recorded")
    await device.get_by_role("button", name=say["voice.pause_recording"]).click()
    await device.locator(".voice-strip .sound").wait_for()
    await shot.take("133-voice-paused")
    await device.get_by_role("button", name=say["voice.send"]).click()
    await device.locator(".post-own .sound-voice").wait_for()
    await shot.take("134-voice-sent")
    await device.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => {"
        "  throw new DOMException('', 'NotAllowedError') } }"
    )
    await device.get_by_role("button", name=say["voice.record"]).click()
    await device.get_by_role("dialog").wait_for()
    await shot.take("135-voice-refused")

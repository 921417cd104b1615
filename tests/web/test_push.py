"""Pushes in a real service worker: from a message to the notification, and from it back.

The push service is the tests' own. What it opened is handed to the worker by the browser's own
protocol; only the way from a vendor to the browser is not gone. Notifications want a browser that
has somebody to ask, so this is the whole one.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from messenger.actors.commands import Remind
from messenger.model import SYSTEM, Due
from messenger.protocol.commands import MarkRead
from messenger.protocol.preferences import SetNotify
from messenger.protocol.tasks import CreateTask
from messenger.rules.reminders import due_key
from messenger.store.rows import members, messages, reminders, tasks
from tests.outgoing.https import certificate
from tests.push.service import PushService, house_door, push_service
from tests.waiting import PATIENCE, until
from tests.web.axe import violations
from tests.web.conftest import (
    ARGUMENTS,
    Browser,
    Company,
    Person,
    driven,
    fixture,
    kept,
    playwright,
    words,
)
from tests.web.test_habits import composer, post
from tests.web.test_notices import HIDDEN

EN, RU = words("en"), words("ru")
WHOLE = shutil.which("chromium")
FAKE = """(made) => {
    const said = () => localStorage.getItem('fake-push');
    const key = (text) => {
        const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
        return Uint8Array.from(binary, (each) => each.charCodeAt(0));
    };
    const found = () => said() === null ? null : {
        endpoint: made.endpoint,
        options: { applicationServerKey: key(said()).buffer },
        toJSON: () => made,
        unsubscribe: async () => { localStorage.removeItem('fake-push'); return true; },
    };
    PushManager.prototype.getSubscription = async () => found();
    PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
        localStorage.setItem('fake-push', applicationServerKey);
        return found();
    };
}"""
SHOWN = """async () => {
    const registration = await navigator.serviceWorker.ready;
    const shown = await registration.getNotifications();
    return shown.map(({ title, body, tag, silent, lang, actions }) =>
        ({ title, body, tag, silent, lang, actions: actions.map(({ title }) => title) }));
}"""
# What tells, and what is led, begins when there is time; the worker is registered last of all.
MARKED = """
const { register } = ServiceWorkerContainer.prototype;
ServiceWorkerContainer.prototype.register = function (...given) {
  window.ledNow = true;
  return register.apply(this, given);
};"""
TELLS = "() => window.ledNow && new Promise((done) => requestIdleCallback(() => done(true)))"
ALONE = """async () => {
    const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const { held } = await navigator.locks.query();
    return pages.every(({ url }) => url.endsWith('.svg')) && held.length === 0;
}"""
CLICK = """async ([action, reply, times]) => {
    const [notification] = await self.registration.getNotifications();
    for (let time = 0; time < times; time++) {
        const event = new NotificationEvent('notificationclick', { notification, action, reply });
        const done = [];
        event.waitUntil = (work) => done.push(work);
        self.dispatchEvent(event);
        await Promise.all(done);
    }
}"""

# A page that a hand has come to plays its own signal, in the place of the system's.
UNTOUCHED = (
    "Object.defineProperty(navigator, 'userActivation', { value: { hasBeenActive: false } })"
)
CHANGE = """async ([endpoint, said]) => {
    const event = new ExtendableEvent('pushsubscriptionchange');
    const done = [];
    event.oldSubscription = { endpoint };
    event.newSubscription = { toJSON: () => said };
    event.waitUntil = (work) => done.push(work);
    self.dispatchEvent(event);
    await Promise.all(done);
}"""


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


@fixture
async def company(
    dsn: str, settings: dict[str, str], papers: tuple[Path, Path]
) -> AsyncIterator[Company]:
    made = Company(dsn, settings, house_door(papers[1]))
    await made.start()
    yield made
    await made.stop()


@fixture
async def service(company: Company, papers: tuple[Path, Path]) -> AsyncIterator[PushService]:
    async with push_service(*papers, lambda: company.server.push.vapid.public) as found:
        yield found


@fixture(scope="session")
async def whole() -> AsyncIterator[Any]:
    if WHOLE is None:
        pytest.skip("there is no whole Chromium (apt install chromium)")
    async with driven() as browsers:
        launched = await browsers.launch(executable_path=WHOLE, args=ARGUMENTS)
        yield launched
        await launched.close()


@fixture
async def browser(whole: Any, company: Company) -> AsyncIterator[Browser]:
    made = Browser(whole, company)
    yield made
    await made.close()
    assert made.problems == []


class Device:
    """A page whose pushes are brought by hand from the service to the worker."""

    def __init__(self, page: Any, name: str, service: PushService, company: Company) -> None:
        self.page = page
        self.name = name
        self.service = service
        self.company = company

    async def begin(self, path: str) -> None:
        made = self.service.browser(self.name)
        said = json.dumps({"endpoint": made.endpoint, "keys": made.keys()})
        await self.page.context.grant_permissions(["notifications"], origin=self.company.address)
        await self.page.context.add_init_script(f"({FAKE})({said})")
        await self.page.context.add_init_script(MARKED)
        await self.page.goto(path)
        await kept(self.page)
        self.wire = await self.page.context.new_cdp_session(self.page)
        found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def heard(event: dict[str, Any]) -> None:
            for each in event["registrations"]:
                if not found.done():
                    found.set_result(each["registrationId"])

        self.wire.on("ServiceWorker.workerRegistrationUpdated", heard)
        await self.wire.send("ServiceWorker.enable")
        self.registration = await found

    async def leave(self) -> None:
        """Have no page of ours open any more, but one to ask the browser by."""
        await self.page.goto("/icon.svg")
        async with asyncio.timeout(PATIENCE):
            while not await self.page.context.service_workers[0].evaluate(ALONE):
                await asyncio.sleep(0.05)

    async def switch_on(self, say: dict[str, str]) -> None:
        switch = self.page.get_by_role("switch", name=say["push.here"])
        await switch.click()
        await self.page.get_by_text(say["push.on_now"]).wait_for()
        await playwright.expect(switch).to_be_checked()

    async def deliver(self, payload: dict[str, Any]) -> None:
        await self.wire.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self.company.address,
                "registrationId": self.registration,
                "data": json.dumps(payload),
            },
        )

    async def pushed(self) -> dict[str, Any]:
        """The next push, brought to the device."""
        got = await self.service.expect(self.name)
        await self.deliver(got.payload)
        return got.payload

    async def shown(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.page.evaluate(SHOWN)
        return found

    async def expect(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(PATIENCE):
            while len(found := await self.shown()) != count:
                await asyncio.sleep(0.05)
        return found

    async def act(self, action: str = "", reply: str | None = None, times: int = 1) -> None:
        """A click on the one notification there is, or on one of its buttons."""
        await self.page.context.service_workers[0].evaluate(CLICK, [action, reply, times])


@fixture
async def device(browser: Browser, company: Company, service: PushService) -> Any:
    async def make(person: Person, locale: str = "en", path: str = "/settings/notices") -> Device:
        page = await browser.page(person, locale=locale, path="/missing", worker=True)
        made = Device(page, f"{person.name}-{locale}", service, company)
        await made.begin(path)
        return made

    return make


async def test_a_device_is_switched_on_tried_out_and_removed(
    device: Any, company: Company, service: PushService, alice: Person
):
    hers = await device(alice)
    await hers.switch_on(EN)
    row = hers.page.locator(".push-device")
    await row.get_by_text(EN["settings.this_device"]).wait_for()
    test = row.get_by_role("button", name="Send a test")
    await test.click()
    await hers.pushed()
    await row.get_by_text(EN["push.test_came"]).wait_for()
    (shown,) = await hers.shown()
    assert (shown["title"], shown["lang"]) == ("Notifications work", "en")
    async with asyncio.timeout(PATIENCE):
        while (await company.server.push.of(alice.identity))[0].received_at is None:
            await asyncio.sleep(0.05)
    await test.click()
    await service.expect(hers.name)
    await row.get_by_text("has not answered within 3 seconds").wait_for()
    assert await violations(hers.page) == []
    await row.get_by_role("button", name="Remove").click()
    await row.wait_for(state="detached")
    assert await company.server.push.of(alice.identity) == []
    await playwright.expect(
        hers.page.get_by_role("switch", name=EN["push.here"])
    ).not_to_be_checked()


@pytest.mark.parametrize("locale", ["ru", "en"])
async def test_a_push_is_shown_in_ones_language_and_gone_once_it_is_read(
    device: Any, company: Company, alice: Person, bob: Person, lobby: int, locale: str
):
    say = words(locale)
    hers = await device(alice, locale)
    await hers.switch_on(say)
    await hers.leave()
    seq = await company.send(bob, lobby, "Привет, **@alice**!")
    payload = await hers.pushed()
    assert payload["app_badge"] == 1
    (shown,) = await hers.expect(1)
    assert shown == {
        "title": "Lobby",
        "body": "Bob: Привет, @alice!",
        "tag": f"chat-{lobby}",
        "silent": False,
        "lang": locale,
        "actions": [say["push.reply"], say["push.read"]],
    }
    await company.ask(alice, MarkRead(chat_id=lobby, read_seq=seq))
    await hers.pushed()
    await hers.expect(0)


async def test_a_hidden_tab_and_a_push_tell_the_same_message_once(
    device: Any, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await device(alice)
    await hers.switch_on(EN)
    await hers.page.add_init_script(HIDDEN)
    await hers.page.add_init_script(UNTOUCHED)
    await hers.page.goto("/")
    await hers.page.wait_for_function(TELLS)
    await company.send(bob, lobby, "@alice look")
    (shown,) = await hers.expect(1)
    assert not shown["silent"]
    # The browser knows better than the page whether it is in sight.
    await hers.leave()
    await hers.pushed()
    async with asyncio.timeout(PATIENCE):
        while not (shown := (await hers.expect(1))[0])["silent"]:
            await asyncio.sleep(0.05)
    assert (shown["title"], shown["body"]) == ("Lobby", "Bob: @alice look")


async def test_a_click_leads_to_the_message_in_a_tab_that_is_open(
    device: Any, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await device(alice)
    await hers.switch_on(EN)
    await hers.leave()
    seq = await company.send(bob, lobby, "@alice look")
    await hers.pushed()
    await hers.expect(1)
    await hers.page.goto("/tasks")
    await hers.page.get_by_role("heading", name=EN["tasks.title"]).wait_for()
    await hers.page.wait_for_function(TELLS)
    await hers.act()
    await hers.page.wait_for_url(f"**/chat/{lobby}/{seq}")
    await post(hers.page, "@alice look").wait_for()


async def test_who_looks_at_a_chat_is_not_pushed_to_about_it(
    device: Any, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await device(alice)
    await hers.page.goto(f"/chat/{lobby}")
    is_looking = company.server.pusher.presence.is_looking
    await until(lambda: is_looking(alice.user_id, lobby))
    await hers.page.get_by_role("link", name=EN["rail.tasks"]).first.click()
    await until(lambda: not is_looking(alice.user_id, lobby))


async def test_actions_work_with_no_page_of_ours_open(
    device: Any, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await device(alice)
    await hers.switch_on(EN)
    await hers.leave()
    seq = await company.send(bob, lobby, "@alice when?")
    await hers.pushed()
    await hers.expect(1)
    # The finger slips: the same notification is answered twice.
    await hers.act("reply", "  At noon. ", times=2)
    # Reading is no message, and takes no number.
    said = await messages.by_seq(company.server.database, lobby, range(seq + 1, seq + 5))
    assert [(each.text, each.reply_to, each.sender_id) for each in said.values()] == [
        ("At noon.", seq, alice.user_id)
    ]
    marks = (await members.marks(company.server.database, [lobby]))[lobby]
    assert [read >= seq for user, read, _ in marks if user == alice.user_id] == [True]


async def test_a_task_is_done_and_put_off_with_no_page_of_ours_open(
    device: Any, company: Company, alice: Person, bob: Person, lobby: int
):
    due = Due(date="2026-01-02")
    made = CreateTask(chat_id=lobby, title="Счёт", assigned_to=alice.user_id, due=due)
    hers = await device(alice)
    await hers.switch_on(EN)
    await hers.leave()
    task = await company.ask(bob, made)
    await hers.pushed()
    assert (await hers.expect(1))[0]["actions"] == [EN["push.done"]]
    remind = Remind(
        user_id=alice.user_id, chat_id=lobby, task_id=task.id, kind="now", due=due_key(due)
    )
    await company.server.directory.ask(SYSTEM, remind)
    await hers.pushed()
    async with asyncio.timeout(PATIENCE):
        while (shown := (await hers.expect(1))[0])["title"] != EN["notices.due_now"]:
            await asyncio.sleep(0.05)
    assert shown["actions"] == [EN["push.done"], EN["push.snooze"]]
    # The finger slips: it is put off once.
    await hers.act("snooze", times=2)
    hour = datetime.now(UTC) + timedelta(hours=1)
    database = company.server.database
    (again,) = await reminders.snoozed(database, hour + timedelta(minutes=1), 10)
    assert again.task_id == task.id
    assert await reminders.snoozed(database, hour - timedelta(minutes=1), 10) == []
    overdue = msgspec.structs.replace(remind, kind="overdue")
    await company.server.directory.ask(SYSTEM, overdue)
    await hers.pushed()
    await hers.expect(1)
    await hers.act("done", times=2)
    assert (await tasks.by_ids(database, [task.id]))[task.id].status == "done"
    assert await hers.shown() == []


async def test_why_a_notification_did_not_come_is_said(
    browser: Browser, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.ask(alice, SetNotify(chat_id=lobby, level="mentions"))
    await company.send(bob, lobby, "nobody by name")
    hers = await browser.page(alice, path=f"/chat/{lobby}")
    await post(hers, "nobody by name").click(button="right")
    await hers.get_by_role("menuitem", name=EN["why.ask"]).click()
    dialog = hers.get_by_role("dialog", name=EN["why.title"])
    await dialog.get_by_text(EN["why.chat_off"]).wait_for()
    assert await violations(hers) == []
    await dialog.get_by_role("button", name=EN["why.settings"]).click()
    asked = hers.get_by_role("button", name="nobody by name")
    await asked.click()
    await (
        hers.get_by_role("dialog", name=EN["why.title"]).get_by_text(EN["why.chat_off"]).wait_for()
    )
    await hers.keyboard.press("Escape")
    sound = hers.get_by_role("switch", name=EN["notices.sound"])
    await sound.click()
    await hers.reload()
    await playwright.expect(sound).not_to_be_checked()
    assert await violations(hers) == []


async def test_a_click_with_no_page_of_ours_opens_one_at_the_message(
    device: Any, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await device(alice)
    await hers.switch_on(EN)
    await hers.leave()
    seq = await company.send(bob, lobby, "@alice look")
    await hers.pushed()
    await hers.expect(1)
    (worker,) = hers.page.context.service_workers
    # Windows open by a hand only.
    await worker.evaluate(
        "() => { Clients.prototype.openWindow = async (to) => void (self.opened = to); }"
    )
    await hers.act()
    assert await worker.evaluate("self.opened") == f"/chat/{lobby}/{seq}"


async def test_nothing_is_left_on_a_device_one_has_signed_out_of(
    device: Any, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await device(alice)
    await hers.switch_on(EN)
    await hers.leave()
    await company.send(bob, lobby, "@alice a secret")
    await hers.pushed()
    await hers.expect(1)
    await hers.page.goto("/settings/leave")
    await hers.page.get_by_role("button", name=EN["settings.sign_out"], exact=True).click()
    await hers.page.get_by_label(EN["entry.login"], exact=True).wait_for()
    await hers.expect(0)
    await hers.page.wait_for_function("() => localStorage.getItem('fake-push') === null")
    assert await company.server.push.of(alice.identity) == []


async def test_who_sent_a_message_is_offered_notifications_once(
    browser: Browser, alice: Person, lobby: int
):
    hers = await browser.page(alice, path=f"/chat/{lobby}", worker=True)
    await hers.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'default' })"
    )
    await hers.reload()
    offer = hers.get_by_text(EN["push.offer"])
    await composer(hers).wait_for()
    assert await offer.count() == 0
    await composer(hers).fill("hello")
    await composer(hers).press("Enter")
    await offer.wait_for()
    await hers.get_by_role("button", name=EN["push.offer_no"]).click()
    await offer.wait_for(state="detached")
    await hers.reload()
    await composer(hers).fill("again")
    await composer(hers).press("Enter")
    await post(hers, "again").wait_for()
    await hers.wait_for_timeout(500)
    assert await offer.count() == 0


async def test_another_endpoint_follows_with_no_page_of_ours_open(
    device: Any, company: Company, service: PushService, alice: Person, bob: Person, lobby: int
):
    hers = await device(alice)
    await hers.switch_on(EN)
    await hers.leave()
    made = service.browser("later")
    old = service.browsers[hers.name].endpoint
    said = {"endpoint": made.endpoint, "keys": made.keys()}
    await hers.page.context.service_workers[0].evaluate(CHANGE, [old, said])
    assert len(await company.server.push.of(alice.identity)) == 1
    await company.send(bob, lobby, "@alice look")
    got = await service.expect()
    assert (got.browser, got.shown["body"]) == ("later", "Bob: @alice look")

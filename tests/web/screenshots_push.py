"""Pictures of the notifications' settings in each state, and of the offer."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.web.conftest import Company, NewPage, kept, words
from tests.web.screenshots import LOOKED_AT, Camera, Look, camera, resident, settings, workshop
from tests.web.test_push import FAKE

__all__ = ["settings", "workshop"]

SAID = json.dumps({"endpoint": "https://push.test/1", "keys": {"p256dh": "p", "auth": "a"}})
ALLOWED = """(answer) => {
    let permission = answer;
    Object.defineProperty(Notification, 'permission', { get: () => permission });
    Notification.requestPermission = async () => (permission = 'granted');
}"""
IPHONE = """
    delete window.PushManager;
    Object.defineProperty(navigator, 'userAgent', { get: () => 'iPhone' });
"""


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def devices() -> list[dict[str, Any]]:
    one = {
        "id": "1",
        "device": "Chrome, Linux",
        "service": "fcm.googleapis.com",
        "user_agent": "Chrome/150",
        "locale": "ru",
        "created_at": ago(days=3),
        "succeeded_at": ago(minutes=4),
        "failed_at": None,
        "error": None,
        "received_at": None,
        "current": True,
    }
    bad = {
        "id": "2",
        "device": "Safari, iPhone",
        "service": "web.push.apple.com",
        "succeeded_at": ago(days=2),
        "failed_at": ago(hours=3),
        "error": "The push service did not answer in time.",
        "current": False,
    }
    return [one, {**one, **bad}]


async def answers(shot: Camera) -> None:
    """The server's, of devices that there are none of here."""

    async def fulfil(route: Any) -> None:
        path, data = route.request.url.rsplit("/push/", 1)[1], None
        if path == "test":
            data = {"id": "t", "accepted": True, "status": 201, "error": None}
        elif route.request.method == "GET":
            data = {"key": "BA"} if path == "key" else devices()
        page = {"next": None} if isinstance(data, list) else {}
        await route.fulfill(json={"data": data, **page})

    await shot.page.route("**/api/v1/push/**", fulfil)


async def state(shot: Camera, script: str, name: str, text: str) -> None:
    await shot.page.add_init_script(script)
    await shot.page.goto("/settings/notices")
    await shot.page.get_by_text(text.partition("{address}")[0].strip()).wait_for()
    await shot.take(name)


@LOOKED_AT
async def test_notifications(page: NewPage, workshop: Company, look: Look):
    say = words(look.locale)
    shot = await camera(page, await resident(workshop, "anna"), look)
    await answers(shot)
    await shot.page.add_init_script(f"({ALLOWED})('default')")
    await shot.page.add_init_script(f"({FAKE})({SAID})")
    await shot.page.goto("/settings/notices")
    # Pushes are the service worker's, which comes when it is asked for.
    await kept(shot.page)
    await shot.page.get_by_role("switch", name=say["push.here"]).click()
    await shot.page.get_by_text(say["push.on_now"]).wait_for()
    await shot.page.locator(".push-device button").first.click()
    await shot.page.locator(".push-outcome:not(:empty)").first.wait_for()
    await shot.page.locator(".toast").wait_for(state="detached")
    await shot.take("90-push")
    await state(shot, f"({ALLOWED})('denied')", "91-push-denied", say["push.denied_chrome"])
    await state(shot, IPHONE, "92-push-iphone", say["push.home_screen"])


@LOOKED_AT
async def test_offer(page: NewPage, workshop: Company, look: Look):
    say = words(look.locale)
    shot = await camera(page, await resident(workshop, "anna"), look)
    await shot.page.add_init_script(f"({ALLOWED})('default')")
    await shot.page.goto("/")
    await shot.page.locator(".chats-row").first.click()
    field = shot.page.get_by_role("textbox", name=say["chat.placeholder"])
    await field.fill("Спасибо!")
    await field.press("Control+Enter")
    await shot.page.get_by_text(say["push.offer"]).wait_for()
    await shot.take("93-push-offer")


@LOOKED_AT
async def test_why(page: NewPage, workshop: Company, look: Look):
    say = words(look.locale)
    shot = await camera(page, await resident(workshop, "anna"), look)
    await shot.page.locator(".chats-row").first.click()
    # Nobody is told of what they wrote. By keys: what moves yet would be missed by a click.
    await shot.page.locator(".post:not(.post-own)").last.focus()
    await shot.page.keyboard.press("Enter")
    await shot.page.get_by_role("menuitem", name=say["why.ask"]).click()
    await shot.page.get_by_role("dialog").wait_for()
    await shot.take("94-why")

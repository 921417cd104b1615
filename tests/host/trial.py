"""A whole machine: installed, used through its proxy, upgraded under load, broken, killed, undone.

Changes the machine it runs on, as root: for a fresh Debian that systemd runs and that is thrown
away afterwards, with `.venv` made (`bin/messenger --version`). Prints a line of JSON for each part.

    python -P -m tests.host.trial install|upgrade|broken|kills|pause|nginx|uninstall
"""

import asyncio
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
DOMAIN = "chat.trial.test"
CA = Path("/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt")
PASSWORD = "correct horse battery"
RATE = 50
KILLS = 4
BY_ITSELF = 120.0
"""Seconds that an upgrade has to end by itself after everything of it was killed."""
UNITS = "/etc/systemd/system"


def told(part: str, **figures: Any) -> None:
    print(json.dumps({"part": part, **figures}), flush=True)


def do(*words: str, fails: bool = False) -> str:
    """Run a command; its words when it ended as it should."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    said = done.stdout + done.stderr
    if (done.returncode != 0) != fails:
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{said}")
    return said


class Person:
    """Somebody signed in, at an address."""

    def __init__(self, session: aiohttp.ClientSession, base: str, access: str = "") -> None:
        self.session, self.base, self.access = session, base, access

    async def ask(self, method: str, path: str, **body: Any) -> Any:
        head = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        wait = aiohttp.ClientTimeout(total=10)
        url = f"{self.base}/api/v1{path}"
        async with self.session.request(
            method, url, json=body or None, headers=head, timeout=wait
        ) as answer:
            answer.raise_for_status()
            return (await answer.json())["data"]

    async def join(self, name: str, invite: str) -> None:
        await self.ask(
            "POST", "/auth/register", username=name, password=PASSWORD, display_name=name,
            invite=invite,
        )  # fmt: skip
        given = await self.ask("POST", "/auth/login", username=name, password=PASSWORD)
        self.access = given["access"]


# The parts


def install(proxy: str = "caddy") -> None:
    """From nothing to a message between two people, over HTTPS."""
    with Path("/etc/hosts").open("a") as hosts:
        hosts.write(f"127.0.0.1 {DOMAIN}\n")
    began = time.monotonic()
    options = ("--domain", DOMAIN, "--tls", "internal", "--proxy", proxy, "--locale", "en")
    said = do("bin/messenger", "install", *options)
    seconds = time.monotonic() - began
    link = re.search(r"https://\S+/#/invite/(\S+)", said)
    assert link is not None, said
    trusted = CA if proxy == "caddy" else Path("/etc/messenger/tls/fullchain.pem")
    seen = asyncio.run(met(link[1], ssl.create_default_context(cafile=str(trusted))))
    again = do("bin/messenger", "install", *options)
    told(
        "install", proxy=proxy, seconds=round(seconds, 1), **seen,
        again="Nothing differs." in again,
        security=do("systemd-analyze", "security", "--no-pager", "messenger").splitlines()[-1],
        doctor=do("/usr/local/bin/messenger", "doctor").splitlines()[-1],
    )  # fmt: skip


async def met(code: str, trusted: ssl.SSLContext) -> dict[str, Any]:
    """The first administrator, somebody invited, a message between them; what was seen of it."""
    connector = aiohttp.TCPConnector(ssl=trusted)
    async with aiohttp.ClientSession(connector=connector) as session:
        anna, boris = (Person(session, f"https://{DOMAIN}") for _ in range(2))
        await anna.join("anna", code)
        made = await anna.ask("POST", "/admin/invites", uses=1)
        await boris.join("boris", made["code"])
        chat = await common(anna)
        sent = await anna.ask(
            "POST", f"/chats/{chat}/messages", client_message_id=str(uuid.uuid4()), text="Hello"
        )
        read = await boris.ask("GET", f"/chats/{chat}/messages/{sent['seq']}")
        assert read["text"] == "Hello"
        async with session.ws_connect(
            f"wss://{DOMAIN}/api/v1/ws",
            protocols=["messenger.v1.json"],
            headers={"Authorization": f"Bearer {boris.access}"},
        ) as socket:
            welcome = await socket.receive_json(timeout=60)
        async with session.get(f"https://{DOMAIN}/") as page:
            hsts = page.headers.get("Strict-Transport-Security")
    return {"welcome": welcome["type"], "hsts": hsts}


async def common(person: Person) -> int:
    chats = await person.ask("GET", "/chats")
    return next(int(each["chat"]["id"] if "chat" in each else each["id"]) for each in chats)


class Load:
    """Messages at a rate for as long as something else goes on; each until it is acknowledged."""

    def __init__(self, person: Person, chat: int) -> None:
        self.person, self.chat = person, chat
        self.acknowledged: dict[str, int] = {}
        self.at: list[float] = []
        self.over = False

    async def one(self) -> None:
        key = str(uuid.uuid4())
        while True:
            try:
                sent = await self.person.ask(
                    "POST", f"/chats/{self.chat}/messages", client_message_id=key, text=key
                )
            except (aiohttp.ClientError, TimeoutError, OSError):
                await asyncio.sleep(0.05)
                continue
            self.acknowledged[key] = sent["seq"]
            self.at.append(time.monotonic())
            return

    async def run(self) -> None:
        under_way = set()
        while not self.over:
            under_way.add(asyncio.create_task(self.one()))
            under_way = {task for task in under_way if not task.done()}
            await asyncio.sleep(1 / RATE)
        await asyncio.gather(*under_way)

    async def lost(self) -> int:
        """Acknowledged messages that are not there once, with the number they were given."""
        found: dict[str, list[int]] = {}
        after = min(self.acknowledged.values()) - 1
        while True:
            page = await self.person.ask(
                "GET", f"/chats/{self.chat}/messages?after_seq={after}&limit=200"
            )
            if not page:
                break
            for each in page:
                found.setdefault(each["text"], []).append(each["seq"])
            after = page[-1]["seq"]
        return sum(found.get(key) != [seq] for key, seq in self.acknowledged.items())

    @property
    def pause(self) -> float:
        return max((b - a for a, b in zip(self.at, self.at[1:], strict=False)), default=0.0)


async def under_load(part: str, work: Callable[[], Any]) -> None:
    """Do something while messages are sent, and tell what became of them."""
    async with aiohttp.ClientSession() as session:
        person = Person(session, "http://127.0.0.1:8000")
        given = await person.ask("POST", "/auth/login", username="anna", password=PASSWORD)
        person.access = given["access"]
        load = Load(person, await common(person))
        sending = asyncio.create_task(load.run())
        await asyncio.sleep(2)
        began = time.monotonic()
        said = await asyncio.to_thread(work)
        seconds = time.monotonic() - began
        await asyncio.sleep(2)
        load.over = True
        await asyncio.wait_for(sending, 180)
        told(
            part, seconds=round(seconds, 1), pause=round(load.pause, 2), said=said,
            sent=len(load.acknowledged), lost=await load.lost(), serves=current(),
        )  # fmt: skip


def beside_load(part: str, work: Callable[[], Any]) -> None:
    asyncio.run(under_load(part, work))


def current() -> str:
    return Path("/opt/messenger/current").readlink().name


def wheel_of(folder: Path, commit: str, migration: str = "", back: str = "") -> Path:
    """The wheel that is in force, as if of another commit, with a migration more."""
    made = next((ROOT / "dist").glob("messenger-*.whl"))
    path = folder / commit[:4] / made.name
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        names = [n for n in old.namelist() if re.search(r"migrations/\d{4}\.\w+\.sql$", n)]
        last = Path(max(names)).name.removesuffix(".sql")
        for each in old.infolist():
            content = old.read(each)
            if each.filename == "messenger/commit.txt":
                content = f"{commit}\n".encode()
            elif each.filename.endswith("/RECORD") and migration:
                lines = (
                    f"messenger/migrations/9999.trial{kind}.sql,," for kind in ("", ".rollback")
                )
                content += ("\n".join(lines) + "\n").encode()
            new.writestr(each, content)
        if migration:
            head = f"-- Of the trial.\n-- depends: {last}\n"
            new.writestr("messenger/migrations/9999.trial.sql", head + migration)
            new.writestr("messenger/migrations/9999.trial.rollback.sql", back)
    return path


MINE = ("/usr/local/bin/messenger", "upgrade")
ADD, TAKE = "create index trial on users (id);", "drop index trial;"
"""An index more is none of the business of the comparison with the tables."""


def prepare() -> None:
    """Let one person send as much as that, and have a wheel."""
    settings = Path("/etc/messenger/environment")
    if "MESSAGE_RATE_LIMIT" not in settings.read_text():
        with settings.open("a") as file:
            file.write("MESSAGE_RATE_LIMIT=1000000/10s\nWRITE_RATE_LIMIT=1000000/10s\n")
        do("systemctl", "restart", "messenger")
    (ROOT / "dist").mkdir(exist_ok=True)
    if not [*(ROOT / "dist").glob("*.whl")]:
        do(
            str(ROOT / ".venv/bin/python"), "-P", "-m", "pip", "wheel", "-q", "--no-deps",
            "--no-build-isolation", "--wheel-dir", "dist", ".",
        )  # fmt: skip


def upgrade() -> None:
    """To a newer release and back under load."""
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        good = wheel_of(Path(folder), "a" * 40, ADD, TAKE)
        beside_load("upgrade", lambda: last_line(do(*MINE, "--from", str(good))))
        beside_load("undo", lambda: last_line(do(*MINE, "--undo")))


def broken() -> None:
    """A migration that fails half-way, though the rehearsal went well."""
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        bad = wheel_of(Path(folder), "b" * 40, f"{ADD} select pg_sleep(1); {late_failure()}", TAKE)
        beside_load("broken", lambda: last_line(do(*MINE, "--from", str(bad), fails=True)))


def kills() -> None:
    """Everything of an upgrade is killed, at several moments."""
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        good = wheel_of(Path(folder), "a" * 40, ADD, TAKE)
        for number in range(KILLS):
            beside_load(f"killed {number}", lambda n=number: killed(good, n))
            if current().endswith("a" * 10):
                do(*MINE, "--undo")


def pause() -> None:
    """Between two releases that are there already, so that little else is done meanwhile."""
    names = sorted(
        path.parent.name for path in Path("/opt/messenger/releases").glob("*/whole.json")
    )
    other = next(name for name in names if name != current() and "bbbb" not in name)
    beside_load("pause", lambda: last_line(do(*MINE, "--to", other)))
    beside_load("pause back", lambda: last_line(do(*MINE, "--undo")))


def late_failure() -> str:
    """Passes on a copy, for that is what a rehearsal would have found; fails on the database."""
    return (
        "do $$ begin if current_database() not like 'messenger_proof%' then"
        " raise exception 'of the trial'; end if; end $$;"
    )


def killed(wheel: Path, number: int) -> str:
    """Upgrade, with everything of it killed once it is under way; then again, as one would."""
    words = ["/usr/local/bin/messenger", "upgrade", "--from", str(wheel)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journal = Path("/opt/messenger/upgrade.json")
    while not journal.exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.15 * number)
    process.kill()
    subprocess.run(
        ["systemctl", "kill", "-s", "KILL", "messenger-upgrade.service"],
        capture_output=True, check=False,
    )  # fmt: skip
    process.wait()
    until = time.monotonic() + BY_ITSELF
    while journal.exists() and time.monotonic() < until:
        time.sleep(0.1)
    by_itself = "done" if not journal.exists() else "not done"
    if journal.exists():
        do("/usr/local/bin/messenger", "upgrade")
    return f"by itself: {by_itself}"


def last_line(said: str) -> str:
    return [line for line in said.splitlines() if line.strip()][-1]


def nginx() -> None:
    """The same with nginx, after Caddy was taken away."""
    do("/usr/local/bin/messenger", "uninstall")
    do("systemctl", "disable", "--now", "caddy")
    subprocess.run(["rm", "-r", "/var/lib/messenger", "/etc/messenger"], check=True)
    install("nginx")


def uninstall() -> None:
    """Everything of it goes, but data and settings."""
    do("/usr/local/bin/messenger", "uninstall")
    left = [
        path
        for path in (
            "/opt/messenger",
            "/usr/local/bin/messenger",
            "/etc/systemd/system/messenger.service",
        )
        if os.path.lexists(path)
    ]
    kept = Path("/var/lib/messenger/postgres").is_dir() and Path("/etc/messenger").is_dir()
    told("uninstall", left=left, kept=kept)


PARTS = {each.__name__: each for each in (install, upgrade, broken, kills, pause, nginx, uninstall)}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()

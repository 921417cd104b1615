"""The image as `docker-compose.yml` runs it: nothing configured, no root, a root that is only read.

Starts it, makes the first administrator by the link of its log, sends a message, kills, stops and
starts it again, and prints a line of JSON for each part. Takes podman or docker and an image that
is there; everything it makes is removed.

    python -P -m tests.containers.trial podman messenger [more words for `run`]
"""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

MOST_BYTES = 250 * 10**6
PATIENCE = 180.0
PASSWORD = "correct horse battery"
BOUNDS = (
    "--read-only", "--user=10001:10001", "--cap-drop=ALL", "--security-opt=no-new-privileges",
    "--tmpfs=/tmp:mode=1777,size=512m", "--shm-size=256m", "--stop-timeout=60", "--network=host",
    "--no-healthcheck", "--ulimit=nofile=4096:4096",
    "--ulimit=nproc=4096:4096",
)  # fmt: skip
"""As the service `messenger` of docker-compose.yml has them; the network is the machine's own. The
engine's health checks need a systemd or a daemon, so `checked` does what they do."""


class Container:
    """A server in a container, with a volume that outlives it."""

    def __init__(self, engine: str, image: str, *more: str) -> None:
        self.engine = engine.split()
        self.image = image
        self.more = more
        self.name = f"messenger-trial-{uuid.uuid4().hex[:8]}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def do(self, *words: str, fails: bool = False) -> str:
        done = subprocess.run([*self.engine, *words], capture_output=True, text=True)
        if done.returncode != 0 and not fails:
            raise RuntimeError(f"{words[:2]}: {done.stderr[-1500:]}")
        return done.stdout + done.stderr

    def start(self) -> float:
        """Start it anew over the same volume; seconds until it is ready."""
        self.do("rm", "--force", self.name, fails=True)
        began = time.monotonic()
        given = f"--env=PORT={self.port}", "--env=HOST=127.0.0.1"
        volume = f"--volume={self.name}:/data"
        words = f"--name={self.name}", volume, *given, *BOUNDS, *self.more
        self.do("run", "--detach", *words, self.image)
        while time.monotonic() - began < PATIENCE:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5):
                    return time.monotonic() - began
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(self.do("logs", self.name, fails=True)[-2000:])

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """Ask its REST door; raises HTTPError."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1{path}",
            None if body is None else json.dumps(body).encode(),
            {
                "Content-Type": "application/json", "Authorization": f"Bearer {token}",
                "Idempotency-Key": str(uuid.uuid4()),
            },
            method=method,
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())["data"]

    def remove(self) -> None:
        self.do("rm", "--force", self.name, fails=True)
        self.do("volume", "rm", self.name, fails=True)


def trial(engine: str, image: str, *more: str) -> dict[str, Any]:
    """All of it; what was found, by name. Raises AssertionError, RuntimeError, HTTPError."""
    container = Container(engine, image, *more)
    try:
        found: dict[str, Any] = {"ready": round(container.start(), 1)}
        found["bytes"] = int(container.do("image", "inspect", image, "--format={{.Size}}"))
        found |= bounded(container)
        checked(container)
        token, chat = signed_up(container)
        sent = [say(container, token, chat, "before")]
        container.do("kill", "--signal=KILL", container.name)
        found["ready_after_kill"] = round(container.start(), 1)
        sent.append(say(container, token, chat, "between"))
        began = time.monotonic()
        container.do("stop", container.name)
        found["stopped_in"] = round(time.monotonic() - began, 1)
        found["ready_again"] = round(container.start(), 1)
        kept = [
            each["seq"] for each in container.ask("GET", f"/chats/{chat}/messages", None, token)
        ]
        assert set(sent) <= set(kept), (sent, kept)
        found["kept"] = len(sent)
    finally:
        container.remove()
    return found


def checked(container: Container) -> None:
    """Do what the health check does."""
    config = json.loads(container.do("image", "inspect", container.image))[0]
    test = (config.get("Config", {}).get("Healthcheck") or config.get("Healthcheck") or {})["Test"]
    assert test[0] == "CMD", test
    container.do("exec", container.name, *test[1:])


def bounded(container: Container) -> dict[str, Any]:
    """What a process in there is and may do."""
    inside = (
        "id -u; touch /usr/there 2>&1; touch /data/there && echo data; grep CapEff /proc/1/status"
    )
    said = container.do("exec", container.name, "sh", "-c", inside)
    uid = said.splitlines()[0]
    assert uid == "10001", said
    assert "Read-only file system" in said, said
    assert "\ndata\n" in said, said
    assert re.search(r"CapEff:\s+0+$", said, re.M), said
    return {"uid": int(uid), "read_only": True}


def signed_up(container: Container) -> tuple[str, int]:
    """The first administrator, by the link of the log: their token, and a chat of theirs."""
    link = re.search(r"signs up here, once: \S+[/=#](\S+)", logs(container))
    assert link, logs(container)
    person = {"username": "root", "password": PASSWORD, "invite": link[1]}
    token = container.ask("POST", "/auth/register", person)["access"]
    chat = container.ask("POST", "/chats", {"title": "Trial", "member_ids": []}, token)
    return token, int(chat["id"])


def logs(container: Container) -> str:
    return container.do("logs", container.name)


def say(container: Container, token: str, chat: int, text: str) -> int:
    body = {"client_message_id": str(uuid.uuid4()), "text": text}
    return int(container.ask("POST", f"/chats/{chat}/messages", body, token)["seq"])


if __name__ == "__main__":
    print(json.dumps(trial(*sys.argv[1:])))

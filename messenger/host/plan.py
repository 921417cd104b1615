"""What an installation is: the answers of whoever installs, and the steps that follow. Pure."""

import shlex
from pathlib import Path
from typing import Final

import msgspec

from messenger.host import proxy, settings_file
from messenger.host.proxy import Proxy, Site, Tls
from messenger.host.steps import Account, File, Folder, Gone, Link, Packages, Step

NAME: Final = "messenger"
BASE: Final = "/opt/messenger"
DATA: Final = "/var/lib/messenger"
SETTINGS: Final = "/etc/messenger"
ENVIRONMENT: Final = f"{SETTINGS}/environment"
ANSWERS: Final = f"{SETTINGS}/install.json"
CA: Final = f"{SETTINGS}/ca.crt"
"""Who vouches for the proxy's certificate where no public CA does, as the service may read it."""
UNITS: Final = "/etc/systemd/system"
COMMAND: Final = "/usr/local/bin/messenger"
PORT: Final = 8000
SERVED: Final = "127.0.0.1"


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, or said by options; kept, so that nobody is asked twice.

    `source` is where releases come from when an upgrade is not told: a checkout, or None.
    """

    domain: str | None = None
    proxy: Proxy = "none"
    tls: Tls = "public"
    locale: str = "ru"
    port: int = PORT
    source: str | None = None

    @property
    def site(self) -> Site | None:
        if self.domain is None or self.proxy == "none":
            return None
        return Site(self.domain, self.port, self.proxy, self.tls)

    @property
    def address(self) -> str:
        return f"https://{self.domain}" if self.domain else f"http://{SERVED}:{self.port}"


class There(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan must know of what is there already."""

    environment: str = ""
    caddyfile: str | None = None
    certified: bool = False


def install(answers: Answers, there: There, deploy: Path) -> list[Step]:
    """All that is to be there beside the release itself, in an order in which it can be made."""
    steps: list[Step] = [
        Account(name=NAME, home=DATA),
        Folder(path=SETTINGS),
        Folder(path=DATA, mode=0o700, owner=NAME),
        File(
            path=ENVIRONMENT,
            content=settings_file.merged(there.environment, environment(answers)),
            mode=0o640,
            owner=f"root:{NAME}",
            then=("service",),
        ),
        File(path=ANSWERS, content=f"{msgspec.json.encode(answers).decode()}\n"),
        Link(path=f"{BASE}/bin", target="current/bin"),
        File(path=COMMAND, content=command(), mode=0o755),
    ]
    steps += [
        File(path=f"{UNITS}/{name}", content=content, then=("units", "service"))
        for name, content in units(answers, deploy).items()
    ]
    site = answers.site
    if site is not None and site.proxy == "caddy":
        steps += proxy.caddy(site, deploy, there.caddyfile)
    elif site is not None:
        steps += [
            Folder(path=proxy.OWN_TLS, mode=0o700),
            *proxy.nginx(site, deploy, there.certified),
        ]
    return steps


def vouched(answers: Answers, ca: str | None) -> list[Step]:
    """What follows once the proxy has a CA of its own: its certificate where `doctor` reads it."""
    site = answers.site
    if site is None or site.tls == "public" or ca is None:
        return []
    return [File(path=CA, content=ca)]


def uninstall(answers: Answers, there: There, kept: str | None, deploy: Path) -> list[Step]:
    """What goes; data, settings and the account stay. The units were stopped before."""
    steps: list[Step] = []
    if answers.proxy == "caddy":
        steps += proxy.without_caddy(there.caddyfile, kept, deploy)
    elif answers.proxy == "nginx":
        steps += proxy.without_nginx()
    steps += [Gone(path=f"{UNITS}/{name}", then=("units",)) for name in units(answers, deploy)]
    return [*steps, Gone(path=COMMAND), Gone(path=BASE)]


def environment(answers: Answers) -> dict[str, str]:
    """The settings that an installation writes; every other one is the administrator's."""
    wanted = {"DEFAULT_LOCALE": answers.locale}
    if answers.port != PORT:
        wanted["PORT"] = str(answers.port)
    if answers.domain is not None:
        wanted["BASE_URL"] = answers.address
        wanted["TRUSTED_PROXIES"] = SERVED
    if answers.site is not None and answers.tls == "internal":
        wanted["BASE_URL_CA"] = CA
    return wanted


def units(answers: Answers, deploy: Path) -> dict[str, str]:
    """The unit files that come with the program, and where its socket listens otherwise."""
    found = {
        path.name: path.read_text()
        for folder in (deploy, deploy / "systemd")
        for path in sorted(folder.glob(f"{NAME}.*"))
        if path.suffix in (".service", ".socket", ".timer")
    }
    if answers.port != PORT and f"{NAME}.socket" in found:
        listens = f"[Socket]\nListenStream=\nListenStream={SERVED}:{answers.port}\n"
        found[f"{NAME}.socket.d/port.conf"] = listens
    return found


def startable(names: list[str]) -> list[str]:
    """Of unit files, those that are enabled and started: sockets first."""
    order = {".socket": 0, ".service": 1, ".timer": 2}
    plain = [name for name in names if "/" not in name]
    return sorted(plain, key=lambda name: order[Path(name).suffix])


def command() -> str:
    """The `messenger` command on the PATH: the service's account, with the service's settings."""
    return f"""\
#!/bin/sh
# Written by `messenger install`: runs as the service's account, with the service's settings.
export DATA_DIR={shlex.quote(DATA)}
while IFS= read -r line || [ -n "$line" ]; do
    case $line in [A-Z]*=*) export "$line" ;; esac
done <{ENVIRONMENT}
case ${{1-}} in
# These change the machine itself.
install | uninstall | upgrade) exec {BASE}/bin/messenger "$@" ;;
esac
exec runuser -u {NAME} -- {BASE}/bin/messenger "$@"
"""


def needed() -> Packages:
    """What a release is made with."""
    return Packages(names=("python3-venv",))

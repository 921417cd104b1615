"""What an installation is: said as data, laid out once, and nothing done twice."""

import socket
import subprocess
from pathlib import Path

import msgspec
import pytest

from messenger import shipped
from messenger.host import plan, proxy, refusals, settings_file, steps
from messenger.host.machine import Machine, Said
from messenger.host.plan import Answers, There
from messenger.host.refusals import Seen

DEPLOY = shipped.deploy()
DEBIANS = """# The Caddyfile is an easy way to configure your Caddy web server.

:80 {
\t# Set this path to your site's directory.
\troot * /usr/share/caddy

\t# Enable the static file server.
\tfile_server
}
"""
CHAT = Answers(domain="chat.example.com", proxy="caddy", port=8100)


def quiet(words: object, environ: object = None) -> Said:
    return Said(0, "")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path, quiet)


def there(machine: Machine, **more: bool) -> There:
    return There(
        environment=machine.read(plan.ENVIRONMENT) or "",
        caddyfile=machine.read(proxy.CADDYFILE),
        **more,
    )


def lay(machine: Machine, answers: Answers, **more: bool) -> list[str]:
    """Do what differs, and say what that was."""
    done = []
    for step in plan.install(answers, there(machine, **more), DEPLOY):
        difference = steps.difference(step, machine)
        if difference is not None:
            steps.apply(step, machine)
            done.append(difference)
    return done


@pytest.mark.parametrize("answers", [Answers(), CHAT, Answers(domain="a.b", proxy="nginx")])
def test_a_second_time_nothing_differs(machine: Machine, answers: Answers) -> None:
    assert len(lay(machine, answers)) > 5
    assert lay(machine, answers) == []


def test_what_was_changed_is_put_right_and_nothing_else(machine: Machine) -> None:
    lay(machine, CHAT)
    machine.path(plan.COMMAND).unlink()
    machine.path(plan.ENVIRONMENT).chmod(0o644)
    assert lay(machine, CHAT) == [
        "set the mode of /etc/messenger/environment to 640",
        "write /usr/local/bin/messenger",
    ]


def test_the_service_is_told_its_name_and_its_proxy(machine: Machine) -> None:
    lay(machine, CHAT)
    settings = settings_file.read(machine.read(plan.ENVIRONMENT) or "")
    assert settings == {
        "DEFAULT_LOCALE": "ru",
        "PORT": "8100",
        "BASE_URL": "https://chat.example.com",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    site = machine.read(proxy.CADDY_SITE) or ""
    assert "\nchat.example.com {\n" in site
    assert "reverse_proxy 127.0.0.1:8100" in site
    assert "chat.example.org" not in site
    assert "tls internal" not in site


def test_a_ca_of_its_own_is_caddys(machine: Machine) -> None:
    lay(machine, Answers(domain="chat.test", proxy="caddy", tls="internal"))
    assert "\nchat.test {\n\ttls internal\n" in (machine.read(proxy.CADDY_SITE) or "")


@pytest.mark.parametrize("kind", ["caddy", "nginx"])
def test_the_service_is_told_who_vouches_for_an_internal_certificate(
    machine: Machine, kind: proxy.Proxy
) -> None:
    answers = Answers(domain="chat.test", proxy=kind, tls="internal")
    lay(machine, answers)
    named = settings_file.read(machine.read(plan.ENVIRONMENT) or "")["BASE_URL_CA"]
    assert plan.vouched(answers, None) == []
    for step in plan.vouched(answers, "-----BEGIN CERTIFICATE-----\n"):
        steps.apply(step, machine)
    # Not a link: the proxy's own folder is closed to the service.
    assert machine.path(named).read_text() == "-----BEGIN CERTIFICATE-----\n"
    assert machine.path(named).stat().st_mode & 0o777 == 0o644
    public = msgspec.structs.replace(answers, tls="public")
    assert plan.vouched(public, "-----BEGIN CERTIFICATE-----\n") == []


@pytest.mark.parametrize("mine", [DEBIANS, ":80 {\n\trespond hello\n}\n"])
def test_caddys_other_sites_stay_and_all_is_as_before_afterwards(
    machine: Machine, mine: str
) -> None:
    machine.write(proxy.CADDYFILE, mine, 0o644)
    lay(machine, CHAT)
    now = machine.read(proxy.CADDYFILE) or ""
    assert now.splitlines()[-1] == proxy.IMPORT
    assert (mine.strip() in now) == (mine != DEBIANS)
    assert lay(machine, CHAT) == []
    going = plan.uninstall(CHAT, there(machine), machine.read(proxy.KEPT), DEPLOY)
    for step in going:
        steps.apply(step, machine)
    assert machine.read(proxy.CADDYFILE) == mine
    assert not machine.path(proxy.CADDY_SITE).exists()
    assert not machine.path(plan.BASE).exists()
    assert machine.path(plan.ENVIRONMENT).exists()
    assert machine.path(plan.DATA).is_dir()


def test_nginx_speaks_tls_once_there_is_a_certificate(machine: Machine) -> None:
    answers = Answers(domain="chat.test", proxy="nginx")
    lay(machine, answers)
    assert "listen 443" not in (machine.read(proxy.NGINX_SITE) or "")
    assert lay(machine, answers, certified=True) == [f"change {proxy.NGINX_SITE}"]
    site = machine.read(proxy.NGINX_SITE) or ""
    assert "ssl_certificate /etc/letsencrypt/live/chat.test/fullchain.pem;" in site
    assert "client_max_body_size 0;" in site
    assert "proxy_set_header Upgrade $http_upgrade;" in site


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "A=1\nB=2\n"),
        ("# mine\nSMTP_URL=smtp://x\nB=3", "# mine\nSMTP_URL=smtp://x\nB=2\nA=1\n"),
        ('A="1"\nB=2\n', 'A="1"\nB=2\n'),
        ("A=9\nA=1\nB=2\n", "A=1\nB=2\n"),
        ("#A=7\nAB=c\n", "#A=7\nAB=c\nA=1\nB=2\n"),
    ],
)
def test_settings_of_others_stay_as_they_are_written(before: str, after: str) -> None:
    merged = settings_file.merged(before, {"A": "1", "B": "2"})
    assert merged == after
    assert settings_file.merged(merged, {"A": "1", "B": "2"}) == merged
    assert settings_file.read(merged).items() >= {"A": "1", "B": "2"}.items()


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("chat.example.com", True),
        ("xn--80akhbyknj4f.xn--p1ai", True),
        ("a-b.c", True),
        ("localhost", False),
        ("10.0.0.1", False),
        ("чат.рф", False),
        ("a b.c", False),
        ("-a.b", False),
        ("x.y {", False),
        ("a.b;", False),
        (f"{'a' * 64}.b", False),
    ],
)
def test_only_a_name_goes_into_a_proxys_file(name: str, good: bool) -> None:
    assert proxy.is_name(name) is good


FINE = Seen(
    root=True, systemd=True, apt=True, free={"/opt": refusals.FREE}, listeners={}, serving=False,
    resolves=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        ({}, None),
        ({"root": False}, "sudo"),
        ({"systemd": False}, "systemd does not run"),
        ({"apt": False}, "--proxy none"),
        ({"free": {"/opt": 2**30}}, "1.0 GiB free in /opt"),
        ({"listeners": {8100: "gunicorn"}}, "Port 8100 is taken by gunicorn"),
        ({"listeners": {8100: "python3"}, "serving": True}, None),
        ({"listeners": {80: "apache2"}}, "Port 80 is taken by apache2, and caddy needs it"),
        ({"listeners": {80: "caddy", 443: "caddy", 8000: "other"}}, None),
        ({"resolves": False}, "chat.example.com cannot be found"),
    ],
)
def test_what_stands_in_the_way_is_said(seen: dict[str, object], reason: str | None) -> None:
    found = refusals.refusals(CHAT, msgspec.structs.replace(FINE, **seen))
    assert len(found) == (0 if reason is None else 1)
    assert reason is None or reason in found[0]


def test_who_listens_is_seen() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert refusals.listeners()[taken.getsockname()[1]].startswith("py")


def test_the_command_takes_settings_as_literally_as_the_service(tmp_path: Path) -> None:
    given = (
        "DATABASE_URL=postgresql://u:p$$w@h/d?a=1&b=2\n# PORT=1\nCORS_ORIGINS=https://a https://b"
    )
    settings, script = tmp_path / "environment", tmp_path / "messenger"
    settings.write_text(given)
    text = plan.command().replace(plan.ENVIRONMENT, str(settings))
    script.write_text(
        text.replace(f"exec runuser -u messenger -- {plan.BASE}/bin/messenger", "env")
    )
    said = subprocess.run(
        ["sh", script], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True
    ).stdout
    lines = set(said.splitlines())
    assert lines >= {*given.splitlines()[::2], "DATA_DIR=/var/lib/messenger"}
    assert not any(line.startswith("PORT=") for line in lines)


def test_the_unit_files_of_the_tree_are_installed() -> None:
    units = plan.units(Answers(), DEPLOY)
    assert f"{plan.BASE}/bin/messenger serve" in units["messenger.service"]
    order = plan.startable(
        ["messenger.service", "messenger.socket", "messenger.socket.d/port.conf"]
    )
    assert order == ["messenger.socket", "messenger.service"]

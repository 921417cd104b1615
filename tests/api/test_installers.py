"""The desktop client's installers: published, offered by name, and nothing else handed out."""

from pathlib import Path

import msgspec
import pytest

from messenger.installers import NothingThere, Offered, publish
from tests.api.cast import Door

LATEST = ["Messenger-1.10.0-win-x64.exe", "Messenger-1.10.0-linux-x86_64.AppImage"]
MADE = [
    *LATEST,
    "Messenger-1.9.0-win-x64.exe",
    "Messenger-1.10.0-rc.1-win-x64.exe",
    "Messenger-1.10.0-win-x64.exe.blockmap",
    "Messenger-1.9.0-win-x64.exe.blockmap",
    "latest.yml",
    "builder-debug.yml",
    "secrets.env",
]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    directory = tmp_path / "release"
    directory.mkdir()
    for name in MADE:
        (directory / name).write_bytes(name.encode())
    (directory / "Messenger-9.0.0-win-x64.exe").symlink_to("/etc/hostname")
    return directory


def test_the_newest_version_is_offered_with_what_updates_need(built: Path, tmp_path: Path) -> None:
    index = publish(built, tmp_path / "data")
    assert sorted(each.name for each in index.installers) == sorted(LATEST)
    assert index.beside == ["Messenger-1.10.0-win-x64.exe.blockmap", "latest.yml"]
    found = {each.name: each for each in index.installers}
    linux = found["Messenger-1.10.0-linux-x86_64.AppImage"]
    assert (linux.system, linux.arch, linux.kind) == ("linux", "x64", "AppImage")
    assert linux.size == len(linux.name)
    offered = {path.name for path in (tmp_path / "data" / "downloads").iterdir()}
    assert offered == {*index.names, "index.json"}


def test_what_was_offered_before_is_gone_and_a_reader_sees_the_new(
    built: Path, tmp_path: Path
) -> None:
    offered = Offered(tmp_path)
    assert offered.current().installers == []
    publish(built, tmp_path)
    assert len(offered.current().installers) == len(LATEST)
    for path in built.iterdir():
        path.unlink()
    (built / "Messenger-2.0.0-mac-arm64.dmg").write_bytes(b"x")
    publish(built, tmp_path)
    assert [each.name for each in offered.current().installers] == ["Messenger-2.0.0-mac-arm64.dmg"]
    assert offered.path(LATEST[0]) is None
    assert not (tmp_path / "downloads" / LATEST[0]).exists()


def test_dictionaries_are_offered_in_either_spelling_of_their_names(
    built: Path, tmp_path: Path
) -> None:
    (built / "ru-RU-3-0.bdic").write_bytes(b"words")
    (built / "notes.bdic").write_bytes(b"x")
    publish(built, tmp_path)
    offered = Offered(tmp_path)
    for name in ("ru-RU-3-0.bdic", "ru-ru-3-0.bdic"):
        path = offered.path(name)
        assert path is not None
        assert path.read_bytes() == b"words"
    assert offered.path("notes.bdic") is None


def test_a_directory_without_installers_takes_nothing_away(built: Path, tmp_path: Path) -> None:
    publish(built, tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NothingThere):
        publish(empty, tmp_path)
    assert len(Offered(tmp_path).current().installers) == len(LATEST)


async def test_whoever_reaches_the_server_learns_what_it_is(door: Door) -> None:
    async with door.get("/api/v1/server") as response:
        found = (await response.json())["data"]
    assert (found["product"], found["api_level"], found["installers"]) == ("messenger", 1, [])
    assert found["settings"]["registration"] == "invite"
    assert found["settings"]["organisation"].keys() == {"name", "accent", "locale"}


async def test_installers_are_handed_out_by_name_whole_and_in_part(door: Door, built: Path) -> None:
    publish(built, door.server.settings.data_dir)
    async with door.get("/api/v1/server") as response:
        listed = (await response.json())["data"]["installers"]
    assert {each["name"] for each in listed} == set(LATEST)
    async with door.get(f"/downloads/{LATEST[0]}", headers={"Range": "bytes=0-8"}) as response:
        assert (response.status, await response.read()) == (206, b"Messenger")
        assert response.headers["Content-Disposition"] == f'attachment; filename="{LATEST[0]}"'
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with door.get("/downloads/latest.yml") as response:
        assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "name", ["index.json", "secrets.env", "..%2Fsecret.key", "Messenger-1.9.0-win-x64.exe"]
)
async def test_nothing_else_is_there(door: Door, built: Path, name: str) -> None:
    data_dir = door.server.settings.data_dir
    index = publish(built, data_dir)
    (data_dir / "downloads" / "secrets.env").write_text("x")
    assert msgspec.json.encode(index)
    async with door.get(f"/downloads/{name}") as response:
        assert response.status == 404

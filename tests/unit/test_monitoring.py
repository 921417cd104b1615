"""The board and the alerts ask for what there is to be asked for."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy/monitoring"
RULES = DEPLOY / "messenger.rules.yml"
BOARD = DEPLOY / "grafana.json"


def asked() -> dict[str, str]:
    """Every expression, by where it stands."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    alerts = {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"]}
    panels = json.loads(BOARD.read_text())["panels"]
    drawn = {
        f"{panel['title']} {number}": target["expr"]
        for panel in panels
        for number, target in enumerate(panel["targets"])
    }
    return alerts | drawn


def test_board_and_alerts_name_what_to_do() -> None:
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("page", "warn")
            assert rule["annotations"]["summary"]
            assert rule["annotations"]["description"]
    panels = json.loads(BOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 12


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool comes with prometheus")
def test_promtool_has_nothing_to_say() -> None:
    subprocess.run(["promtool", "check", "rules", RULES], check=True, capture_output=True)
    subprocess.run(["promtool", "check", "config", DEPLOY / "prometheus.yml"], check=True)

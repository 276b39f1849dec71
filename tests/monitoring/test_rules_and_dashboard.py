"""Rules and panels ask for metrics that there are; promtool finds nothing to object to."""

import json
import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

import vmadvisor.monitoring
from vmadvisor.advise.rules._forecasts import (
    GROUP_WARNING_RATIO,
    KILL_NEAR_WARNING_RATIO,
    KILL_SOON_WARNING_RATIO,
    KILL_WARNING_RATIO,
    NEAR_S,
    SOON_S,
)
from vmadvisor.monitoring.own_metrics import OWN_METRICS
from vmadvisor.render.metrics import METRICS
from vmadvisor.urgent import STALL_CRITICAL_RATIO, STALL_MIN_RATIO

HERE = Path(vmadvisor.monitoring.__file__).parent
RULES = yaml.safe_load((HERE / "alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((HERE / "dashboard.json").read_text())
LABELS = {metric.name: set(metric.labels) for metric in (*METRICS, *OWN_METRICS)}
LABELS_OF_THE_SERVER = {"instance", "job"}


def expressions():
    yield from ((rule["alert"], rule["expr"]) for rule in RULES)
    for panel in DASHBOARD["panels"]:
        yield from ((panel["title"], target["expr"]) for target in panel["targets"])
    yield from ((one["name"], one["expr"]) for one in DASHBOARD["annotations"]["list"])


def promtool(*arguments):
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")
    return subprocess.run(
        ["promtool", *arguments], cwd=HERE, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(("name", "expression"), list(expressions()))
def test_every_metric_and_label_that_is_asked_for_exists(name, expression):
    asked = re.findall(r"(vmadvisor_\w+)(?:\{([^}]*)\})?", expression)

    assert asked, name
    for metric, matchers in asked:
        assert metric in LABELS, (name, metric)
        labels = set(re.findall(r"(\w+)\s*[=!]", matchers))
        assert labels <= LABELS[metric] | LABELS_OF_THE_SERVER, (name, labels)


@pytest.mark.parametrize(("name", "expression"), list(expressions()))
def test_rates_are_of_counters_and_of_counters_only_rates_are_shown(name, expression):
    for function, metric in re.findall(r"(?:(\w+)\()?(vmadvisor_\w+)", expression):
        assert (function in {"rate", "increase"}) == metric.endswith("_total"), name


def test_what_templates_of_texts_ask_for_are_labels_of_their_metric():
    for rule in RULES:
        (metric,) = set(re.findall(r"vmadvisor_\w+", rule["expr"]))
        asked = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
        assert asked <= LABELS[metric] | LABELS_OF_THE_SERVER, rule["alert"]
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            (metric,) = set(re.findall(r"vmadvisor_\w+", target["expr"]))
            asked = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert asked <= LABELS[metric] | LABELS_OF_THE_SERVER, panel["title"]


def test_promtool_checks_the_rules():
    done = promtool("check", "rules", "alerts.yml")

    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(RULES)} rules found" in done.stdout


def test_promtool_runs_the_rules_own_tests():
    done = promtool("test", "rules", "alerts_test.yml")

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_test_that_wants_it_to_fire():
    tests = yaml.safe_load((HERE / "alerts_test.yml").read_text())["tests"]
    fired = {
        one["alertname"] for test in tests for one in test["alert_rule_test"] if one["exp_alerts"]
    }

    assert fired == {rule["alert"] for rule in RULES}


def test_thresholds_are_those_of_our_own_rules():
    last = {rule["alert"]: float(rule["expr"].split()[-1]) for rule in RULES}

    assert last["VmadvisorMemoryStall"] == STALL_MIN_RATIO
    assert last["VmadvisorMemoryStallSevere"] == STALL_CRITICAL_RATIO


def test_a_kill_is_told_at_every_horizon_at_which_the_verdict_warns_of_it():
    """Else WARNING alone would say it, which waits five minutes before it is an alert."""
    by_horizon = {
        rule["alert"]: {
            float(horizon_s): float(Fraction(least))
            for horizon_s, least in re.findall(r'horizon="(\d+)s"} >= ([\d./]+)', rule["expr"])
        }
        for rule in RULES
    }

    assert by_horizon["VmadvisorOomLikely"] == {
        NEAR_S: KILL_NEAR_WARNING_RATIO,
        SOON_S: KILL_SOON_WARNING_RATIO,
        30.0: KILL_WARNING_RATIO,
    }
    assert by_horizon["VmadvisorCgroupOomLikely"] == {
        NEAR_S: GROUP_WARNING_RATIO,
        SOON_S: GROUP_WARNING_RATIO,
    }


def test_commands_that_an_alert_names_exist():
    from vmadvisor.cli import COMMANDS

    told = " ".join(rule["annotations"].get("description", "") for rule in RULES)
    named = set(re.findall(r"vmadvisor ([a-z-]+)", told))

    assert {"check", "postmortem"} <= named <= set(COMMANDS)


def test_panels_have_their_own_place_and_number():
    boxes = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [
        (x, y)
        for box in boxes
        for x in range(box["x"], box["x"] + box["w"])
        for y in range(box["y"], box["y"] + box["h"])
    ]

    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    assert all(panel["datasource"]["uid"] == "${datasource}" for panel in DASHBOARD["panels"])

"""explain lists what there is, answers claims, and recomputes a finding's numbers from a snapshot."""

import json
from pathlib import Path

import pytest

from vmadvisor.__main__ import run
from vmadvisor.advise.claims import CLAIMS
from vmadvisor.advise.report_rules import REPORT_RULES
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.setting_rules import SETTING_RULES

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SICK = ("7.2-leak-before-kill", "6.12-thrash-swap-disk", "6.1-zone-reclaim", "6.1-victims",
        "5.10-memcg-at-limit")  # fmt: skip


@pytest.mark.parametrize("command", ["explain", "rules"])
def test_without_a_name_rules_and_claims_are_listed(capsys, command):
    assert run([command]) == 0
    out = capsys.readouterr().out

    for rule in (*RULES, *SETTING_RULES, *REPORT_RULES):
        assert f"{rule.id:<16} {rule.title}\n" in out
    for claim in CLAIMS:
        assert claim.name in out


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_a_claim_is_answered_with_a_snapshots_numbers(capsys, claim):
    root = str(FIXTURES / "6.1-victims")

    assert run(["explain", claim.name, "--root", root]) == 0
    out = capsys.readouterr().out
    assert claim.answer.split()[0] in out
    assert f"in {root}:" in "".join(out.split("\n")) or "6.1-victims" in out
    assert "none could be had" not in out


@pytest.mark.parametrize("name", SICK)
def test_every_number_of_a_finding_is_the_same_from_the_saved_snapshot(capsys, name):
    """Byte for byte: the JSON of each finding is that of check."""
    root = str(FIXTURES / name)
    run(["check", "--root", root, "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert found

    for rule_id in {finding["id"] for finding in found}:
        assert run(["explain", rule_id, "--root", root, "--format", "json"]) == 0
        again = json.loads(capsys.readouterr().out)
        wanted = [finding for finding in found if finding["id"] == rule_id]
        assert json.dumps(again["findings"]) == json.dumps(wanted)


def test_as_text_the_numbers_are_exact_and_quiet_rules_say_so(capsys):
    root = str(FIXTURES / "7.2-leak-before-kill")

    assert run(["explain", "VMA-AVAIL-001", "--root", root]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "CRITICAL [host] Memory has run out" in out
    assert "available = 0 pages" in out
    assert "(/proc/meminfo MemAvailable)" in out
    run(["explain", "VMA-NUMA-001", "--root", root])
    assert capsys.readouterr().out.endswith("quiet\n")


def test_a_claim_as_json_is_a_usage_error(capsys):
    assert run(["explain", "swappiness-0", "--format", "json"]) == 3
    assert "a claim is text" in capsys.readouterr().err

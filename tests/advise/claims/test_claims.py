"""Promises that every answer keeps, and the numbers of some on a host written by hand."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from vmadvisor.advise import claims
from vmadvisor.advise.claims import CLAIMS
from vmadvisor.advise.report_rules import REPORT_RULES
from vmadvisor.advise.rules import RULES
from vmadvisor.collect import Request, open_root, take

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
IDS = {rule.id for rule in (*RULES, *REPORT_RULES)}
each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)


@pytest.fixture(scope="module")
def snapshot():
    def of(name):
        return take(open_root(str(FIXTURES / name)), Request(processes="all", cgroups=False))[1]

    return of


def numbers(name, snapshot):
    claim = next(one for one in CLAIMS if one.name == name)
    return {item.name: item.value for item in claim.numbers(snapshot)}


def test_the_registry_holds_every_claim_in_the_directory():
    found = [
        importlib.import_module(f"{claims.__name__}.{info.name}").CLAIM.name
        for info in pkgutil.iter_modules(claims.__path__)
        if not info.name.startswith("_")
    ]

    assert sorted(found) == sorted(claim.name for claim in CLAIMS)
    assert len(set(found)) == len(found) == 6


@each_claim
def test_an_answer_says_when_it_is_right_from_when_it_is_wrong_and_when_it_harms(claim):
    assert all(
        (claim.claim, claim.answer, claim.right, claim.changes, claim.harmful, claim.instead)
    )
    assert list(claim.changes) == sorted(claim.changes, key=lambda change: change.since)
    assert claim.references
    assert set(claim.rules) <= IDS


@each_claim
def test_names_can_be_typed(claim):
    assert re.fullmatch(r"[a-z0-9/-]+", claim.name)


@each_claim
def test_numbers_name_their_source_and_their_unit(claim, snapshot):
    found = list(claim.numbers(snapshot("6.1-victims")))

    assert found
    assert all(item.name and item.unit and item.source for item in found)


@each_claim
def test_a_snapshot_that_tells_nothing_gives_no_wrong_number(claim, tmp_path):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "meminfo").write_text("MemTotal: 1 kB\nMemFree: 0 kB\n")
    _, bare = take(open_root(str(tmp_path)), Request(processes="all", cgroups=False))

    assert [one.value for one in claim.numbers(bare) if one.value not in {None, 0}] == []


def test_swappiness_on_a_host_without_swap_is_told_to_mean_nothing(snapshot):
    found = numbers("swappiness-0", snapshot("6.1-victims"))

    assert found["swap_total"] == 0
    assert found["swappiness_max"] == 200
    assert found["node0_reclaim_takes"] == "file_only_no_swap"


def test_doubling_the_reserve_widens_the_gap_by_less_than_it_costs(snapshot):
    found = numbers("min-free-kbytes-raised", snapshot("6.1-victims"))

    kept, gap = found["kept_if_doubled"] - found["kept"], found["gap_if_doubled"] - found["gap"]
    assert kept > 3 * gap > 0


def test_marks_of_a_zone_are_shown_with_their_ratios(snapshot):
    found = numbers("low-5/4-high-3/2", snapshot("6.1-victims"))

    zone = next(name[: -len("_min")] for name in found if name.endswith("_DMA32_min"))
    low, minimum = found[f"{zone}_low"], found[f"{zone}_min"]
    assert found[f"{zone}_low_to_min"] == round(low / minimum, 3)


def test_points_by_the_claim_and_by_the_kernel_stand_side_by_side(snapshot):
    found = numbers("points-rss-plus-adj", snapshot("6.1-victims"))

    assert found["first"] == "app4"
    assert found["oom_score_adj"] == 250
    assert found["oom_score_computed"] == found["oom_score_printed"]
    assert found["points"] == found["rss"] + found["swap"] + found["page_tables"] + 250 * (
        found["total"] // 1000
    )

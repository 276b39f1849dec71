"""Only the ends of the scale do harm; 0 is loud once it fills memory."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.vfs_cache_pressure import RULE


def facts(quiet, value, held_kib=300_000):
    return quiet.facts(
        replace(quiet.SYSCTL, vfs_cache_pressure_pct=value),
        replace(quiet.MEMINFO, sreclaimable_kib=held_kib),
    )


def test_zero_is_information_until_it_fills_memory(quiet, said):
    assert said(RULE, facts(quiet, 0)) == [("INFO", "host")]
    assert said(RULE, facts(quiet, 0, 2_000_000)) == [("WARNING", "host")]
    assert said(RULE, facts(quiet, 0, None)) == [("INFO", "host")]


def test_a_value_far_above_the_default_is_said_with_its_way_back(quiet):
    (finding,) = RULE.check(facts(quiet, 10_000))

    assert finding.severity.name == "INFO"
    assert finding.remedy.command == "sysctl -w vm.vfs_cache_pressure=100"
    assert finding.remedy.undo == "sysctl -w vm.vfs_cache_pressure=10000"


@pytest.mark.parametrize("value", [1, 50, 100, 200, 1_000, None])
def test_anything_between_is_a_matter_of_taste(quiet, said, value):
    assert said(RULE, facts(quiet, value, 2_000_000)) == []

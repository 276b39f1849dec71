"""Dirty limits are judged by what the devices took, and only while they were at work."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.dirty_limits import RULE


def busy(quiet, **changes):
    fields = {"dirty_pages": 210_000, "writeback_pages": 9_000, "was_busy": True,
              "written_bytes_per_s": 20_971_520.0}  # fmt: skip
    return replace(quiet.WRITEBACK, **(fields | changes))


def settings(quiet, **changes):
    return replace(
        quiet.SYSCTL, **({"dirty_ratio_pct": 20, "dirty_background_ratio_pct": 10} | changes)
    )


def test_a_minute_of_writing_may_be_dirty(quiet, said):
    facts = quiet.facts(busy(quiet), settings(quiet))
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", "host")]
    assert [item.value for item in finding.evidence] == [
        62.5,
        320_000,
        210_000,
        9_000,
        20_971_520.0,
    ]
    assert finding.remedy.command == (
        "sysctl -w vm.dirty_background_bytes=52428800 vm.dirty_bytes=104857600"
    )
    assert finding.remedy.undo == "sysctl -w vm.dirty_background_ratio=10 vm.dirty_ratio=20"


def test_bytes_that_are_set_are_what_undo_restores(quiet):
    facts = quiet.facts(busy(quiet), settings(quiet, dirty_bytes=1_310_720_000, dirty_ratio_pct=0))

    assert next(iter(RULE.check(facts))).remedy.undo == (
        "sysctl -w vm.dirty_background_ratio=10 vm.dirty_bytes=1310720000"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"was_busy": False},
        {"written_bytes_per_s": 50_000_000.0},  # 26 s
        {"dirty_pages": 100_000},  # below the background threshold
        {"written_bytes_per_s": 0.0},
    ],
)
def test_idle_fast_or_little_is_quiet(quiet, said, changes):
    assert said(RULE, quiet.facts(busy(quiet, **changes), settings(quiet))) == []


def test_without_the_settings_there_is_no_way_back_and_no_remedy(quiet, without):
    facts = without(quiet.facts(busy(quiet)), type(quiet.SYSCTL))

    assert next(iter(RULE.check(facts))).remedy is None


def test_limits_that_are_low_already_are_left_alone(quiet):
    slow = busy(quiet, threshold_pages=16_000, background_pages=8_000, written_bytes_per_s=1e6)

    assert next(iter(RULE.check(quiet.facts(slow, settings(quiet))))).remedy is None


def test_one_reading_is_a_named_lack(quiet):
    assert RULE.lacks(quiet.facts(busy(quiet, written_bytes_per_s=None)))

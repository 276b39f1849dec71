"""Swap is advised for an effect that is told, not for one that nobody can see."""

import pytest

from vmadvisor.advise.recommendation import Effect
from vmadvisor.advise.tuning.swap_size import _is_told


def effect(name, before, after, unit="per_s"):
    return Effect(
        name=name, unit=unit, before=before, before_low=before / 2, before_high=before * 2,
        after=after, after_low=after / 3, after_high=after * 3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("full_stall", 36.0, 18.0),
        ("stalls", 7.5, 0.3),
        ("refaults_file", 3539.0, 1700.0),
        ("oom_kills_simulated", 0.5, 0.0),
    ],
)
def test_something_bad_that_comes_to_half_is_an_effect(name, before, after):
    assert _is_told([effect("memory_held_free", 5e7, 5e7), effect(name, before, after)])


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("full_stall", 1.44, 0.0),
        ("stalls", 7.54, 7.53),
        ("refaults_file", 3539.0, 1800.0),
        ("node_reclaim_scan", 9000.0, 10.0),
        ("memory_held_free", 5e7, 1e7),
    ],
)
def test_what_was_not_bad_or_is_not_halved_or_costs_nobody_anything_is_none(name, before, after):
    assert not _is_told([effect(name, before, after)])

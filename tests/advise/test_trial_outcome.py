"""Predicted against measured: what is counted in each half, what lies inside, whether the halves compare."""

from dataclasses import replace

import pytest

from vmadvisor.advise.recommendation import Effect, exact
from vmadvisor.advise.trial_outcome import Outcome, full_high_ratio, outcome
from vmadvisor.advise.tuning import _examples
from vmadvisor.model.simulate.staged import stage

FULL_STALL = Effect(
    name="full_stall", unit="s_per_h", before=90.0, before_low=70.0, before_high=120.0,
    after=9.0, after_low=3.0, after_high=27.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def moments():
    return stage(_examples.bursting(), seed=3).moments


def test_what_was_counted_stands_beside_what_was_foretold(moments):
    found = outcome(moments[:4], moments[4:], [FULL_STALL], mode_before=0, mode_after=0)
    lines = {line.name: line for line in found.lines}

    assert (found.before_s, found.after_s) == (
        3.0,
        pytest.approx(moments[-1].sample.time_s - moments[4].sample.time_s),
    )
    stalls = lines["stalls"]
    first, last = moments[0].sample, moments[3].sample
    risen = last.vmstat.allocstall_total - first.vmstat.allocstall_total
    assert risen > 0
    assert stalls.before.value == pytest.approx(risen / 3.0)
    assert stalls.predicted is None
    assert stalls.is_inside is None
    assert lines["full_stall"].predicted.high == 27.0


@pytest.mark.parametrize(("low", "high", "is_inside"), [(0.0, 1e9, True), (1e8, 1e9, False)])
def test_inside_is_between_the_ends_of_what_was_foretold(moments, low, high, is_inside):
    told = replace(
        FULL_STALL, name="memory_held_free", unit="bytes", after=low, after_low=low, after_high=high
    )
    found = outcome(moments[:4], moments[4:], [told], mode_before=0, mode_after=0)

    (line,) = [line for line in found.lines if line.name == "memory_held_free"]
    assert line.is_inside is is_inside


def test_what_cannot_be_measured_stays_with_what_was_foretold(moments):
    found = outcome(moments, moments, [exact("rank", "count", 1, 7)], mode_before=0, mode_after=0)

    (line,) = [line for line in found.lines if line.name == "rank"]
    assert (line.before, line.predicted.value, line.after) == (None, 7, None)


def test_a_rank_is_measured_where_it_was_looked_up(moments):
    told = [exact("rank", "count", 1, 7)]
    found = outcome(moments, moments, told, mode_before=0, mode_after=0, ranks=(1, 6))

    (line,) = [line for line in found.lines if line.name == "rank"]
    assert (line.before.value, line.after.value, line.is_inside) == (1, 6, False)


def test_an_empty_half_is_no_half_of_nothing(moments):
    found = outcome(moments, [], [FULL_STALL], mode_before=0, mode_after=0)

    assert (found.after_s, found.is_comparable) == (0.0, None)
    assert all(line.after is None for line in found.lines)


@pytest.mark.parametrize(
    ("before", "after", "is_comparable"),
    [(900.0, 1700.0, True), (900.0, 1900.0, False), (1900.0, 900.0, False),
     (3.0, 200.0, True), (3.0, 600.0, False), (None, 900.0, None)],
)  # fmt: skip
def test_halves_compare_within_twofold_demand_and_idle_is_idle(before, after, is_comparable):
    found = Outcome(
        before_s=60.0, after_s=600.0, lines=(),
        demand_before_pages_per_s=before, demand_after_pages_per_s=after,
    )  # fmt: skip

    assert found.is_comparable is is_comparable


def test_demand_is_what_did_not_only_come_back(moments):
    found = outcome(moments, moments, [], mode_before=0, mode_after=0)
    first, last = moments[0].sample, moments[-1].sample
    asked = last.vmstat.pgalloc_pages_total - first.vmstat.pgalloc_pages_total

    assert 0 < found.demand_before_pages_per_s <= asked / found.before_s


def test_the_most_full_stall_that_was_foretold_is_a_share_of_time():
    assert full_high_ratio([FULL_STALL]) == 0.0075
    assert full_high_ratio([]) is None

"""The bench asks the rule as a trial would: step by step, and only of what came before."""

import random

import pytest
from trial_harm import alarm, drawn, full

from vmadvisor.model.trial_harm import Step


def steps(*ratios):
    return [Step(seconds_s=1.0, full_ratio=r, kills_count=0, oom_ratio=0.0) for r in ratios]


def test_an_alarm_comes_at_the_first_step_that_gives_it():
    found, seconds_s = alarm(steps(*[0.0] * 20), steps(*[0.0] * 7, *[0.8] * 9))

    assert (found.why, seconds_s) == ("full_stall", 10.0)
    assert alarm(steps(*[0.0] * 20), steps(*[0.02] * 90)) is None


def test_draws_are_blocks_of_the_repeats():
    found = drawn(
        [steps(0.1, 0.2, 0.3, 0.4, 0.5), steps(0.6, 0.7, 0.8, 0.9, 1.0)], 9, random.Random(3)
    )

    assert len(found) == 9
    assert [s.full_ratio for s in found[:5]] in (
        [0.1, 0.2, 0.3, 0.4, 0.5],
        [0.6, 0.7, 0.8, 0.9, 1.0],
    )
    assert full(found[:5]) == pytest.approx(0.3) or full(found[:5]) == pytest.approx(0.8)

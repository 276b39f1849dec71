"""When a trial does harm: kills, kills to come, stalls beyond what was before and what was foretold."""

import pytest

from vmadvisor.model.trial_harm import Step, harm_of, unseen


def steps(*full, kills=(), oom=()):
    return [
        Step(
            seconds_s=1.0,
            full_ratio=ratio,
            kills_count=kills[place] if place < len(kills) else 0,
            oom_ratio=oom[place] if place < len(oom) else 0.02,
        )
        for place, ratio in enumerate(full)
    ]


CALM = steps(*[0.01] * 30)


def test_a_calm_trial_does_none():
    assert harm_of(CALM, steps(*[0.01] * 300), None) is None


def test_one_oom_kill_is_harm():
    found = harm_of(CALM, steps(0.0, 0.0, kills=(0, 2)), 1.0)

    assert (found.why, found.value, found.limit) == ("oom_kill", 2, 0)


def test_a_kill_likely_for_three_seconds_on_end_is_harm_and_for_two_is_not():
    likely = steps(0, 0, 0, 0, oom=(0.1, 0.4, 0.5, 0.6))

    assert harm_of(CALM, likely[:3], None) is None
    found = harm_of(CALM, likely, None)
    assert (found.why, found.value) == ("oom_kill_likely", 0.6)


def test_a_kill_that_was_likely_before_is_not_the_trials_doing():
    before = steps(0, 0, oom=(0.1, 0.4))

    assert harm_of(before, steps(0, 0, 0, oom=(0.5, 0.5, 0.6)), None) is None


def test_stalls_beyond_what_was_before_are_harm_once_they_add_up():
    worse = steps(*[0.46] * 12)

    assert harm_of(CALM, worse[:5], None) is None
    found = harm_of(CALM, worse[:6], None)
    assert (found.why, found.limit) == ("full_stall", 2.0)
    assert found.value == pytest.approx(2.4)


def test_stalls_that_were_foretold_are_not_harm():
    assert harm_of(CALM, steps(*[0.46] * 12), 0.42) is None


def test_stalls_of_a_group_that_is_throttled_are_meant_and_kills_are_not():
    assert harm_of(CALM, steps(*[0.9] * 12), None, is_throttle=True) is None
    assert harm_of(CALM, steps(0.9, kills=(1,)), None, is_throttle=True).why == "oom_kill"


def test_a_time_before_that_had_long_runs_of_its_own_allows_longer_ones():
    before = steps(*[0.0] * 20, *[0.9] * 4, *[0.0] * 20)
    run = steps(*[0.9] * 6)

    assert harm_of(before, run, None) is None
    assert harm_of(CALM, run, None).value > 4
    assert harm_of(before, steps(*[0.9] * 12), None).why == "full_stall"


def test_a_run_ends_when_things_calm_down():
    mixed = steps(*[0.9, 0.9, 0.0] * 1, *[0.0] * 60)

    assert harm_of(CALM, mixed, None) is None


def test_without_psi_only_kills_are_harm():
    blind = steps(*[None] * 30)

    assert harm_of(blind, blind, None) is None
    assert harm_of(blind, steps(None, kills=(1,)), None).why == "oom_kill"


def test_a_time_before_that_nothing_is_known_of_is_no_calm_one():
    assert harm_of([], steps(*[0.9] * 12), None) is None


def test_what_no_step_could_have_shown_is_named_and_is_no_calm():
    """Linux before 4.13 counts no OOM kills, before 4.20 there is no PSI."""
    old = [Step(seconds_s=1.0, full_ratio=None, kills_count=None, oom_ratio=0.02)] * 3

    assert unseen(old) == ("oom_kill", "full_stall")
    assert unseen(CALM) == ()
    assert unseen([]) == ("oom_kill", "oom_kill_likely", "full_stall")
    assert harm_of(old, old, None) is None

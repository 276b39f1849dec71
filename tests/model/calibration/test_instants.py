"""What of a host's trials counts, how much, and what is left out together."""

import numpy as np
import pytest

from vmadvisor.model.calibration.instants import instants_of, log_odds


def test_instants_nearer_than_the_horizon_count_as_parts(host):
    from dataclasses import replace

    [recording] = host(0.0, 1.0, recordings_count=1, instants_count=20)
    near = replace(
        recording,
        trials=tuple(replace(one, step_s=1.0, horizon_s=10.0) for one in recording.trials)
        + tuple(replace(one, step_s=1.0, horizon_s=40.0) for one in recording.trials),
    )
    seen = instants_of([near], "direct_reclaim")

    assert seen.parts[:20].tolist() == pytest.approx([0.05] * 20)
    assert seen.parts[20:].tolist() == pytest.approx([0.0125] * 20)


def test_other_events_scopes_unsaid_and_unknown_ones_do_not_count(host):
    from dataclasses import replace

    [recording] = host(0.0, 1.0, recordings_count=1, instants_count=12)
    first, second, third, *rest = recording.trials
    spoiled = (
        replace(first, scope="/db"),
        replace(second, probability_ratio=None),
        replace(third, outcome=replace(third.outcome, came=None)),
        *rest,
    )

    assert len(instants_of([replace(recording, trials=spoiled)], "direct_reclaim").odds) == 9
    assert len(instants_of([recording], "oom_global").odds) == 0


def test_of_a_single_recording_nothing_whose_future_touches_the_stretch_left_out_is_fitted_on(host):
    seen = instants_of(host(0.0, 1.0, recordings_count=1, instants_count=50), "direct_reclaim")
    chosen, left_out = seen.seen_without(2), seen.folds == 2

    assert seen.is_single
    assert seen.times_s[left_out].min() - seen.times_s[chosen & (seen.times_s < 250)].max() > 10
    assert seen.times_s[chosen & (seen.times_s > 250)].min() - seen.times_s[left_out].max() > 10


def test_of_several_recordings_all_others_are_fitted_on(host):
    seen = instants_of(host(0.0, 1.0, recordings_count=3, instants_count=7), "direct_reclaim")

    assert (int(seen.seen_without(1).sum()), int((seen.folds == 1).sum())) == (14, 7)


def test_certainty_stays_finite():
    assert np.isfinite(log_odds([0.0, 1.0])).all()

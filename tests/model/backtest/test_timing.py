from vmadvisor.model.backtest.resampling import Estimate
from vmadvisor.model.backtest.timing import timing

NOTHING = Estimate(value=None, low=None, high=None)


def recording(trial, start_s, event_s, count):
    """Instants a second apart with one event at ``event_s``, 3 s looked ahead and back."""
    for second in range(count):
        time_s = start_s + second
        came = time_s < event_s <= time_s + 3
        yield trial(
            time_s,
            horizon_s=3.0,
            came=came,
            was_absent=not (event_s <= time_s < event_s + 3),
            lead_s=event_s - time_s if came else None,
        )


def test_an_onset_counts_once_and_its_lead_is_that_of_the_first_alarm_before_it(trial):
    trials = [*recording(trial, 10.0, 16.5, 12)]  # instants 14, 15 and 16 lie before the event
    alarms = [one.time_s >= 15.0 for one in trials]
    found = timing(trials, [3] * 12, alarms)

    assert found.onsets_count == 1
    assert found.warned_ratio.value == 1
    assert found.lead_s.value == 1.5


def test_the_median_lies_between_two_leads(trial):
    trials = [*recording(trial, 10.0, 16.5, 12), *recording(trial, 30.0, 37.75, 12)]
    alarms = [one.time_s in {14.0, 37.0} for one in trials]
    found = timing(trials, [1] * 12 + [2] * 12, alarms)

    assert found.onsets_count == 2
    assert found.lead_s == Estimate(value=1.625, low=0.75, high=2.5)


def test_an_alarm_that_comes_with_the_event_is_no_warning(trial):
    trials = [*recording(trial, 10.0, 16.5, 12)]
    found = timing(trials, [3] * 12, [one.time_s >= 17.0 for one in trials])

    assert (found.warned_ratio.value, found.lead_s) == (0, NOTHING)


def test_alarms_are_false_where_they_begin_and_only_in_health(trial):
    """Healthy: 10 to 13 and 20, 21. Alarms begin at 11 (false), 14 (right), 18 (after it), 21 (false)."""
    trials = [*recording(trial, 10.0, 16.5, 12)]
    on = {11.0, 12.0, 14.0, 18.0, 19.0, 21.0}
    found = timing(trials, [3] * 12, [one.time_s in on for one in trials])

    assert found.healthy_h == 6 / 3600
    assert found.false_alarms_per_h.value == 2 / (6 / 3600)


def test_the_next_recording_begins_anew(trial):
    quiet = [trial(float(second)) for second in range(4)]
    found = timing([*quiet, *quiet], [1] * 4 + [2] * 4, [False, False, True, True] + [True] * 4)

    assert found.false_alarms_per_h.value == 2 / (8 / 3600)


def test_groups_of_one_recording_are_kept_apart(trial):
    before = {"came": True, "was_absent": True, "lead_s": 2.0}
    trials = [trial(5.0, scope="/a", **before), trial(5.0, scope="/b", **before)]

    assert timing(trials, [1, 1], [True, False]).onsets_count == 2
    assert timing(trials, [1, 1], [True, False]).warned_ratio.value == 0.5


def test_an_event_that_goes_on_is_no_onset(trial):
    trials = [trial(5.0, came=True, was_absent=False, lead_s=2.0)]
    found = timing(trials, [1], [True])

    assert (found.onsets_count, found.healthy_h) == (0, 0)
    assert (found.warned_ratio, found.false_alarms_per_h) == (NOTHING, NOTHING)

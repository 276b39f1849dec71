import pytest

from vmadvisor.errors import RootError
from vmadvisor.model.backtest.series import UNTOLD
from vmadvisor.model.forecast import Forecast, Outlook
from vmadvisor.replay import replay as module
from vmadvisor.replay.replay import name_of, replay


@pytest.fixture
def spied(monkeypatch):
    """Instead of forecasts: what the forecaster was shown. It says a tenth of the seconds it saw."""
    shown = []

    def outlook(track, horizons_s, own, _drivers_min_ratio):
        assert own is None
        times = [sample.time_s for sample in track]
        shown.append(times)
        said = Forecast(
            event="oom",
            scope="host",
            horizon_s=horizons_s[0],
            probability_ratio=(times[-1] - 100) / 1000,
            low_ratio=0.01,
            high_ratio=0.9,
            reason=None,
        )
        return Outlook(
            time_s=times[-1],
            span_s=0.0,
            samples_count=1,
            forecasts=(said,),
            times=(),
            full_stall_s_by_horizon=(),
            refusal=None,
        )

    monkeypatch.setattr(module, "outlook", outlook)
    return shown


@pytest.mark.usefixtures("spied")
def test_instants_are_every_fifth_sample_from_the_twenty_sixth_on(written_recording):
    found = replay(str(written_recording("host", ticks_count=47, event_s=40)), (10.0,))

    assert (found.name, found.samples_count, found.losses) == ("host", 47, ())
    assert sorted({one.time_s for one in found.trials}) == [125.25, 130.25, 135.25, 140.25, 145.25]
    assert {one.step_s for one in found.trials} == {5.0}


def test_a_forecast_sees_nothing_later_than_its_instant(written_recording, spied):
    long = replay(str(written_recording("long", ticks_count=60, event_s=45)), (10.0, 30.0))
    seen = list(spied)
    short = replay(str(written_recording("short", ticks_count=41, event_s=45)), (10.0, 30.0))

    assert [times[-1] for times in seen] == [125.25, 130.25, 135.25, 140.25, 145.25, 150.25, 155.25]
    assert seen[:4] == spied[len(seen) :]
    said = [(one.time_s, one.probability_ratio, one.guesses) for one in short.trials]
    assert (
        said
        == [(one.time_s, one.probability_ratio, one.guesses) for one in long.trials][: len(said)]
    )


@pytest.mark.usefixtures("spied")
def test_what_came_is_read_off_the_recording_afterwards(written_recording):
    """The event at 145.25 s, the end at 154.25 s."""
    found = replay(str(written_recording("host", ticks_count=55, event_s=45)), (10.0,))
    told = {
        event: [one.outcome for one in found.trials if one.event == event]
        for event in ("direct_reclaim", "memory_stall", "oom", "oom_global")
    }

    for outcomes in told.values():
        assert [one.came for one in outcomes] == [False, False, True, True, None, None]
        assert [one.lead_s for one in outcomes[2:4]] == [10.0, 5.0]
        assert outcomes[-1] == UNTOLD


@pytest.mark.usefixtures("spied")
def test_every_event_and_horizon_has_its_trial_also_where_nothing_was_said(written_recording):
    found = replay(str(written_recording("host", ticks_count=26, event_s=90)), (10.0, 30.0))
    said = {(one.event, one.horizon_s): one.probability_ratio for one in found.trials}

    assert len(found.trials) == len(said) == 8
    assert said.pop(("oom", 10.0)) == pytest.approx(0.02525)
    assert set(said.values()) == {None}


@pytest.mark.usefixtures("spied")
def test_the_simple_rules_are_asked_at_the_same_instant(written_recording):
    found = replay(str(written_recording("host", ticks_count=26, event_s=90)), (10.0,))
    available, some, *_ = found.trials[0].guesses

    assert available.score == pytest.approx(-(200_000 - 75_000) / 400_000)
    assert some.score == 0


@pytest.mark.usefixtures("spied")
def test_a_recording_that_breaks_off_is_used_as_far_as_it_goes_and_it_is_said(written_recording):
    path = written_recording("torn", ticks_count=60, event_s=45)
    path.write_bytes(path.read_bytes()[: 46 * 4096 + 300])
    found = replay(str(path), (5.0,))

    assert found.samples_count == 46
    assert len(found.losses) == 1
    assert found.losses[0].startswith("the archive ends early")
    assert any(one.outcome.came is False for one in found.trials)


def test_a_short_recording_has_no_instants(written_recording):
    found = replay(str(written_recording("short", ticks_count=25, event_s=9)), (10.0,))

    assert (found.samples_count, found.trials) == (25, ())


def test_what_cannot_be_forecast_from_is_an_error_in_words(written_recording, tmp_path):
    path = written_recording("half", ticks_count=30, event_s=9, without="proc/zoneinfo")
    with pytest.raises(RootError, match=r"half\.tar: it lacks vmstat, meminfo, zoneinfo or"):
        replay(str(path), (10.0,))
    with pytest.raises(RootError, match="no such file"):
        replay(str(tmp_path / "none.tar"), (10.0,))


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/007-x.tar.zst", "007-x"), ("b.tgz", "b"), ("c.d/", "c.d"), ("e.zst", "e.zst"), ("f.tar", "f")],
)  # fmt: skip
def test_a_recordings_name_is_its_files_without_endings(path, name):
    assert name_of(path) == name


@pytest.mark.shared
def test_a_kill_at_a_groups_limit_is_no_global_one(shared):
    """``index.json``: one kill, at 32.8 s, within a group."""
    found = replay(str(shared / "recordings" / "028-memcg.tar.zst"), (10.0,))
    came = {
        event: [one.time_s for one in found.trials if one.event == event and one.outcome.came]
        for event in ("oom", "oom_global")
    }

    assert came["oom_global"] == []
    assert 22.7 < min(came["oom"]) < 24
    assert 31.6 < max(came["oom"]) < 32.9


@pytest.mark.shared
def test_global_kills_are_those_of_the_kernels_log(shared):
    """``index.json``: kills at 39.68 and 57.41 s, both global."""
    found = replay(str(shared / "recordings" / "011-leak.tar.zst"), (5.0,))
    came = [one.time_s for one in found.trials if one.event == "oom_global" and one.outcome.came]

    assert len(came) in {8, 9, 10}
    assert all(34.5 < time_s < 39.9 or 52.2 < time_s < 57.6 for time_s in came)

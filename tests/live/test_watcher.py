"""Frames come at the interval, with the forecast of all that lies between, and verdicts as they are due."""

from pathlib import Path

import pytest

from vmadvisor.advise.finding import Severity
from vmadvisor.live.recording_moments import RecordingMoments
from vmadvisor.live.watcher import Wanted, Watcher, is_busy
from vmadvisor.model.events import OOM_GLOBAL
from vmadvisor.records import replace
from vmadvisor.snapshot import Gap

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ALL = Wanted(interval_s=1.0, has_verdict=True, has_processes=True)


def moments_of(path):
    return list(RecordingMoments(str(path), speed=0.0))


def frames(path, wanted=ALL, **options):
    watcher = Watcher(wanted, **options)
    return [frame for moment in moments_of(path) if (frame := watcher.add(moment)) is not None]


def test_every_moment_at_the_interval_is_a_frame_and_the_first_has_no_rates(leak):
    found = frames(leak)

    assert [round(frame.time_s, 2) for frame in found[:3]] == [27.07, 28.07, 29.07]
    assert len(found) == 31
    assert (found[0].interval_s, found[0].activity, found[0].stall) == (None, None, None)
    assert found[1].interval_s == pytest.approx(1.0)


def test_a_longer_interval_leaves_moments_out_but_not_out_of_the_forecast(leak):
    every, fifth = frames(leak), frames(leak, replace(ALL, interval_s=5.0))

    assert [round(frame.time_s, 2) for frame in fifth] == [
        27.07,
        32.07,
        37.07,
        42.07,
        47.07,
        52.07,
        57.07,
    ]
    assert fifth[-1].outlook.forecasts[0].probability_ratio == pytest.approx(
        every[-1].outlook.forecasts[0].probability_ratio
    )


def test_the_leak_is_foreseen_and_the_verdict_follows_within_seconds(leak):
    found = frames(leak)
    chances = [frame.probability_ratio(OOM_GLOBAL, 10.0) for frame in found]
    first = next(i for i, chance in enumerate(chances) if (chance or 0) >= 0.75)
    critical = next(
        i
        for i, frame in enumerate(found)
        if frame.extras.verdict is not None and frame.extras.verdict.status is Severity.CRITICAL
    )

    assert chances[5] < 0.05
    assert chances[-1] > 0.8
    assert critical <= first + 2
    assert "OOM killer is likely" in found[critical].extras.verdict.titles[0]
    assert "goes at 4.0 MiB/s" in found[-1].extras.because


def test_the_lines_want_neither_verdicts_nor_processes(leak):
    found = frames(leak, Wanted(interval_s=1.0, has_verdict=False, has_processes=False))

    assert {frame.extras.verdict for frame in found} == {None}
    assert {frame.extras.ranked for frame in found} == {None}
    assert {driver for f in found for one in f.outlook.forecasts for driver in one.drivers} == set()


def test_processes_are_ranked_as_the_kernel_would(leak):
    ranked = frames(leak)[-1].extras.ranked

    assert [victim.comm for victim in ranked.victims[:2]] == ["leaky", "base"]
    assert [victim.killable for victim in ranked.victims] == [True, True, False, False]


def test_a_moment_that_tells_nothing_new_is_no_frame(leak):
    watcher = Watcher(ALL)
    first = moments_of(leak)[0]

    assert watcher.add(first) is not None
    assert watcher.add(first) is None


def test_notes_wait_for_the_next_frame(leak):
    watcher = Watcher(replace(ALL, interval_s=2.0))
    first, second, third = moments_of(leak)[:3]
    watcher.add(first)

    assert watcher.add(second._replace(notes=("suspended",))) is None
    assert watcher.add(third).extras.notes == ("suspended",)


def test_without_the_host_files_there_is_a_frame_that_knows_nothing(leak):
    moment = moments_of(leak)[0]
    blind = replace(moment.snapshot, records={})
    frame = Watcher(ALL).add(moment._replace(snapshot=blind))

    assert (frame.outlook, frame.slack_pages, frame.headroom, frame.reclaimers) == (
        None,
        None,
        None,
        (),
    )


def test_why_there_is_no_calibration_is_a_gap_in_every_frame(leak):
    gap = Gap(path="/calibration.json", reason="of another host", cost="none")
    found = frames(leak, own_of=lambda _: (None, gap))

    assert [frame.gaps_count for frame in found[:2]] == [frames(leak)[0].gaps_count + 1] * 2


def test_quiet_and_busy_are_told_apart(leak):
    healthy = frames(FIXTURES / "6.1-healthy")

    assert not is_busy(healthy[-1])
    assert is_busy(frames(leak)[-1])

"""A replay keeps the distances of its recording, at its speed, and does not wait for what lies before."""

import pytest

from vmadvisor.errors import RootError
from vmadvisor.live.recording_moments import STEP_MAX_S, RecordingMoments


def waits(path, **options):
    slept_s = []
    moments = list(RecordingMoments(str(path), sleep=slept_s.append, **options))
    return len(moments), slept_s


def test_a_second_is_a_second_and_half_of_one_at_twice_the_speed(leak):
    assert waits(leak, speed=1.0) == (31, pytest.approx([1.0] * 30))
    assert waits(leak, speed=2.0) == (31, pytest.approx([0.5] * 30))


def test_speed_0_never_waits(leak):
    assert waits(leak, speed=0.0) == (31, [])


def test_what_lies_before_the_moment_asked_for_is_not_waited_for(leak):
    assert waits(leak, speed=1.0, until_s=55.0) == (31, pytest.approx([1.0] * 3))


def test_a_hole_is_not_waited_out(written_recording, monkeypatch):
    path = written_recording("hole", ticks_count=3, event_s=9)
    monkeypatch.setattr("vmadvisor.live.recording_moments.STEP_MAX_S", 0.25)

    assert STEP_MAX_S == 60.0
    assert waits(path, speed=1.0) == (3, [0.25, 0.25])


def test_no_recording_is_said(tmp_path):
    with pytest.raises(RootError, match="it is no recording"):
        list(RecordingMoments(str(tmp_path), speed=0.0))

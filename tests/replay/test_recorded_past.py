"""A recording as a past: its points, what would have been said, what came; never looking ahead."""

import pytest

from vmadvisor.errors import RootError
from vmadvisor.replay.recorded_past import recorded_past, since


def test_points_count_from_the_first_and_kills_from_the_counter(written_recording):
    past = recorded_past(str(written_recording("a", ticks_count=60, event_s=50)))

    assert len(past.points) == 60
    assert (past.points[0].time_utc_s, past.points[-1].time_utc_s) == (0.0, 59.0)
    assert past.points[7].gauges["available_bytes"] == (200_000 - 3_000 * 7) // 4 * 4096
    (kill,) = past.kills
    assert (kill.time_utc_s, kill.count, kill.scope) == (50.0, 2, "host")
    assert kill.foreseen is not None
    assert kill.foreseen.event == "oom_global"
    assert kill.foreseen.time_utc_s < 50.0 <= kill.foreseen.time_utc_s + kill.foreseen.horizon_s


def test_what_was_said_knows_what_came_where_the_recording_lasts(written_recording):
    past = recorded_past(str(written_recording("a", ticks_count=60, event_s=50)))
    told = [o for o in past.said if (o.event, o.horizon_s) == ("oom_global", 10.0)]

    came = {one.time_utc_s: one.came for one in told}
    assert came == {
        25.0: False,
        30.0: False,
        35.0: False,
        40.0: True,
        45.0: True,
        50.0: None,
        55.0: None,
    }


def test_nothing_later_changes_what_was_said_and_judged(written_recording):
    short = recorded_past(str(written_recording("short", ticks_count=46, event_s=99)))
    long = recorded_past(str(written_recording("long", ticks_count=60, event_s=50)))

    def said(past):
        return [
            (o.time_utc_s, o.event, o.probability_ratio) for o in past.said if o.time_utc_s <= 45
        ]

    assert said(short) == said(long)
    assert [v for v in long.verdicts if v.time_utc_s <= 45] == list(short.verdicts)


def test_it_ends_where_it_is_told_to(written_recording):
    path = str(written_recording("a", ticks_count=60, event_s=50))
    past = recorded_past(path, at_s=130.25)

    assert past.points[-1].time_utc_s == 30.0
    assert past.kills == ()


def test_since_cuts_every_part(written_recording):
    past = recorded_past(str(written_recording("a", ticks_count=60, event_s=50)))
    late = since(past, 51.0)

    assert late.points[0].time_utc_s == 51.0
    assert late.kills == ()
    assert {one.time_utc_s for one in late.said} == {55.0}
    assert [one.time_utc_s for one in late.verdicts] == [55.0]


def test_a_kill_at_a_cgroups_limit_is_that_groups(shared):
    past = recorded_past(str(shared / "recordings" / "008-memcg.tar.zst"))

    (kill,) = past.kills
    assert kill.scope == "/ctr"
    assert kill.foreseen is not None
    assert kill.foreseen.scope == "/ctr"


def test_what_is_no_recording_is_an_error(tmp_path):
    with pytest.raises(RootError):
        recorded_past(str(tmp_path / "none"))

"""Forecasts of what another program read: none looks ahead, and what came is told by its counters alone."""

import pytest
from pcp_log import crises, lines

from vmadvisor.model.forecast import HOST
from vmadvisor.model.pcp_points import PcpCourse
from vmadvisor.model.replayed import INSTANT_STEP_S, Replay
from vmadvisor.records import replace
from vmadvisor.sources.pcp_csv import PmrepReader
from vmadvisor.sources.pcp_record import PcpRecord

START = 1_795_737_600.0  # 2026-11-27 00:00


def moments(count, step_s, **crisis):
    course, reader = PcpCourse(), PmrepReader()
    found = []
    for line in lines(crises(start_utc_s=START, count=count, step_s=step_s, **crisis)):
        for item in reader.feed(line):
            if isinstance(item, PcpRecord):
                found += course.add(item)
    return [*found, *course.end()]


def replayed(found):
    replay = Replay()
    out = [one for moment in found for one in replay.add(moment.point, moment.sample)]
    return [*out, *replay.end()]


@pytest.fixture(scope="module")
def half_an_hour():
    return moments(180, 10.0)


def test_one_instant_of_each_five_minutes_is_asked_whatever_happens_then(half_an_hour):
    found = replayed(half_an_hour)

    times_s = sorted({one.said.time_utc_s - START for one in found})
    # The first stretch has an instant as soon as the forecast has seen some past.
    assert times_s == [20.0, *(INSTANT_STEP_S * number for number in range(1, 6))]


def test_horizons_hold_two_readings_at_least(half_an_hour):
    assert {one.said.horizon_s for one in replayed(half_an_hour)} <= {20.0, 30.0, 60.0}
    assert min(one.said.horizon_s for one in replayed(moments(70, 5.0))) == 10.0
    assert replayed(moments(30, 60.0)) == []


def test_what_came_is_what_the_counters_of_the_next_seconds_say():
    found = [one for one in replayed(moments(200, 10.0, period_s=375.0)) if one.said.scope == HOST]

    by_event = {}
    for one in found:
        came = by_event.setdefault((one.said.event, one.said.horizon_s), {})
        came[one.said.time_utc_s - START] = one.said.came
    # Stalls from 300 s to 337.5 s of every 375 s: seen at 0 to 30, 375 + 300 = 675 to 710, 1050 to 1085 ...
    assert by_event["direct_reclaim", 30.0] == {
        20.0: False, 300.0: True, 600.0: False, 900.0: False, 1200.0: False, 1500.0: False, 1800.0: True,
    }  # fmt: skip


def test_a_forecast_knows_nothing_of_what_comes_later(half_an_hour):
    whole = {
        (one.said.time_utc_s, one.said.event, one.said.horizon_s): one.said.probability_ratio
        for one in replayed(half_an_hour)
    }
    for count in (60, 95, 130):
        cut = replayed(half_an_hour[:count])
        assert cut
        for one in cut:
            key = one.said.time_utc_s, one.said.event, one.said.horizon_s
            assert one.said.probability_ratio == whole[key]


def test_what_is_open_at_the_end_or_at_a_restart_stays_unknown(half_an_hour):
    found = half_an_hour[:31]  # to 300 s: an instant, and nothing after it
    other = [
        replace(moment, point=replace(moment.point, boot_id="another"))
        for moment in half_an_hour[31:35]
    ]

    for parts in (found, found + other):
        came = {one.said.came for one in replayed(parts) if one.said.time_utc_s == START + 300}
        assert came == {None}
        assert not any(one.is_unsure for one in replayed(parts))


def test_what_rose_between_the_readings_around_a_horizons_end_is_unsure():
    # Stalls begin at 312 s; the readings that would tell of 320 s and 330 s are missing.
    found = [
        moment
        for moment in moments(40, 10.0, period_s=390.0)
        if moment.point.time_utc_s - START not in (320.0, 330.0)
    ]

    of_stalls = {
        one.said.horizon_s: (one.said.came, one.is_unsure)
        for one in replayed(found)
        if one.said.event == "direct_reclaim" and one.said.time_utc_s == START + 300
    }
    assert of_stalls == {20.0: (None, True), 30.0: (None, True), 60.0: (True, False)}


def test_points_without_samples_settle_and_make_none(half_an_hour):
    blind = [replace(moment, sample=None) for moment in half_an_hour]

    assert replayed(blind) == []
    mixed = half_an_hour[:3] + blind[3:10]
    assert {one.said.came for one in replayed(mixed) if one.said.event == "oom"} == {False}

"""How far what was said of a host can be trusted: alarms, classes, kills."""

import pytest

from vmadvisor.model.past import PastKill, Said
from vmadvisor.model.past_score import (
    AlarmScore,
    KillScore,
    SaidClass,
    alarm_score,
    kill_score,
    reaches,
    said_classes,
)


def said(probability, came, *, time_s=100.0, horizon_s=10.0, scope="host", event="oom_global"):
    return Said(
        time_utc_s=time_s, event=event, scope=scope, horizon_s=horizon_s,
        probability_ratio=probability, low_ratio=0.0, high_ratio=1.0, came=came,
    )  # fmt: skip


TOLD = (
    said(0.02, came=False), said(0.04, came=False), said(0.3, came=True), said(0.5, came=False),
    said(0.8, came=True), said(1.0, came=True), said(0.9, came=None),
    said(0.7, came=True, scope="/web"), said(0.6, came=True, horizon_s=30.0),
)  # fmt: skip


def test_alarms_are_those_from_one_half_on_whose_outcome_is_known():
    assert alarm_score(TOLD, "oom_global", 10.0) == AlarmScore(
        alarm_count=3, right_count=2, missed_count=1
    )


def test_another_horizon_and_another_scope_are_counted_apart():
    assert alarm_score(TOLD, "oom_global", 30.0) == AlarmScore(
        alarm_count=1, right_count=1, missed_count=0
    )
    assert alarm_score(TOLD, "memory_stall", 10.0).alarm_count == 0


def test_classes_hold_what_was_said_and_how_often_it_came():
    low, middle, high, sure = said_classes(TOLD, "oom_global", 10.0)

    assert low == SaidClass(
        low_ratio=0.0, high_ratio=0.1, count=2, said_mean_ratio=pytest.approx(0.03), came_count=0
    )
    assert (middle.count, middle.came_count) == (1, 1)
    assert (high.count, high.said_mean_ratio, high.came_count) == (2, pytest.approx(0.65), 1)
    assert (sure.low_ratio, sure.count, sure.came_count) == (0.9, 1, 1)


def test_a_class_in_which_nothing_was_said_is_left_out():
    assert [
        one.low_ratio for one in said_classes([said(0.95, came=False)], "oom_global", 10.0)
    ] == [0.9]
    assert said_classes([], "oom_global", 10.0) == []


def kill(time_s, foreseen):
    return PastKill(time_utc_s=time_s, count=1, victim=None, scope="host", foreseen=foreseen)


def test_a_kill_counts_for_a_forecast_that_reached_it_only():
    kills = [
        kill(104.0, said(0.7, came=True)),
        kill(110.0, said(0.2, came=True)),
        kill(111.0, said(0.9, came=False)),
        kill(120.0, None),
    ]

    assert [reaches(one) for one in kills] == [True, True, False, False]
    assert kill_score(kills) == KillScore(foreseen_count=1, unforeseen_count=1, unasked_count=2)

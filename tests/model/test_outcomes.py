"""What came of a forecast: known where counters tell, else unknown, never guessed."""

import pytest

from vmadvisor.model.outcomes import outcome_of
from vmadvisor.model.past import Point, Said
from vmadvisor.records import replace
from vmadvisor.snapshot import TopKills


def at(time_utc_s, **counters):
    return Point(time_utc_s=float(time_utc_s), boot_id="b", origin="check", counters=counters)


def said(event, horizon_s=30.0, scope="host"):
    return Said(
        time_utc_s=1000.0, event=event, scope=scope, horizon_s=horizon_s, probability_ratio=0.4,
        low_ratio=0.2, high_ratio=0.7, came=None,
    )  # fmt: skip


NO, YES, UNSURE, OPEN = (False, True), (True, True), (None, True), (None, False)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([at(1300, oom_kill_total=5)], NO),
        ([at(1030, oom_kill_total=5)], NO),  # at the horizon's end
        ([at(1300, oom_kill_total=6)], UNSURE),  # in time, or too late
        ([at(1020, oom_kill_total=6)], YES),
        ([at(1030, oom_kill_total=7)], YES),
        ([at(1020, oom_kill_total=5)], OPEN),
        ([at(1020, oom_kill_total=5), at(1300, oom_kill_total=5)], NO),
        ([at(1020, oom_kill_total=5), at(1300, oom_kill_total=9)], UNSURE),
        ([at(1020), at(1300, oom_kill_total=5)], NO),  # one reading could not be had
        ([at(1300)], OPEN),
        ([at(1300, oom_kill_total=4)], OPEN),  # went back: it tells nothing
        ([], OPEN),
    ],
)
def test_a_counted_event(later, expected):
    assert outcome_of(said("oom"), at(1000, oom_kill_total=5), later) == expected


def test_direct_reclaim_has_its_own_counter():
    made = at(1000, allocstall_total=3, oom_kill_total=5)

    found = outcome_of(
        said("direct_reclaim"), made, [at(1010, allocstall_total=4, oom_kill_total=5)]
    )

    assert found == YES


@pytest.mark.parametrize(
    ("time_utc_s", "full_us", "expected"),
    [
        (1300, 7_000_000 + 1_499_999, NO),  # 5 % of 30 s are 1.5 s; over all that time less
        (1300, 7_000_000 + 1_500_000, UNSURE),
        (1025, 7_000_000 + 1_500_000, YES),
        (1025, 7_000_000 + 1_499_999, OPEN),
    ],
)
def test_a_stall_is_a_share_of_the_horizon(time_utc_s, full_us, expected):
    made = at(1000, memory_full_us_total=7_000_000)

    found = outcome_of(said("memory_stall"), made, [at(time_utc_s, memory_full_us_total=full_us)])

    assert found == expected


def test_the_hosts_counter_tells_that_a_kill_did_not_come_not_whose_it_was():
    made, one = at(1000, oom_kill_total=5), said("oom", scope="/batch.slice")

    assert outcome_of(one, made, [at(1300, oom_kill_total=5)]) == NO
    assert outcome_of(one, made, [at(1010, oom_kill_total=6)]) == UNSURE


def counted(time_utc_s, kills, ooms, own_kills):
    """A point with what the group /batch counts."""
    top = TopKills(kills_total=kills, mark="3-1", counts={"/batch": (ooms, own_kills)})
    return replace(at(time_utc_s, oom_kill_total=kills), top_kills=top)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([counted(1300, 5, 2, 2)], NO),
        ([counted(1020, 6, 2, 2)], YES),
        ([counted(1030, 6, 2, 3)], YES),  # a process of the group's, killed for the host
        ([counted(1300, 6, 2, 2)], UNSURE),  # in time, or too late
        ([counted(1300, 6, 3, 3)], NO),  # at the group's limit, whenever
        ([counted(1020, 6, 3, 3)], OPEN),
        ([counted(1020, 6, 3, 3), counted(1300, 6, 3, 3)], NO),
        ([counted(1020, 6, 3, 3), counted(1028, 7, 3, 3)], OPEN),  # not known of which of the two
        ([counted(1020, 6, 3, 3), counted(1031, 7, 3, 3)], UNSURE),
        ([at(1020, oom_kill_total=6)], OPEN),  # the groups were not read
        ([at(1020, oom_kill_total=6), counted(1028, 6, 2, 2)], YES),
        ([at(1030, oom_kill_total=6)], UNSURE),
        ([at(1020, oom_kill_total=5), at(1300, oom_kill_total=5)], NO),
    ],
)
def test_whose_a_kill_was_the_groups_tell(later, expected):
    assert outcome_of(said("oom_global"), counted(1000, 5, 2, 2), later) == expected


def test_an_event_without_a_counter_is_never_known():
    assert outcome_of(said("rain"), at(1000), [at(1300, oom_kill_total=1)]) == UNSURE

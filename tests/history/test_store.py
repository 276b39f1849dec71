"""The history gives back what it was given, links what was said to what came, and opens again."""

import pytest

from vmadvisor.errors import StateError
from vmadvisor.history.entry import Entry
from vmadvisor.history.store import open_store
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.past import (
    COUNTERS,
    GAUGES,
    RATES,
    NodePoint,
    PastKill,
    PastVerdict,
    Point,
    Said,
    SettingChange,
)
from vmadvisor.records import replace
from vmadvisor.snapshot import TopKills

HOST = HostIdentity(hostname="db1", arch="x86_64", kernel_release="6.12.9", mem_total_kib=4_000_003)
NODE = NodePoint(node_id=3, free_bytes=11, min_bytes=12, low_bytes=13, high_bytes=14)


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "history.sqlite")


def whole_point(**known):
    numbers = {
        "gauges": {name: 1_000 + number for number, name in enumerate(GAUGES)},
        "counters": {name: 2_000 + number for number, name in enumerate(COUNTERS)},
    }
    fields = {
        "time_utc_s": 1_700_000_000.125, "boot_id": "b-1", "origin": "check", "nodes": (NODE,),
        "settings": {"vm.swappiness": "60", "vm.min_free_kbytes": "67584"},
        "top_kills": TopKills(
            kills_total=2_000 + COUNTERS.index("oom_kill_total"), mark="9-1f",
            counts={"/batch": (3, 2), "/a\n 4 5 b\udcff": (0, 7)},
        ),
    }  # fmt: skip
    return Point(**{**numbers, **fields, **known})


def said(time_utc_s, event="oom", horizon_s=30.0, **known):
    fields = {
        "scope": "host", "probability_ratio": 0.42, "low_ratio": 0.123457, "high_ratio": 0.9,
        "came": None,
    }  # fmt: skip
    return Said(time_utc_s=time_utc_s, event=event, horizon_s=horizon_s, **{**fields, **known})


def run_at(second, *, forecasts=(), boot_id="b-1", clock_ahead_s=0.0, verdict=None, **counters):
    """An entry so many seconds after boot; the boot was at 1,700,000,000."""
    time_utc_s = 1_700_000_000.0 + second + clock_ahead_s
    point = Point(
        time_utc_s=time_utc_s, boot_id=boot_id, origin="check", gauges={"available_bytes": 5_000},
        counters=counters,
    )  # fmt: skip
    return Entry(
        time_utc_s=time_utc_s, host=HOST, since_boot_s=float(second), point=point,
        said=tuple(said(time_utc_s, *one) for one in forecasts), model_id="m1", verdict=verdict,
    )  # fmt: skip


def test_a_point_comes_back_as_it_was_with_every_name_known(path):
    of_sar = Point(
        time_utc_s=1_600_000_000.5, boot_id=None, origin="sar",
        rates={name: 0.5 + number for number, name in enumerate(RATES)},
    )  # fmt: skip

    with open_store(path) as store:
        assert store.append_points([whole_point(), of_sar], HOST) == 2
        assert store.append_points([of_sar]) == 0
        past = store.past()

    assert past.points == (of_sar, whole_point())
    assert past.hostname == "db1"


def test_a_name_without_a_column_is_an_error_not_a_loss(path):
    with open_store(path) as store, pytest.raises(ValueError, match="no column for shoe_bytes"):
        store.append_points([whole_point(gauges={"shoe_bytes": 3})])


def test_a_run_keeps_its_verdict_and_its_forecasts(path):
    verdict = PastVerdict(
        time_utc_s=1_700_000_300.0, status="WARNING", finding_ids=("VMA-A-001", "VMA-B-002"),
        headline="Memory is running out",
    )  # fmt: skip
    with open_store(path) as store:
        store.append(run_at(300, forecasts=[("memory_stall", 10.0)], verdict=verdict))

        past = store.past()

    assert past.verdicts == (verdict,)
    assert past.said == (said(1_700_000_300.0, "memory_stall", 10.0),)


def test_only_the_time_asked_for_is_read(path):
    with open_store(path) as store:
        for second in (100, 400, 700):
            store.append(run_at(second, forecasts=[("oom", 10.0)]))

        past = store.past(1_700_000_101.0, 1_700_000_400.0)

    assert [point.time_utc_s for point in past.points] == [1_700_000_400.0]
    assert [one.time_utc_s for one in past.said] == [1_700_000_400.0]


def test_a_forecast_learns_what_came_from_the_next_run(path):
    both = [("oom", 30.0), ("direct_reclaim", 30.0)]
    with open_store(path) as store:
        store.append(run_at(300, forecasts=both, oom_kill_total=2, allocstall_total=7))
        store.append(run_at(320, forecasts=both, oom_kill_total=3, allocstall_total=7))
        store.append(run_at(600, oom_kill_total=3, allocstall_total=8))

        came = {(one.time_utc_s - 1_700_000_000, one.event): one.came for one in store.past().said}

    assert came == {
        (300, "oom"): True,
        (300, "direct_reclaim"): None,
        (320, "oom"): False,
        (320, "direct_reclaim"): None,
    }


def test_a_kill_is_linked_to_what_was_said_before_it(path):
    with open_store(path) as store:
        store.append(run_at(300, forecasts=[("oom", 10.0), ("oom", 600.0)], oom_kill_total=2))
        store.append(run_at(600, forecasts=[("oom", 600.0)], oom_kill_total=5))

        past = store.past()

    assert past.kills == (
        PastKill(
            time_utc_s=1_700_000_600.0, count=3, victim=None, scope="host",
            foreseen=said(1_700_000_300.0, "oom", 600.0, came=True),
        ),
    )  # fmt: skip


def test_a_setting_that_changed_is_told(path):
    with open_store(path) as store:
        store.append_points(
            [
                whole_point(),
                whole_point(time_utc_s=1_700_000_900.0, settings={"vm.swappiness": "10"}),
            ]
        )

        changes = store.past().changes

    assert changes == (
        SettingChange(time_utc_s=1_700_000_900.0, key="vm.swappiness", before="60", after="10"),
    )


def test_after_a_reboot_nothing_open_is_judged_and_its_kills_count(path):
    with open_store(path) as store:
        store.append(run_at(300, forecasts=[("oom", 600.0)], oom_kill_total=2))
        store.append(run_at(40, boot_id="b-2", clock_ahead_s=400.0, oom_kill_total=1))
        store.append(run_at(2_000, boot_id="b-2", clock_ahead_s=400.0, oom_kill_total=1))

        past = store.past()

    assert [one.came for one in past.said] == [None]
    assert [(kill.count, kill.foreseen) for kill in past.kills] == [(1, None)]


def test_two_hosts_that_share_a_home_are_no_reboots_of_each_other(path):
    """Every run of one would count all kills of the other's boot anew."""
    with open_store(path) as store:
        for second in (300, 600, 900):
            store.append(run_at(second, forecasts=[("oom", 30.0)], oom_kill_total=7))
            store.append(run_at(second + 5, boot_id="b-2", oom_kill_total=9 if second > 600 else 4))

        past = store.past()

    assert [(kill.time_utc_s, kill.count) for kill in past.kills] == [
        (1_700_000_305.0, 4),
        (1_700_000_905.0, 5),
    ]
    assert [one.came for one in past.said] == [None, False, None]


@pytest.mark.parametrize(("ahead_s", "words"), [(-7200.0, "back by 7200 s"), (500.0, "ahead by")])
def test_a_clock_that_was_set_is_a_gap_and_parts_what_was_said_from_what_came(path, ahead_s, words):
    with open_store(path) as store:
        store.append(run_at(300, forecasts=[("oom", 30.0)], oom_kill_total=2))
        store.append(run_at(600, clock_ahead_s=ahead_s, oom_kill_total=2))
        store.append(run_at(900, clock_ahead_s=ahead_s, oom_kill_total=2))

        past, gaps = store.past(), store.gaps()

    assert [one.came for one in past.said] == [None]
    assert words in gaps[0][1]
    assert len(past.points) == 3
    assert [p.time_utc_s for p in past.points] == sorted(p.time_utc_s for p in past.points)


def test_hostile_names_are_kept_to_the_byte(path):
    scope = "/caf\udcc3\x1b[31m\x00'; DROP TABLE points; --"
    with open_store(path) as store:
        entry = Entry(
            time_utc_s=5.0, host=HostIdentity(hostname="\udcff=cmd|' /C calc'!A0"),
            point=whole_point(time_utc_s=5.0), said=(said(5.0, scope=scope),), model_id="m1",
        )  # fmt: skip
        store.append(entry)

        past = store.past()

    assert [one.scope for one in past.said] == [scope]
    assert past.hostname == "\udcff=cmd|' /C calc'!A0"


def test_a_count_that_no_kernel_of_ours_reaches_is_absent_not_wrong(path):
    with open_store(path) as store:
        store.append_points([whole_point(counters={"oom_kill_total": 2**64 - 1})])

        [point] = store.past().points

    assert point.counters == {}


def test_reading_makes_nothing(path, tmp_path):
    with pytest.raises(StateError, match="there is no history"):
        open_store(path, is_readonly=True)

    assert list(tmp_path.iterdir()) == []


def recorded(second, kills):
    return Point(
        time_utc_s=1_700_000_000.0 + second, boot_id="b-1", origin="recording",
        counters={"oom_kill_total": kills},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "scores"),
    [
        ((100, 110), [2]),  # between two runs, which have counted it
        ((320, 330), [2, 2]),  # behind the last run: nobody else has
    ],
)
def test_a_kill_that_runs_have_counted_is_not_counted_again_by_an_import(path, seconds, scores):
    with open_store(path) as store:
        store.append(run_at(50, oom_kill_total=3))
        store.append(run_at(300, oom_kill_total=5))
        start, end = seconds
        store.append_points([recorded(start, 3), recorded(end, 5)], HOST)

        kills = store.past().kills

    assert [one.count for one in kills] == scores


@pytest.mark.parametrize(
    ("ooms", "expected"), [(0, True), (1, False)], ids=["the host's", "at the group's limit"]
)
def test_a_forecast_of_the_hosts_own_shortage_learns_from_the_groups_whose_a_kill_was(
    path, ooms, expected
):
    def counting(second, kills, counts, **known):
        one = run_at(second, oom_kill_total=kills, **known)
        top = TopKills(kills_total=kills, mark="2-7", counts=counts)
        return replace(one, point=replace(one.point, top_kills=top))

    with open_store(path) as store:
        store.append(counting(100, 4, {}, forecasts=[("oom_global", 30.0), ("oom", 30.0)]))
        store.append(counting(130, 5, {"/batch": (ooms, 1)}))

        came = {one.event: one.came for one in store.past().said}

    assert came == {"oom_global": expected, "oom": True}

"""Rates pair like with like, and say ``None`` rather than 0 where they cannot be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.model.rates import interval_s, reclaim_activity, rise, stall_time
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources import pressure, uptime, vmstat
from vmadvisor.sources.vmstat import Vmstat

BEFORE = vmstat.parse(
    "pgscan_kswapd 1000\npgscan_direct 200\npgscan_direct_throttle 50\n"
    "pgsteal_kswapd 700\npgsteal_direct 90\npgsteal_anon 300\npgsteal_file 520\n"
    "allocstall_normal 3\nallocstall_movable 8\noom_kill 2\npswpin 11\npswpout 13\n"
    "workingset_refault_anon 17\nworkingset_refault_file 19\ncompact_stall 23\npageoutrun 31\n"
)
AFTER = vmstat.parse(
    "pgscan_kswapd 1600\npgscan_direct 600\npgscan_direct_throttle 57\n"
    "pgsteal_kswapd 1000\npgsteal_direct 290\npgsteal_anon 510\npgsteal_file 860\n"
    "allocstall_normal 5\nallocstall_movable 16\noom_kill 5\npswpin 111\npswpout 253\n"
    "workingset_refault_anon 57\nworkingset_refault_file 79\ncompact_stall 37\npageoutrun 51\n"
)


def test_rates_are_rises_per_second_between_the_two_readings_of_vmstat(snapshot):
    activity = reclaim_activity(snapshot((10.0, BEFORE)), snapshot((12.0, AFTER)))

    assert activity is not None
    assert (activity.interval_s, activity.is_since_boot) == (2.0, False)
    assert activity.scan_kswapd_pages_per_s == 300.0
    assert activity.scan_direct_pages_per_s == 200.0
    assert activity.steal_kswapd_pages_per_s == 150.0
    assert activity.steal_direct_pages_per_s == 100.0
    assert activity.allocstall_per_s == 5.0
    assert (activity.swapin_pages_per_s, activity.swapout_pages_per_s) == (50.0, 120.0)
    assert activity.refault_anon_pages_per_s == 20.0
    assert activity.refault_file_pages_per_s == 30.0
    assert activity.compact_stall_per_s == 7.0
    assert activity.pageoutrun_per_s == 10.0
    assert (activity.oom_kill_count, activity.oom_kill_since_boot_count) == (3, 5)


def test_efficiency_counts_no_page_twice_where_the_kernel_prints_types_and_reclaimers(snapshot):
    """600 + 400 scanned, 300 + 200 stolen; the 550 by type hold 50 that a cgroup's limit freed."""
    activity = reclaim_activity(snapshot((10.0, BEFORE)), snapshot((12.0, AFTER)))

    assert activity is not None
    assert activity.steal_pages_per_s == 250.0
    assert activity.efficiency_ratio == 0.5
    assert activity.memcg_steal_pages_per_s == 25.0


def test_sleeps_before_direct_reclaim_are_not_scanned_pages(snapshot):
    activity = reclaim_activity(snapshot((10.0, BEFORE)), snapshot((12.0, AFTER)))

    assert activity is not None
    assert activity.direct_throttle_per_s == 3.5
    assert activity.scan_direct_pages_per_s == 200.0


def test_each_file_is_paired_with_its_own_times_not_with_the_snapshots(snapshot):
    psi = [pressure.parse_memory(f"full avg10=0.00 avg60=0.00 avg300=0.00 total={t}\n")
           for t in (1_000_000, 1_050_000)]  # fmt: skip
    before = snapshot((10.0, BEFORE), (10.5, psi[0]))
    after = snapshot((12.0, AFTER), (10.7, psi[1]))

    assert interval_s(before, after, Vmstat) == 2.0
    stalled = stall_time(before, after)
    assert stalled is not None
    assert stalled.interval_s == pytest.approx(0.2)
    assert stalled.memory_full_ratio == pytest.approx(0.25)


def test_a_counter_that_went_backwards_has_no_rate_and_spoils_no_other(snapshot):
    rebooted = vmstat.parse("pgscan_kswapd 40\npswpin 211\n")
    activity = reclaim_activity(snapshot((10.0, BEFORE)), snapshot((12.0, rebooted)))

    assert activity is not None
    assert activity.scan_kswapd_pages_per_s is None
    assert activity.swapin_pages_per_s == 100.0


def test_a_counter_that_this_kernel_lacks_is_unknown_not_zero(snapshot):
    old = [vmstat.parse(f"pgscan_kswapd_normal {count}\n") for count in (10, 30)]
    activity = reclaim_activity(snapshot((10.0, old[0])), snapshot((12.0, old[1])))

    assert activity is not None
    assert activity.scan_kswapd_pages_per_s == 10.0
    assert activity.oom_kill_count is None
    assert activity.oom_kill_since_boot_count is None
    assert activity.refault_pages_per_s is None
    assert activity.memcg_steal_pages_per_s is None
    assert activity.efficiency_ratio is None


def test_nothing_scanned_has_no_efficiency(snapshot):
    activity = reclaim_activity(snapshot((10.0, AFTER)), snapshot((12.0, AFTER)))

    assert activity is not None
    assert activity.steal_pages_per_s == 0.0
    assert activity.efficiency_ratio is None


def test_one_snapshot_gives_averages_since_boot_and_says_so(snapshot):
    single = snapshot((50.0, AFTER), (50.0, uptime.parse("400.00 700.00\n")))
    activity = reclaim_activity(None, single)

    assert activity is not None
    assert (activity.is_since_boot, activity.interval_s) == (True, 400.0)
    assert activity.scan_kswapd_pages_per_s == 4.0
    assert activity.oom_kill_count is None
    assert activity.oom_kill_since_boot_count == 5


def test_one_snapshot_without_uptime_tells_no_rate(snapshot):
    assert reclaim_activity(None, snapshot((50.0, AFTER))) is None


def test_the_same_reading_twice_is_one_snapshot(snapshot):
    same = snapshot((50.0, AFTER))

    assert reclaim_activity(same, same) is None


def test_without_vmstat_there_is_no_activity(snapshot):
    assert reclaim_activity(snapshot((10.0, BEFORE)), snapshot()) is None


def test_stall_time_is_the_share_of_the_interval_that_total_grew_by(snapshot):
    def at(time_s, some_us, full_us, io_us):
        memory = pressure.parse_memory(
            f"some avg10=9.00 avg60=0.00 avg300=0.00 total={some_us}\n"
            f"full avg10=8.00 avg60=0.00 avg300=0.00 total={full_us}\n"
        )
        io = pressure.parse_io(f"full avg10=7.00 avg60=0.00 avg300=0.00 total={io_us}\n")
        return snapshot((time_s, memory), (time_s, io))

    spent = stall_time(at(5.0, 100, 70, 40), at(9.0, 3_000_100, 1_000_070, 2_000_040))

    assert spent is not None
    assert spent.interval_s == 4.0
    assert spent.memory_some_ratio == 0.75
    assert spent.memory_full_ratio == 0.25
    assert spent.io_full_ratio == 0.5


def test_a_stall_never_fills_more_than_the_interval(snapshot):
    """The counter and the clock are not read in the same instant."""
    pair = [
        snapshot((at, pressure.parse_memory(f"full avg10=0.00 avg60=0.00 avg300=0.00 total={us}\n")))
        for at, us in ((5.0, 0), (6.0, 1_000_900))
    ]  # fmt: skip

    spent = stall_time(*pair)

    assert spent is not None
    assert spent.memory_full_ratio == 1.0
    assert spent.memory_some_ratio is None
    assert spent.io_full_ratio is None


def test_stall_time_needs_two_readings_of_psi(snapshot):
    psi = pressure.parse_memory("some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n")

    assert stall_time(None, snapshot((5.0, psi))) is None
    assert stall_time(snapshot((4.0, BEFORE)), snapshot((5.0, psi))) is None


COUNTS = st.none() | st.integers(min_value=0, max_value=2**40)


@given(before=COUNTS, after=COUNTS)
def test_a_rise_is_never_negative_and_needs_both_ends(before, after):
    risen = rise(before, after)

    if before is None or after is None:
        assert risen is None
    else:
        assert risen is None or risen >= 0


@given(
    counts=st.lists(
        st.tuples(*[st.integers(min_value=0, max_value=10**6)] * 6), min_size=2, max_size=2
    )
)
def test_efficiency_is_a_share_whatever_the_counters_say(counts):
    names = ("pgscan_kswapd", "pgscan_direct", "pgsteal_kswapd", "pgsteal_direct",
             "pgsteal_anon", "pgsteal_file")  # fmt: skip
    unknown = HostFacts(hostname=None, arch=None, boot_id=None, page_size_bytes=None,
                        clock_hz=None, is_live=False)  # fmt: skip
    pair = []
    for at, values in zip((1.0, 2.0), counts, strict=True):
        text = "".join(f"{name} {value}\n" for name, value in zip(names, values, strict=True))
        records = {Vmstat: Timed(time_s=at, record=vmstat.parse(text))}
        pair.append(Snapshot(time_s=at, host=unknown, records=records))

    activity = reclaim_activity(pair[0], pair[1])

    assert activity is not None
    assert activity.efficiency_ratio is None or 0.0 <= activity.efficiency_ratio <= 1.0
    assert activity.memcg_steal_pages_per_s is None or activity.memcg_steal_pages_per_s >= 0.0

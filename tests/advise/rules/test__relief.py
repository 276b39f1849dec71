"""What now: the grower named, ways out by the time they buy, names quoted, nothing where nothing is near."""

import shlex
from dataclasses import replace

from vmadvisor.advise.rules import _examples, _near_oom
from vmadvisor.advise.rules import _relief_words as words
from vmadvisor.advise.rules._relief import relief_of
from vmadvisor.model.consumers import Consumers
from vmadvisor.model.forecast import Quantiles
from vmadvisor.sources.arcstats import Arcstats
from vmadvisor.sources.meminfo import Meminfo


def near(*changed):
    return relief_of(_near_oom.facts().joined(*changed))


def test_who_grows_is_named_with_size_and_rate():
    grower = near().grower

    assert (grower.name, grower.pid_id) == ("batch", 4711)
    assert grower.size_bytes == 600_000 * 4096
    assert grower.growth_bytes_per_s == 7_000 * 4096


def test_the_way_that_buys_most_time_comes_first():
    ways = near().ways
    times = [way.effect.after for way in ways]

    assert [way.action for way in ways] == [
        "stop it", "restart it", "add swap, 1953 MiB", "add zram, 1953 MiB",
        "hold it with memory.high",
    ]  # fmt: skip
    assert times == sorted(times, reverse=True)
    assert all(way.effect.before == 5.0 for way in ways)
    assert round(ways[0].effect.after, 1) == 237.8


def test_memory_high_stops_the_growth_where_the_unit_stands_and_goes_back_to_none():
    way = next(way for way in near().ways if way.key is not None and "memory.high" in way.key)

    assert way.key == "cgroup:/system.slice/batch.service:memory.high"
    assert way.value == 2_499_805_184
    assert way.undo.endswith("batch.service MemoryHigh=infinity")


def test_nothing_is_said_where_a_kill_is_less_likely_than_not():
    told = _near_oom.OUTLOOK
    calm = replace(told, forecasts=(replace(told.forecasts[0], probability_ratio=0.49),))

    assert near(calm) is None
    assert relief_of(_examples.facts()) is None


def test_a_kill_a_minute_ahead_leaves_time_to_look_again():
    told = _near_oom.OUTLOOK
    far = replace(told.forecasts[0], horizon_s=60.0, probability_ratio=0.97)

    assert near(replace(told, forecasts=(replace(far, horizon_s=30.0),))) is not None
    assert near(replace(told, forecasts=(far,))) is None


def test_a_kill_at_a_cgroups_own_limit_is_not_the_hosts():
    told = _near_oom.OUTLOOK
    own = replace(told, forecasts=(replace(told.forecasts[0], event="oom"),))

    assert near(own) is None


def test_without_processes_the_host_still_gets_what_can_be_added():
    found = near(Consumers(largest=(), growing=(), cgroups=()))

    assert found.grower is None
    assert [way.key for way in found.ways] == ["swap", "zram"]


def test_unused_huge_pages_and_a_cache_that_its_owner_must_drop_are_ways_out():
    info = replace(
        _near_oom.facts()[Meminfo], huge_pages_total_count=900, huge_pages_free_count=700,
        huge_pages_rsvd_count=50, huge_page_size_kib=2048,
    )  # fmt: skip
    found = near(info, Arcstats(size_bytes=3 << 30, c_min_bytes=1 << 28, c_max_bytes=4 << 30))
    commands = [way.command for way in found.ways]

    assert "sysctl -w vm.nr_hugepages=250" in commands
    assert f"echo {1 << 28} > /sys/module/zfs/parameters/zfs_arc_max" in commands


def test_growth_that_stands_still_leaves_the_largest_and_an_hour():
    told = replace(_near_oom.OUTLOOK, times=())
    still = replace(_near_oom.GROWER, growth_pages_per_s=None)
    found = near(told, Consumers(largest=(still,), growing=(), cgroups=()))

    assert found.grower.growth_bytes_per_s == 0
    assert found.ways == ()


def test_no_name_reaches_a_shell_unquoted():
    evil = "/a.slice/$(reboot) `x`;'\n.service"
    for steps in (
        words.limited(evil, 4096, None), words.stopped(evil, 7), words.restarted(evil),
        words.limited("/x/$(reboot)\n'", 4096, 8192),
    ):  # fmt: skip
        for text in (steps.command, steps.undo):
            if "reboot" in text:
                assert any("$(reboot)" in word for word in shlex.split(text))
                assert "'" in text
                assert "$(reboot)" not in text.split("'")[0]


# --- before a stall -----------------------------------------------------------------------------


def _stalling(**fields):
    told = _near_oom.OUTLOOK
    forecasts = (
        replace(told.forecasts[0], event="memory_stall", horizon_s=10.0, probability_ratio=0.91),
    )
    slack = Quantiles(what="low mark", p10_s=0.5, p50_s=1.0, p90_s=None, is_extrapolated=False)
    activity = replace(_examples.ACTIVITY, allocstall_per_s=7.0, **fields)
    return near(replace(told, forecasts=forecasts, times=(slack,)), activity)


def test_before_a_stall_time_is_what_is_had_without_waiting_over_the_demand():
    stop = _stalling(steal_pages_per_s=9_000.0).ways[0]

    # 40,000 pages are had at once; 9,000 a second are taken again as they are freed, and 1,000 of slack
    # go in one second, in half of one, or stay
    assert stop.effect.name == "time_until_tasks_wait"
    assert (stop.effect.before_low, stop.effect.before) == (40 / 11, 4.0)
    assert round(stop.effect.before_high, 3) == 4.444
    assert round(stop.effect.after, 3) == 213.333


def test_room_in_swap_is_no_way_out_of_a_stall():
    actions = [way.action for way in _stalling(steal_pages_per_s=9_000.0).ways]

    assert actions == ["stop it", "restart it", "hold it with memory.high"]


def test_of_ways_that_buy_as_much_the_one_that_buys_it_surely_comes_first():
    told = _near_oom.OUTLOOK
    slow = replace(told, times=(replace(told.times[0], p10_s=900.0, p50_s=3600.0, p90_s=None),))

    assert next(way.action for way in near(slow).ways) == "stop it"
    assert {way.effect.after for way in near(slow).ways} == {3600.0}


def test_a_kill_comes_before_a_likelier_stall():
    told = _near_oom.OUTLOOK
    stall = replace(told.forecasts[0], event="memory_stall", horizon_s=10.0, probability_ratio=0.97)
    activity = replace(_examples.ACTIVITY, allocstall_per_s=7.0)

    found = near(replace(told, forecasts=(stall, *told.forecasts)), activity)
    assert found.because == "an OOM kill within 30 s"


def test_where_nobody_counts_what_reclaim_frees_no_time_is_told():
    found = _stalling(steal_pages_per_s=None)

    assert found.because == "a memory stall within 10 s"
    assert found.grower is not None
    assert found.ways == ()

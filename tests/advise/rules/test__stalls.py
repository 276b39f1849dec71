"""PSI is what tasks lost, less what kswapd or a capped cgroup merely adds to it."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules._stalls import capped_group, host_reclaims, stall, tasks_waited
from vmadvisor.model.facts import Availability
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.limits import CgroupLimits
from vmadvisor.model.rates import ReclaimActivity, StallTime
from vmadvisor.sources.pressure import MemoryPressure


def busy_kswapd(quiet, full, **activity):
    """kswapd uses 30 % of a CPU while memory is there and file pages come back."""
    rates = {"scan_kswapd_pages_per_s": 9_000.0, "refault_pages_per_s": 40.0}
    return quiet.facts(
        replace(quiet.ACTIVITY, **(rates | activity)),
        replace(quiet.STALL, memory_full_ratio=full),
        quiet.node_facts(kswapd_state="running", kswapd_cpu_ratio=0.30),
    )


def test_kswapds_own_running_time_is_no_loss_while_memory_is_there(quiet):
    found = stall(busy_kswapd(quiet, 0.33))

    assert found.interval_ratio == 0.33
    assert found.harm_ratio == 0.0
    assert not found.is_harmful


@pytest.mark.parametrize(("full", "harm"), [(0.39, 0.0), (0.40, 0.05)])
def test_where_no_page_came_back_nobody_can_have_waited_below_a_freeze(quiet, full, harm):
    facts = busy_kswapd(quiet, full, refault_pages_per_s=0.0)

    assert stall(facts).harm_ratio == pytest.approx(harm)


def test_what_kswapd_does_not_explain_is_loss(quiet):
    assert stall(busy_kswapd(quiet, 0.55)).harm_ratio == pytest.approx(0.20)


@pytest.mark.parametrize(
    "waiting",
    [{"allocstall_per_s": 1.0}, {"scan_direct_pages_per_s": 64.0}, {"compact_stall_per_s": 2.0},
     {"swapin_pages_per_s": 6.0}, {"allocstall_per_s": None}],
)  # fmt: skip
def test_where_a_task_waited_all_of_psi_counts(quiet, waiting):
    assert stall(busy_kswapd(quiet, 0.33, **waiting)).harm_ratio == 0.33


def test_where_memory_is_short_all_of_psi_counts(quiet):
    facts = busy_kswapd(quiet, 0.33)
    short = replace(quiet.AVAILABILITY, available_pages=25_999)

    assert stall(quiet.facts(*facts.by_type.values(), short)).harm_ratio == 0.33


def test_a_swap_in_now_and_then_is_no_wait(quiet):
    assert not tasks_waited(replace(quiet.ACTIVITY, swapin_pages_per_s=4.0))
    assert tasks_waited(replace(quiet.ACTIVITY, swapin_pages_per_s=5.0))


@pytest.mark.parametrize(
    ("interval", "avg10", "seconds", "critical"),
    [(0.45, 19.0, 1.0, False), (0.45, 20.0, 1.0, True), (0.39, 60.0, 1.0, False),
     (0.45, 5.0, 10.0, True)],
)  # fmt: skip
def test_one_bad_second_is_not_critical(quiet, psi, interval, avg10, seconds, critical):
    facts = quiet.facts(
        StallTime(interval_s=seconds, memory_some_ratio=interval, memory_full_ratio=interval,
                  io_full_ratio=0.0),
        psi(avg10),
        replace(quiet.ACTIVITY, allocstall_per_s=3.0),
    )  # fmt: skip

    assert stall(facts).is_critical is critical


def test_one_snapshot_is_judged_by_the_last_ten_seconds(quiet, psi, without):
    single = without(quiet.facts(psi(57.0)), StallTime, ReclaimActivity)
    found = stall(single)

    assert (found.interval_ratio, found.avg10_ratio) == (None, pytest.approx(0.57))
    assert found.is_critical


def test_without_psi_nothing_is_known(quiet, without):
    found = stall(without(quiet.facts(), StallTime, MemoryPressure))

    assert found.harm_ratio is None
    assert not found.is_harmful
    assert not found.is_critical


def test_a_capped_group_explains_the_stalls_of_a_host_that_does_not_reclaim(quiet, capped):
    facts = quiet.facts(capped(0.88), replace(quiet.STALL, memory_full_ratio=0.90))
    group = capped_group(facts)

    assert group is not None
    assert group.path == "/system.slice/web.service"


def test_a_page_cache_kept_in_bounds_does_not_turn_a_capped_group_into_a_short_host(quiet, capped):
    facts = quiet.facts(
        capped(0.88),
        replace(quiet.STALL, memory_full_ratio=0.90),
        replace(quiet.ACTIVITY, scan_kswapd_pages_per_s=400.0),
    )

    assert capped_group(facts) is not None


@pytest.mark.parametrize(
    "changes",
    [{"allocstall_per_s": 2.0}, {"allocstall_per_s": None}],
)
def test_direct_reclaim_of_the_host_clears_the_group(quiet, capped, changes):
    facts = quiet.facts(
        capped(0.88),
        replace(quiet.STALL, memory_full_ratio=0.90),
        replace(quiet.ACTIVITY, **changes),
    )

    assert capped_group(facts) is None


def test_a_short_host_whose_kswapd_works_is_to_blame_itself(quiet, capped):
    facts = quiet.facts(
        capped(0.88),
        replace(quiet.STALL, memory_full_ratio=0.90),
        replace(quiet.ACTIVITY, scan_kswapd_pages_per_s=400.0),
        replace(quiet.AVAILABILITY, available_pages=9_000),
    )

    assert host_reclaims(facts)
    assert capped_group(facts) is None


def test_node_reclaim_is_the_hosts_own(quiet):
    scanning = replace(quiet.ACTIVITY, scan_direct_pages_per_s=500.0)

    assert not host_reclaims(quiet.facts(scanning))
    assert host_reclaims(quiet.facts(scanning, replace(quiet.SYSCTL, zone_reclaim_mode=1)))


def test_after_a_kill_one_snapshot_still_knows_whose_stalls_they_were(quiet, psi, capped, without):
    killed = capped(None, is_at_limit=False, usage_ratio=0.2, limit_hit_count=None,
                    full_avg10_ratio=0.30)  # fmt: skip
    facts = without(quiet.facts(killed, psi(33.0)), StallTime, ReclaimActivity)
    group = capped_group(facts)

    assert group is not None
    assert group.path == "/system.slice/web.service"


def test_a_group_that_stalled_much_less_than_the_host_explains_nothing(quiet, capped):
    facts = quiet.facts(capped(0.20), replace(quiet.STALL, memory_full_ratio=0.90))

    assert capped_group(facts) is None


def test_without_cgroups_or_availability_no_group_is_blamed(quiet, capped, without):
    facts = quiet.facts(
        capped(0.88),
        replace(quiet.STALL, memory_full_ratio=0.90),
        replace(quiet.ACTIVITY, scan_kswapd_pages_per_s=400.0),
    )

    assert capped_group(without(facts, CgroupLimits)) is None
    assert capped_group(without(facts, Availability)) is None


def test_kswapds_on_all_nodes_run_together(quiet, nodes):
    facts = quiet.facts(
        replace(quiet.ACTIVITY, scan_kswapd_pages_per_s=9_000.0, refault_pages_per_s=40.0),
        replace(quiet.STALL, memory_full_ratio=0.60),
        nodes({"kswapd_cpu_ratio": 0.25}, {"kswapd_cpu_ratio": 0.20}),
    )

    assert stall(facts).harm_ratio == pytest.approx(0.10)
    assert facts[Headroom].nodes[1].node_id == 1

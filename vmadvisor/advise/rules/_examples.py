"""Facts for the rules' own cases: a quiet host, of which each case changes what it is about.

Loaded only by ``explain`` and the tests. The quiet host: 8 GiB, one node, 2 GiB of swap, PSI on, 6.1.
"""

from collections.abc import Mapping
from dataclasses import replace

from vmadvisor.advise.finding import HOST
from vmadvisor.kernel.behaviour import behaviour_at
from vmadvisor.kernel.oom import Victim
from vmadvisor.model.events import EVENTS
from vmadvisor.model.facts import Availability, Facts, VictimOrder
from vmadvisor.model.forecast import Driver, Forecast, Outlook
from vmadvisor.model.group_settings import GroupSettings
from vmadvisor.model.headroom import Headroom, NodeHeadroom, ZonePosition
from vmadvisor.model.kernel_growth import KernelGrowth, KernelPart
from vmadvisor.model.kinship import Kin, Kinship
from vmadvisor.model.limits import CgroupLimits, LimitedCgroup
from vmadvisor.model.rates import ReclaimActivity, StallTime
from vmadvisor.model.writeback import Writeback
from vmadvisor.sources import version, vmstat
from vmadvisor.sources.buddyinfo import Buddyinfo, BuddyZone
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.pressure import MemoryPressure, PressureLine
from vmadvisor.sources.sysctl_vm import VmSysctl

ACTIVITY = ReclaimActivity(
    interval_s=1.0,
    is_since_boot=False,
    scan_kswapd_pages_per_s=0.0,
    scan_direct_pages_per_s=0.0,
    steal_pages_per_s=0.0,
    steal_kswapd_pages_per_s=0.0,
    steal_direct_pages_per_s=0.0,
    memcg_steal_pages_per_s=0.0,
    efficiency_ratio=None,
    allocstall_per_s=0.0,
    direct_throttle_per_s=0.0,
    pageoutrun_per_s=0.0,
    low_wmark_hit_quickly_per_s=0.0,
    high_wmark_hit_quickly_per_s=0.0,
    zone_reclaim_success_per_s=0.0,
    zone_reclaim_failed_per_s=0.0,
    refault_pages_per_s=0.0,
    refault_anon_pages_per_s=0.0,
    refault_file_pages_per_s=0.0,
    swapin_pages_per_s=0.0,
    swapout_pages_per_s=0.0,
    majfault_per_s=2.0,
    pgpgin_kib_per_s=48.0,
    compact_stall_per_s=0.0,
    compact_fail_per_s=0.0,
    thp_fault_fallback_per_s=0.0,
    oom_kill_count=0,
    oom_kill_since_boot_count=0,
)

STALL = StallTime(interval_s=1.0, memory_some_ratio=0.0, memory_full_ratio=0.0, io_full_ratio=0.0)

ZONE = ZonePosition(
    node_id=0,
    zone="Normal",
    managed_pages=2_000_000,
    free_pages=300_000,
    min_pages=16_000,
    low_pages=20_000,
    high_pages=24_000,
    boost_pages=0,
    protection_pages=0,
    position="above high",
    is_protected=False,
)

NODE = NodeHeadroom(
    node_id=0,
    slack_pages=280_000,
    gap_pages=4_000,
    free_pages=300_000,
    managed_pages=2_000_000,
    position="above high",
    kswapd_state="asleep",
    kswapd_cpu_ratio=0.0,
    is_hopeless=False,
)

AVAILABILITY = Availability(
    page_size_bytes=4096,
    mem_total_pages=2_000_000,
    available_pages=1_200_000,
    computed_available_pages=1_200_000,
    totalreserve_pages=26_000,
    above_min_pages=1_300_000,
    swap_total_pages=524_288,
    swap_free_pages=500_000,
)

MEMINFO = Meminfo(
    mem_total_kib=8_000_000,
    mem_free_kib=1_200_000,
    mem_available_kib=4_800_000,
    swap_total_kib=2_097_152,
    swap_free_kib=2_000_000,
    commit_limit_kib=6_097_152,
    committed_as_kib=3_000_000,
)

VMSTAT = vmstat.parse("oom_kill 0\ndrop_pagecache 0\ndrop_slab 0\n")

WRITEBACK = Writeback(
    dirty_pages=900,
    writeback_pages=0,
    threshold_pages=320_000,
    background_pages=160_000,
    written_bytes_per_s=2_000_000.0,
    was_busy=False,
    page_size_bytes=4096,
)

BUDDYINFO = Buddyinfo(
    zones=(
        BuddyZone(
            node_id=0,
            name="Normal",
            free_blocks_count=(5_000, 3_000, 900, 400, 200, 100, 60, 30, 10, 7, 260),
        ),
    )
)

KERNEL = KernelGrowth(
    total_kib=8_000_000,
    interval_s=1.0,
    parts=(
        KernelPart(
            name="slab, unreclaimable", size_kib=210_000, growth_kib_per_s=12.0, source="SUnreclaim"
        ),
    ),
)

BEHAVIOUR = behaviour_at(version.parse("Linux version 6.1.0 (builder)"))

SYSCTL = VmSysctl(
    swappiness_count=60,
    min_free_kib=67_584,
    watermark_scale_factor_permyriad=10,
    zone_reclaim_mode=0,
    overcommit_memory_mode=0,
    overcommit_ratio_pct=50,
)

CGROUP = LimitedCgroup(
    path="/system.slice/web.service",
    interval_s=1.0,
    current_bytes=200 << 20,
    limit_bytes=512 << 20,
    limit_file="memory.max",
    usage_ratio=0.39,
    is_at_limit=False,
    limit_hit_count=0,
    oom_count=0,
    oom_kill_count=0,
    memory_full_ratio=0.0,
    full_avg10_ratio=0.0,
)

VICTIM = Victim(
    pid_id=100,
    comm="worker",
    scope=HOST,
    points_pages=400_000,
    oom_score=770,
    kernel_oom_score=770,
    oom_score_adj=0,
    killable=True,
    rss_pages=390_000,
    swap_pages=9_000,
    page_table_pages=1_000,
)

_UNLIKELY_RATIO = 0.02
_DRIVER = Driver(
    name="bursts",
    value=48.0,
    unit="MiB",
    text="bursts of 48 MiB in 0.2 s against a gap of 12.0 MiB",
    weight_ratio=1.3,
)
KIN = Kin(
    pid_id=100,
    comm="worker",
    oom_score_adj=0,
    cgroup_path="/system.slice/worker.service",
    unit="worker.service",
    parent_pid_id=None,
    parent_comm=None,
    parent_adj=None,
    is_init_child=True,
)

_QUIET_LINE = PressureLine(avg10_pct=0.0, avg60_pct=0.0, avg300_pct=0.0, stall_us_total=7)


def outlook(likely: Mapping[str, float] | None = None) -> Outlook:
    """Two readings one second apart, of ten seconds ahead: all unlikely but what is ``likely``."""
    forecasts = tuple(
        Forecast(
            event=event,
            scope=HOST,
            horizon_s=10.0,
            probability_ratio=ratio,
            low_ratio=ratio / 2,
            high_ratio=min(ratio * 1.1, 0.99),
            reason=None,
            drivers=(_DRIVER,) if ratio > _UNLIKELY_RATIO else (),
        )
        for event, ratio in (
            (event, (likely or {}).get(event, _UNLIKELY_RATIO)) for event in EVENTS
        )
    )
    return Outlook(
        time_s=71.0,
        span_s=1.0,
        samples_count=2,
        forecasts=forecasts,
        times=(),
        full_stall_s_by_horizon=((10.0, 0.4),),
        refusal=None,
    )


UNFORESEEN = Outlook(
    time_s=71.0,
    span_s=0.0,
    samples_count=1,
    forecasts=(),
    times=(),
    full_stall_s_by_horizon=(),
    refusal="one reading only: nothing is known of what grows",
)


def facts(*changed: object) -> Facts:
    """The quiet host's facts, with those given in place of its own of the same type."""
    quiet: tuple[object, ...] = (
        ACTIVITY,
        STALL,
        Headroom(zones=(ZONE,), nodes=(NODE,)),
        AVAILABILITY,
        MEMINFO,
        SYSCTL,
        CgroupLimits(groups=(CGROUP,), is_complete=True),
        VictimOrder(by_scope={HOST: (VICTIM,)}, total_pages=2_524_288),
        Kinship(by_pid={VICTIM.pid_id: KIN}),
        VMSTAT,
        WRITEBACK,
        BUDDYINFO,
        KERNEL,
        GroupSettings(groups=()),
        BEHAVIOUR,
        MemoryPressure(some=_QUIET_LINE, full=_QUIET_LINE),
        outlook(),
    )
    return Facts.of(*quiet, *changed)


def node_facts(**changes: object) -> Headroom:
    """The quiet host's one node with ``changes``."""
    return Headroom(zones=(ZONE,), nodes=(replace(NODE, **changes),))  # type: ignore[arg-type]

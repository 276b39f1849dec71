"""One canonical report for every format: a WARNING, an INFO, quiet rules, and rules not judged."""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from vmadvisor.advise.finding import HOST, Remedy
from vmadvisor.advise.judge import judge
from vmadvisor.advise.report import Host, Report
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.rules import _examples as quiet
from vmadvisor.kernel.min_free import MinFree
from vmadvisor.kernel.scan_balance import ScanBalance
from vmadvisor.model.arithmetic import Arithmetic, Recomputed
from vmadvisor.model.consumers import CgroupSize, Consumers, ProcessSize
from vmadvisor.model.facts import Availability, Facts, VictimOrder
from vmadvisor.model.forecast import Driver, Forecast, Outlook, Quantiles
from vmadvisor.model.fragmentation import Fragmentation, FreeBySize
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.limits import CgroupLimits
from vmadvisor.model.memory_use import MemoryUse, Part
from vmadvisor.model.order_room import OrderRoom
from vmadvisor.model.own_map import OwnEvent, OwnMap
from vmadvisor.model.past import COUNTERS as PAST_COUNTERS
from vmadvisor.model.past import (
    NodePoint,
    Past,
    PastKill,
    PastVerdict,
    Point,
    Said,
    setting_changes,
)
from vmadvisor.model.rates import ReclaimActivity, StallTime
from vmadvisor.render import draw
from vmadvisor.snapshot import Gap
from vmadvisor.sources import pressure, vmstat
from vmadvisor.sources.zoneinfo import NodeStats

CANONICAL_IDS = {"VMA-FORESEEN-002",
    "VMA-OOM-001", "VMA-RECLAIM-001", "VMA-AVAIL-001", "VMA-ZONE-001", "VMA-SWAP-001",
    "VMA-COMPACT-001", "VMA-CGROUP-001", "VMA-VICTIM-001", "VMA-NUMA-001", "VMA-COMMIT-001",
    "VMA-PSI-001",
}  # fmt: skip
"""Asked of this report, so that a new rule does not change every golden file."""

REMEDY = Remedy(
    command="echo -500 > /proc/4194303/oom_score_adj",
    undo="echo 0 > /proc/4194303/oom_score_adj",
    effect="it moves behind others in the order",
    risk="another process is killed in its place; a leak in this one then hits its neighbours first",
)
ACTIVITY = replace(
    quiet.ACTIVITY,
    scan_kswapd_pages_per_s=5_400.0,
    scan_direct_pages_per_s=900.0,
    steal_pages_per_s=4_725.0,
    steal_kswapd_pages_per_s=4_200.0,
    steal_direct_pages_per_s=525.0,
    efficiency_ratio=0.75,
    allocstall_per_s=41.0,
    pageoutrun_per_s=3.0,
    low_wmark_hit_quickly_per_s=2.0,
    high_wmark_hit_quickly_per_s=1.0,
    refault_pages_per_s=260.0,
    refault_anon_pages_per_s=60.0,
    refault_file_pages_per_s=200.0,
    swapin_pages_per_s=0.04,
    swapout_pages_per_s=70.0,
    majfault_per_s=12.34,
    pgpgin_kib_per_s=1_730.0,
    compact_stall_per_s=None,
    oom_kill_count=None,
    oom_kill_since_boot_count=None,
)
STALL = StallTime(interval_s=1.0, memory_some_ratio=0.5, memory_full_ratio=0.22, io_full_ratio=0.1)
DMA = replace(
    quiet.ZONE,
    zone="DMA",
    managed_pages=3_840,
    free_pages=3_800,
    min_pages=30,
    low_pages=37,
    high_pages=44,
    protection_pages=3_019,
)
NORMAL = replace(quiet.ZONE, free_pages=21_000, position="low to high")
NODE = replace(
    quiet.NODE,
    slack_pages=1_000,
    free_pages=24_800,
    position="low to high",
    kswapd_state="running",
    kswapd_cpu_ratio=0.62,
)
VICTIMS = (
    replace(quiet.VICTIM, pid_id=4_194_303, comm="postgres", points_pages=910_000),
    replace(quiet.VICTIM, pid_id=201, comm="worker", points_pages=420_000, oom_score_adj=250),
    replace(quiet.VICTIM, pid_id=202, comm="backup", points_pages=31_000, oom_score_adj=-100),
    replace(quiet.VICTIM, pid_id=203, comm="cron", points_pages=1_900),
)
USE = MemoryUse(
    total_kib=8_000_000,
    parts=(
        Part(name="free", size_kib=99_200, source="MemFree - Unaccepted"),
        Part(name="anonymous", size_kib=5_300_000, source="AnonPages"),
        Part(name="file cache", size_kib=2_400_000, source="Buffers + Cached - Shmem"),
        Part(name="zram", size_kib=0, source="zram mm_stat mem_used_total"),
        Part(name="unaccounted", size_kib=200_800, source="MemTotal less all above"),
    ),
    missing=(),
)
ARITHMETIC = Arithmetic(
    numbers=(
        Recomputed(name="MemAvailable", computed_pages=1_200_000, kernel_pages=1_200_000,
                   source="/proc/meminfo MemAvailable"),
        Recomputed(name="CommitLimit", computed_pages=1_524_288, kernel_pages=1_524_291,
                   source="/proc/meminfo CommitLimit"),
        Recomputed(name="dirty threshold", computed_pages=None, kernel_pages=77,
                   source="/proc/vmstat nr_dirty_threshold"),
    ),
    marks_agreement=(("equal", 2),),
    protection_agreement=(("equal", 1), ("stale", 1)),
    min_free=MinFree(kib=67_584, automatic_kib=11_313, recalculated_kib=11_290,
                     khugepaged_kib=67_585, origin="khugepaged", missing=()),
    scan_balance=(ScanBalance(node_id=0, rule=None, anon_min_permyriad=None,
                              anon_max_permyriad=None, unknown=("priority",)),),
)  # fmt: skip
LRU = NodeStats(
    node_id=0,
    nr_active_anon_pages=700_000,
    nr_inactive_anon_pages=625_000,
    nr_active_file_pages=340_000,
    nr_inactive_file_pages=260_000,
    nr_unevictable_pages=None,
    nr_slab_reclaimable_pages=9_000,
    nr_slab_unreclaimable_pages=8_000,
    nr_dirty_pages=70,
    nr_writeback_pages=6,
)
POSTGRES = ProcessSize(
    pid_id=4_194_303,
    comm="postgres",
    rss_pages=880_000,
    swap_pages=9_000,
    oom_score_adj=0,
    cgroup_path="/system.slice/postgresql.service",
    growth_pages_per_s=-128.0,
)
WORKER = ProcessSize(
    pid_id=201,
    comm="worker",
    rss_pages=410_000,
    swap_pages=None,
    oom_score_adj=None,
    cgroup_path=None,
    growth_pages_per_s=1_536.0,
)
COUNTERS = vmstat.parse("""\
allocstall_dma 2
allocstall_normal 311
allocstall_movable 29
pgscan_kswapd 7001
pgscan_direct 53
pgsteal_kswapd 6007
pgsteal_direct 41
pgsteal_khugepaged 3
workingset_refault_anon 17
workingset_refault_file 190
pswpin 5
pswpout 23
pageoutrun 13
""")
MEMORY_PRESSURE = pressure.parse_memory("""\
some avg10=1.00 avg60=2.00 avg300=3.00 total=2500000
full avg10=0.50 avg60=1.50 avg300=2.50 total=1250000
""")
OWN_MAP = OwnMap(
    fitted_utc="2026-01-02T03:04:05Z",
    model_id="abc",
    events={"oom": OwnEvent(shift=0.1, scale_ratio=0.9, spread=0.3, instants_count=70,
                            onsets_count=21, skill_ratio=0.125)},
)  # fmt: skip
CGROUPS = (
    CgroupSize(path="/system.slice/postgresql.service", current_bytes=3_700_000_000,
               max_bytes=None, swap_current_bytes=36_864_000, growth_bytes_per_s=None),
    CgroupSize(path="/jobs", current_bytes=1_700_000_000, max_bytes=2_000_000_000,
               swap_current_bytes=0, growth_bytes_per_s=6_291_456.0),
)  # fmt: skip


def _canonical() -> Report:
    """A busy host of 8 GiB; its cgroup files and a second of its counters could not be read."""
    facts = quiet.facts(
        ACTIVITY,
        STALL,
        Headroom(zones=(DMA, NORMAL), nodes=(NODE,)),
        VictimOrder(by_scope={HOST: VICTIMS}),
        replace(quiet.VMSTAT, oom_kill_total=None),
        OUTLOOK,
    )
    unread = {CgroupLimits}
    known = Facts({kind: fact for kind, fact in facts.by_type.items() if kind not in unread})
    judgement = judge(known, [rule for rule in RULES if rule.id in CANONICAL_IDS])
    foreseen, loud, quiet_one = judgement.findings
    judgement = replace(judgement, findings=(foreseen, loud, replace(quiet_one, remedy=REMEDY)))
    return Report(
        host=Host(
            hostname="db1",
            kernel_release="6.1.0-18-amd64",
            arch="x86_64",
            page_size_bytes=4096,
            boot_id="0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
            mem_total_kib=8_000_000,
            swap_total_kib=2_097_152,
            is_live=True,
        ),
        time_utc="2026-02-03T04:05:06Z",
        tool_version="0.0.1",
        snapshot_time_s=1_234.5,
        judgement=judgement,
        processes_seen_count=317,
        process_scan_age_s=0.25,
        headroom=known.get(Headroom),
        activity=known.get(ReclaimActivity),
        stall=known.get(StallTime),
        availability=known.get(Availability),
        memory_use=USE,
        arithmetic=ARITHMETIC,
        fragmentation=FRAGMENTATION,
        lru=(LRU,),
        consumers=Consumers(largest=(POSTGRES, WORKER), growing=(WORKER,), cgroups=CGROUPS),
        victims=known.get(VictimOrder),
        outlook=known.get(Outlook),
        vmstat=COUNTERS,
        memory_pressure=MEMORY_PRESSURE,
        own_map=OWN_MAP,
        reading_s=0.046875,
        gaps=(
            Gap(path="/sys/fs/cgroup", reason="permission denied",
                cost="a group at its limit cannot be told from a host short of memory"),
            *(
                Gap(path=one.rule_id, reason=f"needs {', '.join(one.missing)}",
                    cost=f"not judged: {one.title}")
                for one in judgement.not_judged
            ),
        ),
    )  # fmt: skip


def _forecast(event, horizon_s, probability, low, high, **more) -> Forecast:
    return Forecast(
        event=event, horizon_s=horizon_s, probability_ratio=probability, low_ratio=low, high_ratio=high,
        **{"scope": HOST, "reason": None, "drivers": ()} | more,
    )  # fmt: skip


UNBACKED = "fewer than 20 onsets at a horizon of 600 s in the recordings"
BURSTS = Driver(
    name="bursts", value=48.0, unit="MiB", text="bursts of 48 MiB in 0.2 s against a gap of 12.0 MiB",
    weight_ratio=1.4,
)  # fmt: skip
OUTLOOK = Outlook(
    time_s=1_234.25,
    span_s=1.0,
    samples_count=2,
    forecasts=(
        _forecast("direct_reclaim", 10.0, 0.97, 0.91, 0.99, drivers=(BURSTS,)),
        _forecast("memory_stall", 10.0, 0.64, 0.4, 0.82, drivers=(BURSTS,)),
        _forecast("oom", 10.0, 0.13, 0.05, 0.31),
        _forecast("oom_global", 10.0, 0.03, 0.01, 0.09),
        _forecast("oom", 10.0, 0.11, 0.04, 0.27, scope="/web"),
        _forecast("oom_global", 30.0, 0.06, 0.02, 0.17),
        _forecast("oom_global", 600.0, None, None, None, reason=UNBACKED),
    ),
    times=(
        Quantiles(what="low mark", p10_s=0.4, p50_s=0.9, p90_s=3.25, is_extrapolated=False),
        Quantiles(what="oom", p10_s=41.0, p50_s=7_200.0, p90_s=None, is_extrapolated=True),
    ),
    full_stall_s_by_horizon=((10.0, 1.25),),
    refusal=None,
)

FRAGMENTATION = Fragmentation(
    by_zone=(
        FreeBySize(
            node_id=0,
            zone="Normal",
            migrate_type=None,
            free_pages=317,
            costly_pages=272,
            largest_order=6,
            is_at_least=False,
        ),
    ),
    by_type=(),
    by_order=(
        OrderRoom(
            order=0,
            task_requests_left_count=287,
            kernel_requests_left_count=251,
            task_gone_per_s=41.5,
            kernel_gone_per_s=None,
        ),
        OrderRoom(
            order=1,
            task_requests_left_count=19,
            kernel_requests_left_count=13,
            task_gone_per_s=-3.5,
            kernel_gone_per_s=0.0,
        ),
    ),
)


@pytest.fixture
def report() -> Report:
    return _canonical()


HOSTILE_NAMES = (
    "line\nbreak",
    "clear\x1b[2J\x1b[31mred",
    "\u202egnp.exe\u202c",
    "[bold]markup[/bold]",
    "[red]x[/]",
    "cut\udcc3\udc28",
    "lone\ud800",
    "tab\tand\rreturn",
    "bar|'x'=1;2",
    "\u200bzero\u2060width\ufeff",
    "\u2028separator\u2029",
    "\x9b31mC1",
    "a" * 300,
    "漢字" * 9,
    ":smile:",
    "",
)


@pytest.fixture(params=HOSTILE_NAMES, ids=[ascii(name)[:24] for name in HOSTILE_NAMES])
def hostile_name(request) -> str:
    return request.param


@pytest.fixture
def named_by_an_enemy(report, advice) -> Callable[[str], Report]:
    """The canonical report with this name wherever somebody else chooses one."""

    def build(name: str) -> Report:
        assert report.victims is not None
        assert report.consumers is not None
        path = "/" + name
        findings = tuple(
            replace(finding, scope=path, title=f"{finding.title} {name}")
            for finding in report.judgement.findings
        )
        largest = tuple(
            replace(one, comm=name, cgroup_path=path) for one in report.consumers.largest
        )
        return replace(
            report,
            host=replace(report.host, hostname=name, kernel_release=name),
            judgement=replace(
                report.judgement,
                findings=findings,
                recommendations=(
                    replace(
                        advice,
                        scope=path,
                        claim=name,
                        command=f"do {name}",
                        undo=f"undo {name}",
                        persist=f"in {name}",
                    ),
                ),
            ),
            consumers=replace(
                report.consumers,
                largest=largest,
                cgroups=tuple(replace(one, path=path) for one in report.consumers.cgroups),
            ),
            victims=VictimOrder(
                by_scope={
                    scope: tuple(replace(one, comm=name) for one in order)
                    for scope, order in report.victims.by_scope.items()
                }
                | {path: ()}
            ),
            gaps=(*report.gaps, Gap(path=path, reason=name, cost=name)),
        )

    return build


def _point(index: int, **more) -> Point:
    """Every ten seconds; every gauge, counter and mark another number, and all but settings in motion."""
    mib = 2**20
    gauges = {
        "total_bytes": 8_000 * mib, "available_bytes": (4_000 - 30 * index) * mib,
        "free_bytes": (900 - 11 * index) * mib, "min_bytes": 67 * mib, "low_bytes": 84 * mib,
        "high_bytes": 101 * mib, "anon_bytes": (3_000 + 29 * index) * mib, "shmem_bytes": 210 * mib,
        "file_bytes": (3_100 - 19 * index) * mib, "slab_reclaimable_bytes": 320 * mib,
        "slab_unreclaimable_bytes": 130 * mib, "swap_total_bytes": 2_048 * mib,
        "swap_free_bytes": (2_040 - index) * mib,
    }  # fmt: skip
    counters = {
        name: 1_000 * place + (place + 1) * index * index
        for place, name in enumerate(PAST_COUNTERS)
    } | {"oom_kill_total": int(index >= 30)}
    node = NodePoint(
        node_id=0, free_bytes=(900 - 11 * index) * mib, min_bytes=67 * mib, low_bytes=84 * mib,
        high_bytes=101 * mib,
    )  # fmt: skip
    return Point(
        **{
            "time_utc_s": 1_770_000_000.0 + 10 * index, "boot_id": "boot-1", "origin": "sample",
            "gauges": gauges, "counters": counters, "nodes": (node,),
            "settings": {"vm.swappiness": "60" if index < 20 else "10"},
        }
        | more
    )  # fmt: skip


def _said(index: int, probability: float, came) -> Said:
    return Said(
        time_utc_s=1_770_000_000.0 + 10 * index, event="oom_global", scope=HOST, horizon_s=10.0,
        probability_ratio=probability, low_ratio=probability / 2, high_ratio=(1 + probability) / 2,
        came=came,
    )  # fmt: skip


def _verdict(index: int, status: str, headline: str) -> PastVerdict:
    time_s = 1_770_000_000.0 + 10 * index
    return PastVerdict(time_utc_s=time_s, status=status, finding_ids=(), headline=headline)


@pytest.fixture
def past() -> Past:
    """Forty readings: one setting changed, one kill after an alarm, a verdict that went up."""
    points = tuple(_point(index) for index in range(40))
    said = (
        *(_said(index, 0.02 + index / 1_000, came=False) for index in range(28)),
        _said(28, 0.64, came=False),
        _said(29, 0.83, came=True),
        _said(30, 0.31, came=None),
    )
    kill = PastKill(
        time_utc_s=points[30].time_utc_s - 4, count=1, victim="java", scope=HOST, foreseen=said[29]
    )
    return Past(
        hostname="db1",
        points=points,
        said=said,
        verdicts=(
            _verdict(0, "OK", ""),
            _verdict(29, "CRITICAL", "The OOM killer is likely to strike"),
        ),
        changes=tuple(setting_changes(points)),
        kills=(kill,),
    )


@pytest.fixture
def past_by_an_enemy(past) -> Callable[[str], Past]:
    """The past with this name wherever somebody else chooses one."""

    def build(name: str) -> Past:
        return replace(
            past,
            hostname=name,
            verdicts=tuple(replace(one, headline=f"it was {name}") for one in past.verdicts),
            changes=tuple(replace(one, key=name, before=name, after=name) for one in past.changes),
            kills=tuple(replace(one, victim=name, scope="/" + name) for one in past.kills),
        )

    return build


@pytest.fixture
def without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    draw.why_not.cache_clear()
    yield
    draw.why_not.cache_clear()

"""One frame of the live view in which every number is another, for the tests of all who show it."""

from vmadvisor.advise.finding import Severity
from vmadvisor.advise.report import Host
from vmadvisor.kernel.oom import Victim
from vmadvisor.model.forecast import Forecast, Outlook, Quantiles
from vmadvisor.model.headroom import Headroom, NodeHeadroom, ZonePosition
from vmadvisor.model.limits import LimitedCgroup
from vmadvisor.model.rates import ReclaimActivity, StallTime
from vmadvisor.model.reclaimers import Reclaimer
from vmadvisor.records import replace
from vmadvisor.render.live.frame import Extras, Frame, Ranked, Verdict, Waiter, Waits

HOSTILE = "\x1b[31m[red]x[/]\n"
"""A process's name: a terminal's sequence, rich's and textual's markup, a new line."""

_RATES = {
    "scan_kswapd_pages_per_s": 410.0,
    "scan_direct_pages_per_s": 35.0,
    "steal_pages_per_s": 402.0,
    "steal_kswapd_pages_per_s": 380.0,
    "steal_direct_pages_per_s": 22.0,
    "efficiency_ratio": 0.903,
    "allocstall_per_s": 7.0,
    "refault_anon_pages_per_s": 61.0,
    "refault_file_pages_per_s": 203.0,
    "swapin_pages_per_s": 17.0,
    "swapout_pages_per_s": 71.0,
    "majfault_per_s": 12.0,
}


def _forecast(event: str, horizon_s: float, ratio: float, scope: str = "host") -> Forecast:
    return Forecast(
        event=event, scope=scope, horizon_s=horizon_s, probability_ratio=ratio, low_ratio=ratio / 2,
        high_ratio=min(1.0, ratio * 1.25), reason=None,
    )  # fmt: skip


OUTLOOK = Outlook(
    time_s=41.5,
    span_s=30.0,
    samples_count=31,
    forecasts=(
        _forecast("direct_reclaim", 10.0, 0.61),
        _forecast("memory_stall", 10.0, 0.27),
        _forecast("oom", 10.0, 0.44),
        _forecast("oom_global", 10.0, 0.36),
        _forecast("oom", 10.0, 0.52, "/db.slice/db.service"),
        _forecast("direct_reclaim", 30.0, 0.72),
        _forecast("memory_stall", 30.0, 0.33),
        _forecast("oom", 30.0, 0.81),
        _forecast("oom_global", 30.0, 0.66),
    ),
    times=(
        Quantiles(what="low mark", p10_s=1.0, p50_s=2.3, p90_s=4.0, is_extrapolated=False),
        Quantiles(what="first stall", p10_s=2.0, p50_s=3.4, p90_s=5.0, is_extrapolated=False),
        Quantiles(what="oom", p10_s=6.0, p50_s=8.1, p90_s=12.0, is_extrapolated=False),
    ),
    full_stall_s_by_horizon=(),
    refusal=None,
)


def victim(pid: int, comm: str, points: int, rss: int, swap: int, adj: int = 0) -> Victim:
    return Victim(
        pid_id=pid, comm=comm, scope="host", points_pages=points, oom_score=points // 100,
        kernel_oom_score=None, oom_score_adj=adj, killable=adj != -1000, rss_pages=rss,
        swap_pages=swap, page_table_pages=1,
    )  # fmt: skip


VICTIMS = (
    victim(4711, "leaky", 43_122, 40_000, 512),
    victim(812, HOSTILE, 9_001, 8_192, 4_096),
    victim(99, "big", 700, 65_536, 256, adj=-300),
    victim(1, "systemd", 0, 2_560, 64, adj=-1000),
)


def frame(**changes: object) -> Frame:
    """The frame, with other fields where given."""
    activity = ReclaimActivity(
        **{
            name: None
            for name in ReclaimActivity.__record_names__
            if name not in {"interval_s", "is_since_boot", "oom_kill_count", *_RATES}
        },
        **_RATES, interval_s=1.0, is_since_boot=False, oom_kill_count=2,
    )  # fmt: skip
    zone = ZonePosition(
        node_id=0, zone="Normal", managed_pages=100_000, free_pages=1_600, min_pages=1_024,
        low_pages=1_280, high_pages=1_536, boost_pages=0, protection_pages=0,
        position="above high", is_protected=False,
    )  # fmt: skip
    short = replace(zone, node_id=1, free_pages=1_100, position="min to low")
    node = NodeHeadroom(
        node_id=0, slack_pages=320, gap_pages=256, free_pages=1_600, managed_pages=100_000,
        position="above high", kswapd_state="running", kswapd_cpu_ratio=0.3, is_hopeless=False,
    )  # fmt: skip
    group = LimitedCgroup(
        path="/db.slice/db.service", interval_s=1.0, current_bytes=99 * 2**20,
        limit_bytes=100 * 2**20, limit_file="memory.max", usage_ratio=0.99, is_at_limit=True,
        limit_hit_count=3, oom_count=0, oom_kill_count=0, memory_full_ratio=0.11,
        full_avg10_ratio=0.2,
    )  # fmt: skip
    extras = Extras(
        verdict=Verdict(time_s=40.0, status=Severity.WARNING, titles=("Tasks stall", "Swap is full")),
        because="free memory of 37 MiB goes at 4.0 MiB/s",
        ranked=Ranked(time_s=41.0, seen_count=77, victims=VICTIMS),
        waits=Waits(
            interval_s=5.0,
            waiters=(
                Waiter(pid_id=4711, comm="leaky", lost_s=2.5, reclaim_s=1.5, swapin_s=0.25,
                       thrashing_s=1.0, compact_s=None),
            ),
        ),
        time_utc_s=None,
    )  # fmt: skip
    known = {
        "time_s": 41.5,
        "interval_s": 1.0,
        "host": Host(
            hostname="db1", kernel_release="6.12.9", arch="x86_64", page_size_bytes=4096, boot_id=None,
            mem_total_kib=2 * 2**20, swap_total_kib=2**20, is_live=False,
        ),
        "slack_pages": 320,
        "gap_pages": 256,
        "available_pages": 9_728,
        "swap_free_pages": 768,
        "headroom": Headroom(zones=(zone, short), nodes=(node,)),
        "activity": activity,
        "stall": StallTime(
            interval_s=1.0, memory_some_ratio=0.213, memory_full_ratio=0.083, io_full_ratio=0.01
        ),
        "reclaimers": (
            Reclaimer(name="kswapd", scan_pages_per_s=410.0, steal_pages_per_s=380.0),
            Reclaimer(name="direct", scan_pages_per_s=35.0, steal_pages_per_s=22.0),
            Reclaimer(name="khugepaged", scan_pages_per_s=5.0, steal_pages_per_s=4.0),
            Reclaimer(name="proactive", scan_pages_per_s=None, steal_pages_per_s=None),
            Reclaimer(name="memcg", scan_pages_per_s=19.0, steal_pages_per_s=11.0),
        ),
        "groups": (group,),
        "outlook": OUTLOOK,
        "extras": extras,
        "gaps_count": 2,
        "gaps": (("/proc/a", "permission denied"), ("/proc/b", "no such file")),
    }  # fmt: skip
    return Frame(**{**known, **changes})

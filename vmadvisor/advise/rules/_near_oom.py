"""A host about to meet the OOM killer, for the relief rule's own case: 190 MiB left, going at 38 MiB/s."""

from dataclasses import replace

from vmadvisor.advise.rules import _examples as host
from vmadvisor.model.consumers import Consumers, ProcessSize
from vmadvisor.model.facts import Facts
from vmadvisor.model.forecast import HOST, Forecast, Outlook, Quantiles
from vmadvisor.model.stock import Stock
from vmadvisor.snapshot import CgroupScan
from vmadvisor.sources import cgroup

PATH = "/system.slice/batch.service"

OUTLOOK = Outlook(
    time_s=77.0,
    span_s=1.0,
    samples_count=2,
    forecasts=(
        Forecast(
            event="oom_global",
            scope=HOST,
            horizon_s=30.0,
            probability_ratio=0.83,
            low_ratio=0.52,
            high_ratio=0.96,
            reason=None,
        ),
    ),
    times=(Quantiles(what="oom", p10_s=4.0, p50_s=5.0, p90_s=8.0, is_extrapolated=False),),
    full_stall_s_by_horizon=(),
    refusal=None,
)

STOCK = Stock(
    time_s=77.0,
    managed_pages=2_000_000,
    free_pages=25_000,
    slack_pages=1_000,
    gap_pages=4_000,
    above_min_pages=9_000,
    min_pages=16_000,
    file_pages=39_000,
    easy_pages=40_000,
    stock_pages=48_640,
    swap_room_pages=0,
    taken_pages=1_900_000,
    lowest_node_ratio=0.5,
)

GROWER = ProcessSize(
    pid_id=4711,
    comm="batch",
    rss_pages=600_000,
    swap_pages=0,
    oom_score_adj=0,
    cgroup_path=PATH,
    growth_pages_per_s=7_000.0,
)


def facts() -> Facts:
    """The quiet host, but that a service has eaten it."""
    group = cgroup.parse({"memory.current": "2500000000\n", "memory.max": "max\n"})
    return host.facts(
        OUTLOOK,
        STOCK,
        replace(host.AVAILABILITY, available_pages=11_000, swap_total_pages=0, swap_free_pages=0),
        replace(host.MEMINFO, active_anon_kib=7_000_000, inactive_anon_kib=300_000),
        Consumers(largest=(GROWER,), growing=(GROWER,), cgroups=()),
        CgroupScan(time_s=77.0, seen_count=1, is_complete=True, groups={PATH: group}),
    )

"""Where memory stands against the kernel's marks: by zone, by node, and for the host."""

from collections.abc import Callable, Iterator

from vmadvisor.advise.report import Report
from vmadvisor.model.facts import Availability
from vmadvisor.model.headroom import NodeHeadroom, ZonePosition
from vmadvisor.render.metrics._metric import Metric, Sample, Value, bytes_of, one


def _zone(name: str, help_: str, pages: Callable[[ZonePosition], int | None]) -> Metric:
    def samples(report: Report) -> Iterator[Sample]:
        for zone in () if report.headroom is None else report.headroom.zones:
            value = bytes_of(pages(zone), report.host.page_size_bytes)
            yield (str(zone.node_id), zone.zone), value

    return Metric(
        name=f"vmadvisor_zone_{name}_bytes",
        help=f"{help_} Source: /proc/zoneinfo.",
        labels=("node", "zone"),
        samples=samples,
    )


def _node(name: str, help_: str, value: Callable[[NodeHeadroom, int | None], Value]) -> Metric:
    def samples(report: Report) -> Iterator[Sample]:
        for node in () if report.headroom is None else report.headroom.nodes:
            yield (str(node.node_id),), value(node, report.host.page_size_bytes)

    return Metric(name=f"vmadvisor_node_{name}", help=help_, labels=("node",), samples=samples)


def _host(name: str, help_: str, pages: Callable[[Availability], int | None]) -> Metric:
    def samples(report: Report) -> Iterator[Sample]:
        now = report.availability
        return one(None if now is None else bytes_of(pages(now), now.page_size_bytes))

    return Metric(name=f"vmadvisor_{name}_bytes", help=help_, samples=samples)


METRICS = (
    _zone("managed", "Pages that the buddy allocator manages.", lambda zone: zone.managed_pages),
    _zone("free", "Free pages.", lambda zone: zone.free_pages),
    _zone("min", "The min mark, boost included.", lambda zone: zone.min_pages),
    _zone("low", "The low mark: below it kswapd wakes.", lambda zone: zone.low_pages),
    _zone("high", "The high mark: above it kswapd sleeps.", lambda zone: zone.high_pages),
    _zone("boost", "What fragmentation adds to the marks (5.0+).", lambda zone: zone.boost_pages),
    _zone(
        "protection",
        "Kept from user requests (lowmem_reserve).",
        lambda zone: zone.protection_pages,
    ),
    _zone(
        "headroom",
        "Free less the low mark and the protection, for user requests; below 0 the zone serves none without waking kswapd.",
        lambda zone: zone.free_pages - zone.low_pages - zone.protection_pages,
    ),
    _node(
        "slack_bytes",
        "Until kswapd wakes: the headroom above 0 of zones that serve user pages. Source: /proc/zoneinfo.",
        lambda node, size: bytes_of(node.slack_pages, size),
    ),
    _node(
        "gap_bytes",
        "From there to the first direct reclaim: low less min of these zones. Source: /proc/zoneinfo.",
        lambda node, size: bytes_of(node.gap_pages, size),
    ),
    _node(
        "kswapd_cpu_ratio",
        "Share of one CPU that the node's kswapd took between two readings. Source: /proc/PID/stat.",
        lambda node, _: node.kswapd_cpu_ratio,
    ),
    _node(
        "kswapd_hopeless",
        "1 where kswapd has given up on the node, else 0. Source: /proc/zoneinfo node_unreclaimable.",
        lambda node, _: None if node.is_hopeless is None else float(node.is_hopeless),
    ),
    _host(
        "available",
        "MemAvailable; before 3.14 recomputed. Source: /proc/meminfo.",
        lambda now: now.available_pages,
    ),
    _host(
        "reserve",
        "totalreserve_pages: high marks and protection, which the kernel keeps from user memory.",
        lambda now: now.totalreserve_pages,
    ),
    _host(
        "above_min",
        "Free and file pages beyond the min marks and protection (should_reclaim_retry): at 0 the OOM killer is next.",
        lambda now: now.above_min_pages,
    ),
    _host("swap_free", "Source: /proc/meminfo SwapFree.", lambda now: now.swap_free_pages),
)

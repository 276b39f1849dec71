"""The tables behind a verdict, one function each: zones, activity, memory, consumers, victims, gaps."""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST
from vmadvisor.advise.report import Report
from vmadvisor.model.fragmentation import Fragmentation
from vmadvisor.render import forecast_text
from vmadvisor.render import quantities as q
from vmadvisor.render.layout import row, table
from vmadvisor.render.parts import Grid
from vmadvisor.render.picture import bar
from vmadvisor.render.style import Style
from vmadvisor.units import KIB_BYTES

BAR_WIDTH = 22
VICTIMS_SHOWN_COUNT = 5
CONSUMERS_SHOWN_COUNT = 5


def zones(report: Report, style: Style) -> Iterator[Grid | str]:
    """Every zone against its marks; a line for each node."""
    if report.headroom is None:
        return
    page = report.host.page_size_bytes
    zones = table(
        "node zone",
        "free against min, low, high",
        "free",
        "min",
        "low",
        "high",
        numbers=(2, 3, 4, 5),
    )
    for zone in report.headroom.zones:
        marks = (zone.min_pages, zone.low_pages, zone.high_pages)
        row(
            zones,
            f"{zone.node_id} {zone.zone}",
            bar(zone.free_pages, marks, BAR_WIDTH, is_unicode=style.is_unicode),
            q.pages(zone.free_pages, page),
            *(q.pages(mark, page) for mark in marks),
        )
    yield zones
    for node in report.headroom.nodes:
        share = (
            "" if node.kswapd_cpu_ratio is None else f" ({q.ratio(node.kswapd_cpu_ratio)} of a CPU)"
        )
        yield (
            f"node {node.node_id}: {q.pages(node.slack_pages, page)} until kswapd wakes, "
            f"then {q.pages(node.gap_pages, page)} to the first stall; kswapd {node.kswapd_state}{share}"
        )


def activity(report: Report) -> Iterator[Grid]:
    """Rates of reclaim and stalls."""
    now, stall, page = report.activity, report.stall, report.host.page_size_bytes
    if now is None:
        return
    since = "average since boot" if now.is_since_boot else f"over {now.interval_s:.1f} s"
    result = table(f"reclaim activity, {since}", "", "", "", numbers=(1, 3))
    full = stall.memory_full_ratio if stall else None
    some = stall.memory_some_ratio if stall else None
    cells = (
        ("scanned by kswapd, pgscank", q.rate(now.scan_kswapd_pages_per_s)),
        ("memory stall, some", q.ratio(some)),
        ("scanned directly, pgscand", q.rate(now.scan_direct_pages_per_s)),
        ("memory stall, full", q.ratio(full)),
        ("freed, pgsteal", q.rate(now.steal_pages_per_s)),
        ("direct reclaims, allocstall", q.rate(now.allocstall_per_s)),
        (
            "efficiency, freed/scanned",
            q.ratio(now.efficiency_ratio) if now.efficiency_ratio is not None else "-",
        ),
        ("compaction stalls", q.rate(now.compact_stall_per_s)),
        ("refaults, anonymous", q.rate(now.refault_anon_pages_per_s)),
        ("refaults, file", q.rate(now.refault_file_pages_per_s)),
        ("swap in", q.pages(now.swapin_pages_per_s, page) + "/s"),
        ("swap out", q.pages(now.swapout_pages_per_s, page) + "/s"),
        ("kswapd runs, pageoutrun", q.rate(now.pageoutrun_per_s)),
        ("major faults", q.rate(now.majfault_per_s)),
        ("kswapd woken: low hit quickly", q.rate(now.low_wmark_hit_quickly_per_s)),
        ("high hit quickly", q.rate(now.high_wmark_hit_quickly_per_s)),
    )
    for left, right in zip(cells[::2], cells[1::2], strict=True):
        row(result, *left, *right)
    yield result


def memory_use(report: Report) -> Iterator[Grid]:
    """What holds the memory."""
    use = report.memory_use
    if use is None:
        return
    result = table("where the memory is", "size", "share", "from", numbers=(1, 2))
    for part in use.parts:
        if part.size_kib:
            share = q.ratio(part.size_kib / use.total_kib) if use.total_kib else q.UNKNOWN
            row(result, part.name, q.size(part.size_kib * KIB_BYTES), share, part.source)
    row(result, "total", q.size(use.total_kib * KIB_BYTES), "100 %", "MemTotal")
    yield result


SCAN_RULES = {
    "file_only_no_swap": "file pages only (no free swap; vm.swappiness has no effect)",
    "file_tiny_anon_only": "anonymous pages only (hardly any file pages are left)",
    "cache_trim_file_only": "file pages only (the cache is large and idle)",
    "swappiness_zero": "file pages only until hardly any are left (vm.swappiness is 0)",
    "fraction": "both, by swappiness and cost",
    "mglru_file_only_no_swap": "file pages only (no free swap; multi-generational LRU)",
    "mglru_swappiness_zero": "file pages only (vm.swappiness is 0; multi-generational LRU)",
    "mglru_file_first": "file pages first (multi-generational LRU)",
    "mglru_anon_first": "anonymous pages first (multi-generational LRU)",
    "mglru_refaults": "both, by refaults (multi-generational LRU)",
}
"""``kernel.scan_balance`` rules in words."""


def _arithmetic(report: Report) -> Iterator[str]:
    found = report.arithmetic
    if found is None:
        return
    marks = ", ".join(f"{zones} {word}" for word, zones in found.marks_agreement)
    parts = [f"marks of the zones {marks}"]
    for item in found.numbers:
        if item.computed_pages is None or item.kernel_pages is None:
            parts.append(f"{item.name} {q.UNKNOWN}")
        else:
            off = item.computed_pages - item.kernel_pages
            parts.append(f"{item.name} {'equal' if off == 0 else f'{off:+d} pages'}")
    yield f"recomputed against the kernel: {'; '.join(parts)}"
    if found.min_free.kib is not None:
        yield f"vm.min_free_kbytes is {found.min_free.kib}, origin: {found.min_free.origin}"
    for balance in found.scan_balance:
        if balance.rule is not None:
            words = SCAN_RULES.get(balance.rule, balance.rule)
            yield f"reclaim on node {balance.node_id} would take {words}"


def _fragmentation(report: Report) -> Iterator[Grid]:
    """Shown where it matters: asked for with --deep, tasks compact memory themselves, a small order is out."""
    found, now = report.fragmentation, report.activity
    compacts = now is not None and not now.is_since_boot and bool(now.compact_stall_per_s)
    if found is None or not (found.by_type or compacts or found.starved_orders):
        return
    yield from _orders(report, found)
    page = report.host.page_size_bytes
    result = table(
        "node zone", "type", "free", "in blocks above order 3", "largest", numbers=(2, 3, 4)
    )
    for one in (*found.by_zone, *found.by_type):
        least = "at least " if one.is_at_least else ""
        row(
            result,
            f"{one.node_id} {one.zone}",
            one.migrate_type or "all",
            least + q.pages(one.free_pages, page),
            least + q.pages(one.costly_pages, page),
            "-" if one.largest_order is None else f"order {one.largest_order}",
        )
    yield result


def _orders(report: Report, found: Fragmentation) -> Iterator[Grid]:
    if not found.by_order:
        return
    page = report.host.page_size_bytes
    result = table(
        "before a stall, of order", "each", "tasks' requests", "going", "the kernel's", "going",
        numbers=range(1, 6),
    )  # fmt: skip
    for one in found.by_order:
        row(
            result,
            str(one.order),
            q.pages(1 << one.order, page),
            q.count(one.task_requests_left_count),
            q.rate(one.task_gone_per_s),
            q.count(one.kernel_requests_left_count),
            q.rate(one.kernel_gone_per_s),
        )
    yield result


def _lru(report: Report) -> Iterator[Grid]:
    if not report.lru:
        return
    page = report.host.page_size_bytes
    result = table(
        "LRU lists", "active anon", "inactive anon", "active file", "inactive file", "unevictable",
        numbers=range(1, 6),
    )  # fmt: skip
    for node in report.lru:
        row(
            result,
            f"node {node.node_id}",
            q.pages(node.nr_active_anon_pages, page),
            q.pages(node.nr_inactive_anon_pages, page),
            q.pages(node.nr_active_file_pages, page),
            q.pages(node.nr_inactive_file_pages, page),
            q.pages(node.nr_unevictable_pages, page),
        )
    yield result


def consumers(report: Report) -> Iterator[Grid]:
    """Processes and cgroups by size and growth."""
    use, page = report.consumers, report.host.page_size_bytes
    if use is None:
        return
    for title, processes in (("largest processes", use.largest), ("growing fastest", use.growing)):
        if not processes:
            continue
        result = table("pid", title, "resident", "swap", "growth", "adj", numbers=(0, 2, 3, 4, 5))
        for process in processes[:CONSUMERS_SHOWN_COUNT]:
            growth = process.growth_pages_per_s
            row(
                result,
                str(process.pid_id),
                process.comm,
                q.pages(process.rss_pages, page),
                q.pages(process.swap_pages, page),
                "-" if growth is None else f"{q.pages(growth, page)}/s",
                q.UNKNOWN if process.oom_score_adj is None else str(process.oom_score_adj),
            )
        yield result
    if use.cgroups:
        result = table("largest cgroups", "current", "limit", "growth", numbers=(1, 2, 3))
        for group in use.cgroups[:CONSUMERS_SHOWN_COUNT]:
            growth = group.growth_bytes_per_s
            row(
                result,
                group.path,
                q.size(group.current_bytes),
                "none" if group.max_bytes is None else q.size(group.max_bytes),
                "-" if growth is None else f"{q.size(growth)}/s",
            )
        yield result


def victims(report: Report) -> Iterator[Grid]:
    """The OOM killer's order."""
    if report.victims is None:
        return
    order = [victim for victim in report.victims.by_scope.get(HOST, ()) if victim.killable]
    if not order:
        return
    result = table("rank", "pid", "next for the OOM killer", "points", "adj", numbers=(0, 1, 3, 4))
    for rank, victim in enumerate(order[:VICTIMS_SHOWN_COUNT], 1):
        row(
            result,
            str(rank),
            str(victim.pid_id),
            victim.comm,
            q.count(victim.points_pages),
            str(victim.oom_score_adj),
        )
    yield result


def gaps(report: Report) -> Iterator[Grid]:
    """What could not be told, why, and what it costs."""
    if not report.gaps:
        return
    result = table("could not be told", "why", "cost")
    for gap in report.gaps:
        row(result, gap.path, gap.reason, gap.cost)
    yield result


def sections(report: Report, style: Style) -> Iterator[Grid | str]:
    """All tables and lines in the order shown, an empty line before each table."""
    for section in (
        forecast_text.sections(report.outlook), zones(report, style), activity(report), memory_use(report), _fragmentation(report), _lru(report),
        consumers(report), victims(report), _arithmetic(report), gaps(report),
    ):  # fmt: skip
        for index, part in enumerate(section):
            if index == 0 or isinstance(part, Grid):
                yield ""
            yield part

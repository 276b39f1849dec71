"""Every zone's free pages against its marks, and what kswapd does."""

from vmadvisor.model.headroom import ZonePosition
from vmadvisor.render import quantities as q
from vmadvisor.render.live.block import Block
from vmadvisor.render.live.frame import Frame
from vmadvisor.render.live.rows import (
    CRITICAL,
    DIM,
    INFO,
    PLAIN,
    TITLE,
    WARNING,
    Cell,
    Characters,
    line,
    table_row,
    wrapped,
)
from vmadvisor.render.picture import bar


def _nearness(zone: ZonePosition) -> tuple[bool, float]:
    """Zones that serve user pages first, the one nearest to its low mark foremost."""
    return zone.is_protected, (zone.free_pages - zone.protection_pages) / max(zone.low_pages, 1)


def zones(frame: Frame, width: int, chars: Characters) -> Block:
    """Every zone's free pages against its marks, the nearest to them first; then kswapd, node by node."""
    page, found = frame.host.page_size_bytes, frame.headroom
    number_width, place_width = 8, 11
    bar_width = max(8, width - place_width - 4 * (number_width + 1) - 1)
    numbers = [Cell(name, number_width, role=TITLE) for name in ("free", "min", "low", "high")]
    wide = bar_width >= len("free against min, low, high")
    title = table_row(
        [
            Cell("node zone", place_width, True, TITLE),
            Cell("free against min, low, high" if wide else "free, marks", bar_width, True, TITLE),
            *numbers,
        ],
        chars.cut,
    )
    if found is None:
        return Block(title=title, rows=(line("zoneinfo could not be read", DIM),), least_count=1)
    rows = []
    for zone in sorted(found.zones, key=_nearness):
        marks = (zone.min_pages, zone.low_pages, zone.high_pages)
        role = {"below min": CRITICAL, "min to low": WARNING}.get(zone.position, PLAIN)
        role = DIM if zone.is_protected else role
        rows.append(
            table_row(
                [
                    Cell(chars.safe(f"{zone.node_id} {zone.zone}"), place_width, True, role),
                    Cell(
                        bar(zone.free_pages, marks, bar_width, is_unicode=chars.is_unicode),
                        bar_width,
                        True,
                        role or INFO,
                    ),
                    Cell(q.pages(zone.free_pages, page), number_width, role=role),
                    *(Cell(q.pages(mark, page), number_width, role=DIM) for mark in marks),
                ],
                chars.cut,
            )
        )
    nodes = [
        line(text, DIM if node.kswapd_state == "asleep" else PLAIN)
        for node in found.nodes
        for text in wrapped(
            f"node {node.node_id}: {q.pages(node.slack_pages, page)} until kswapd wakes, "
            f"{q.pages(node.gap_pages, page)} more to a stall; kswapd {node.kswapd_state}",
            width, 1, chars.cut,
        )
    ]  # fmt: skip
    first = rows[:2]
    return Block(
        title=title,
        rows=(*first, *nodes[:1], *rows[2:], *nodes[1:]),
        least_count=len(first) + len(nodes[:1]),
    )

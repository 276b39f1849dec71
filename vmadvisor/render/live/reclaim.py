"""Who scans and frees, what came back, who lost time for it."""

from collections.abc import Sequence

from vmadvisor.render import quantities as q
from vmadvisor.render.live.block import UNKNOWN, Block, known, role_of
from vmadvisor.render.live.frame import Frame
from vmadvisor.render.live.rows import (
    CRITICAL,
    INFO,
    TITLE,
    WARNING,
    Cell,
    Characters,
    Row,
    Span,
    line,
    table_row,
)

_FULL_WARNING_RATIO, _FULL_CRITICAL_RATIO = 0.05, 0.40
"""As VMA-RECLAIM-001 has them."""


def reclaim(frame: Frame, width: int, chars: Characters) -> Block:
    """Who scans and frees, what came back, who lost time for it."""
    names = [one.name for one in frame.reclaimers] or [
        "kswapd",
        "direct",
        "khugepaged",
        "proactive",
        "memcg",
    ]
    label_width = 15
    cell_width = max(9, min(12, (width - label_width) // 5 - 1))
    label_width = max(label_width, min(24, width - 5 * (cell_width + 1)))
    title = table_row(
        [
            Cell("pages a second", label_width, True, TITLE),
            *(Cell(name, max(cell_width, len(name)), role=TITLE) for name in names),
        ],
        chars.cut,
    )

    def by_who(label: str, numbers: Sequence[float | None]) -> Row:
        cells = [
            Cell(UNKNOWN if n is None else q.rate(n).removesuffix("/s"), max(cell_width, len(name)))
            for n, name in zip(numbers, names, strict=True)
        ]
        return table_row([Cell(label, label_width, True), *cells], chars.cut)

    who = frame.reclaimers
    rows = [
        by_who("scanned", [one.scan_pages_per_s for one in who] or [None] * len(names)),
        by_who("freed", [one.steal_pages_per_s for one in who] or [None] * len(names)),
        _pressure(frame, chars),
        *(line(text) for text in _paging(frame)),
    ]
    return Block(title=title, rows=tuple(rows), least_count=len(rows))


def _paging(frame: Frame) -> tuple[str, ...]:
    """Direct reclaims and what came back; every number in its place."""
    now, page = frame.activity, frame.host.page_size_bytes
    if now is None:
        return ("no rates yet: one reading",)
    efficiency = UNKNOWN if now.efficiency_ratio is None else q.ratio(now.efficiency_ratio)
    swapped = [
        known(q.pages(pages, page) + "/s")
        for pages in (now.swapin_pages_per_s, now.swapout_pages_per_s)
    ]
    refaults = [
        known(q.rate(pages))
        for pages in (now.refault_anon_pages_per_s, now.refault_file_pages_per_s)
    ]
    stalls = (
        f"allocstall {known(q.rate(now.allocstall_per_s)):<8}  freed/scanned {efficiency:<6}"
        f"  refaults anon {refaults[0]:<9}  file {refaults[1]}"
    )
    faults = f"major faults {known(q.rate(now.majfault_per_s))}"
    return stalls, f"swap in {swapped[0]:<11}  swap out {swapped[1]:<11}  {faults}"


def _pressure(frame: Frame, chars: Characters) -> Row:
    """PSI over the interval, each share with its bar; OOM kills where there were any."""
    stall, now = frame.stall, frame.activity
    some = None if stall is None else stall.memory_some_ratio
    full = None if stall is None else stall.memory_full_ratio
    role = role_of(full, _FULL_WARNING_RATIO, _FULL_CRITICAL_RATIO)
    row = [Span("stalled for memory  ")]
    for name, ratio, own in (("some", some, role and WARNING), ("full", full, role)):
        row += [
            Span(f"{name} "),
            Span(_share(ratio, chars), own or INFO),
            Span(f" {UNKNOWN if ratio is None else q.ratio(ratio)}".ljust(9), own),
        ]
    kills = None if now is None else now.oom_kill_count
    if kills:
        row.append(Span(f"OOM kills: {kills}", CRITICAL))
    return tuple(row)


def _share(ratio: float | None, chars: Characters, width: int = 10) -> str:
    full, empty = ("█", "·") if chars.is_unicode else ("#", ".")
    filled = 0 if not ratio else min(width, max(1, round(ratio * width)))
    return full * filled + empty * (width - filled)

"""The processes in the OOM killer's order, or the largest."""

from collections.abc import Callable
from typing import Final

from vmadvisor.kernel.oom import Victim
from vmadvisor.render import quantities as q
from vmadvisor.render.live.block import UNKNOWN, Block, name_width_of
from vmadvisor.render.live.frame import Frame
from vmadvisor.render.live.rows import DIM, PLAIN, STRONG, TITLE, Cell, Characters, line, table_row

SORTS: Final = ("points", "resident", "swap")
"""The first is the kernel's own order."""

_SORT_KEYS: dict[str, Callable[[Victim], tuple[int, int]]] = {
    "resident": lambda one: (-one.rss_pages, one.pid_id),
    "swap": lambda one: (-one.swap_pages, -one.rss_pages),
}


def processes(frame: Frame, width: int, chars: Characters, sort: str) -> Block:
    """The kernel's order, or the largest; the column that is sorted by stands in brackets."""
    ranked, page = frame.extras.ranked, frame.host.page_size_bytes
    widths = {"rank": 5, "pid": 7, "points": 11, "adj": 5, "resident": 10, "swap": 9}
    name_width = name_width_of(width, *widths.values())
    heads = {name: f"[{name}]" if name == sort else name for name in widths}
    what = "next for the OOM killer" if sort == SORTS[0] else f"largest by {sort}"
    title = table_row(
        [
            Cell(heads["rank"], widths["rank"], role=TITLE),
            Cell(heads["pid"], widths["pid"], role=TITLE),
            Cell(what, name_width, True, TITLE),
            *(
                Cell(heads[name], widths[name], role=TITLE)
                for name in ("points", "adj", "resident", "swap")
            ),
        ],
        chars.cut,
    )
    if ranked is None:
        return Block(title=title, rows=(line("no process can be ranked", DIM),), least_count=1)
    ranks = {one.pid_id: rank for rank, one in enumerate(ranked.victims, 1) if one.killable}
    order = ranked.victims
    if sort in _SORT_KEYS:
        order = tuple(sorted(order, key=_SORT_KEYS[sort]))
    rows = tuple(
        table_row(
            [
                Cell(
                    str(ranks.get(one.pid_id, "never")),
                    widths["rank"],
                    role=PLAIN if one.killable else DIM,
                ),
                Cell(str(one.pid_id), widths["pid"]),
                Cell(
                    chars.safe(one.comm),
                    name_width,
                    True,
                    STRONG if ranks.get(one.pid_id) == 1 else PLAIN,
                ),
                Cell(q.count(one.points_pages) if one.killable else UNKNOWN, widths["points"]),
                Cell(str(one.oom_score_adj), widths["adj"]),
                Cell(q.pages(one.rss_pages, page), widths["resident"]),
                Cell(q.pages(one.swap_pages, page), widths["swap"]),
            ],
            chars.cut,
        )
        for one in order
    )
    return Block(title=title, rows=rows, least_count=3)

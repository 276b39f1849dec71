"""Control groups that have a limit, and how near they are to it."""

from vmadvisor.model.events import OOM
from vmadvisor.model.limits import LimitedCgroup
from vmadvisor.render import quantities as q
from vmadvisor.render.live.block import (
    NEAR_S,
    SURE_RATIO,
    Block,
    known,
    name_width_of,
    pct,
    role_of,
)
from vmadvisor.render.live.frame import Frame
from vmadvisor.render.live.rows import (
    DIM,
    PLAIN,
    TITLE,
    WARNING,
    Cell,
    Characters,
    Row,
    line,
    table_row,
)

_AT_LIMIT_RATIO = 0.95


def _tail(path: str, width: int, chars: Characters) -> str:
    """A path's end, which tells more than its beginning."""
    text = chars.safe(path)
    return text if len(text) <= width else chars.cut + text[-(width - 1) :]


def groups(frame: Frame, width: int, chars: Characters) -> Block:
    """Cgroups with a limit, fullest first, and how likely one is to be struck at it."""
    widths = {"used": 9, "limit": 9, "of it": 6, "full": 6, "OOM 10 s": 8}
    name_width = name_width_of(width, *widths.values())
    title = table_row(
        [Cell("limited cgroup", name_width, True, TITLE)]
        + [Cell(name, size, role=TITLE) for name, size in widths.items()],
        chars.cut,
    )
    if not frame.groups:
        return Block(
            title=title, rows=(line("none has a limit, or none could be read", DIM),), least_count=0
        )

    def row(one: LimitedCgroup) -> Row:
        chance = frame.probability_ratio(OOM, NEAR_S, one.path)
        role = WARNING if one.usage_ratio >= _AT_LIMIT_RATIO else PLAIN
        return table_row(
            [
                Cell(_tail(one.path, name_width, chars), name_width, True),
                Cell(q.size(one.current_bytes), widths["used"]),
                Cell(q.size(one.limit_bytes), widths["limit"]),
                Cell(f"{one.usage_ratio:.0%}", widths["of it"], role=role),
                Cell(known(q.ratio(one.memory_full_ratio)), widths["full"]),
                Cell(pct(chance), widths["OOM 10 s"], role=role_of(chance, 0.5, SURE_RATIO)),
            ],
            chars.cut,
        )

    return Block(title=title, rows=tuple(map(row, frame.groups)), least_count=1)

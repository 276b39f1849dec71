"""Who waits for memory, or why nobody can be named."""

from collections.abc import Iterator, Sequence

from vmadvisor.render.delays import seconds as waited
from vmadvisor.render.live.block import UNKNOWN, Block, name_width_of
from vmadvisor.render.live.frame import Frame, Waiter
from vmadvisor.render.live.rows import DIM, TITLE, Cell, Characters, Row, line, table_row, wrapped


def waits(frame: Frame, width: int, chars: Characters) -> Block:
    """Processes by the time that they lost; why none can be named, where so."""
    found = frame.extras.waits
    widths = {"lost": 8, "reclaim": 8, "swap-in": 8, "compact": 8}
    name_width = name_width_of(width, 7, *widths.values())
    since = "" if found is None or found.interval_s is None else f" of {found.interval_s:.0f} s"
    title = table_row(
        [Cell("pid", 7, role=TITLE), Cell(f"waits for memory{since}", name_width, True, TITLE)]
        + [Cell(name, size, role=TITLE) for name, size in widths.items()],
        chars.cut,
    )
    if found is None or found.reason is not None:
        why = "not looked at" if found is None or found.reason is None else found.reason
        rows = tuple(line(text, DIM) for text in wrapped(chars.safe(why), width, 2, chars.cut))
        return Block(title=title, rows=rows, least_count=0)
    rows = tuple(_waiting(found.waiters, name_width, widths, chars))
    nobody = (line("nobody waited", DIM),)
    return Block(title=title, rows=rows or nobody, least_count=1)


def _waiting(
    waiters: Sequence[Waiter], name_width: int, widths: dict[str, int], chars: Characters
) -> Iterator[Row]:
    for one in waiters:
        from_disk = max(one.swapin_s, one.thrashing_s or 0.0)
        numbers = (one.lost_s, one.reclaim_s, from_disk, one.compact_s)
        yield table_row(
            [
                Cell(str(one.pid_id), 7),
                Cell(chars.safe(one.comm), name_width, True),
                *(
                    Cell(UNKNOWN if number is None else waited(number), size)
                    for number, size in zip(numbers, widths.values(), strict=True)
                ),
            ],
            chars.cut,
        )

"""Blocks below one another in the rows there are."""

from collections.abc import Sequence

from vmadvisor.render.live.block import Block
from vmadvisor.render.live.rows import Row, line, ruled


def stacked(parts: Sequence[Block], width: int, height: int, *, is_loose: bool) -> list[Row]:
    """The blocks, each as far as there is room; ``is_loose`` leaves an empty row between two."""
    rows: list[Row] = []
    for part, count in zip(parts, _counts(parts, height, is_loose=is_loose), strict=True):
        if not count:
            continue
        if rows and is_loose:
            rows.append(line(""))
        rows += [ruled(part.title, width), *part.rows[:count]]
    return rows[:height]


def _counts(parts: Sequence[Block], height: int, *, is_loose: bool) -> list[int]:
    """Rows of each: its least, the first blocks first; then what is left is shared out one by one.

    A block that may be left out (``least_count`` 0) comes in once all others have their least.
    """
    counts = [0] * len(parts)
    left = height + (1 if is_loose else 0)  # nothing stands before the first
    by_weight = sorted(range(len(parts)), key=lambda index: parts[index].least_count == 0)
    for index in by_weight:
        least = min(max(1, parts[index].least_count), len(parts[index].rows))
        need = 1 + least + (1 if is_loose else 0)
        if least and need <= left:
            counts[index] = least
            left -= need
    while left > 0:
        growing = [i for i, count in enumerate(counts) if 0 < count < len(parts[i].rows)]
        if not growing:
            break
        for index in growing[:left]:
            counts[index] += 1
            left -= 1
    return counts

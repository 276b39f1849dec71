"""A zone's free pages against its marks, drawn in a line.

███m█l█h██████████▸    far above high
█▌·m·l·h···········    below min
"""

HIGH_SHARE = 0.4
"""The high mark stands at 40 % of the line: what is below it is what matters."""


def bar(free: int, marks: tuple[int, int, int], width: int, *, is_unicode: bool = True) -> str:
    """``width`` characters: filled up to ``free``, the letters m, l, h at min, low, high.

    >>> bar(0, (10, 12, 14), 10, is_unicode=False)
    '..mlh.....'
    >>> bar(100, (10, 12, 14), 10, is_unicode=False)
    '##mlh####>'
    """
    full, empty, more = ("█", "·", "▸") if is_unicode else ("#", ".", ">")
    high = max(marks[2], 1)
    scale = high / HIGH_SHARE
    filled = min(int(free / scale * width), width)
    cells = [full] * filled + [empty] * (width - filled)
    if free > scale:
        cells[-1] = more
    position = width
    for letter, mark in zip("hlm", reversed(marks), strict=True):
        # Marks are drawn apart even where they fall on one cell: the order is what is read.
        position = max(min(int(mark / scale * width), position - 1), 0)
        cells[position] = letter
    return "".join(cells)

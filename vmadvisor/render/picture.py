"""A zone's free pages against its marks, drawn in a line.

███m█l█h██████████▸    far above high
█··m·l·h···········    below min
"""

HIGH_SHARE = 0.4
"""The high mark stands at 40 % of the line: what is below it is what matters."""


def _places(marks: tuple[int, int, int], scale: float, width: int) -> list[int]:
    """A cell for each mark; they are drawn apart even where they fall on one: the order is what is read."""
    places: list[int] = []
    for index, mark in enumerate(marks):
        lowest = places[-1] + 1 if places else 0
        highest = width - len(marks) + index
        places.append(min(max(int(mark / scale * width), lowest), highest))
    return places


def bar(free: int, marks: tuple[int, int, int], width: int, *, is_unicode: bool = True) -> str:
    """``width`` characters (3 or more): filled up to ``free``, the letters m, l, h at min, low, high.

    >>> bar(0, (10, 12, 14), 10, is_unicode=False)
    '..mlh.....'
    >>> bar(100, (10, 12, 14), 10, is_unicode=False)
    '##mlh####>'
    """
    full, empty, more = ("█", "·", "▸") if is_unicode else ("#", ".", ">")
    scale = max(marks[2], 1) / HIGH_SHARE
    filled = min(int(free / scale * width), width)
    cells = [full] * filled + [empty] * (width - filled)
    if free > scale:
        cells[-1] = more
    for letter, place in zip("mlh", _places(marks, scale, width), strict=True):
        cells[place] = letter
    return "".join(cells)

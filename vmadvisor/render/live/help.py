"""What the keys do, and how the screen is read."""

from vmadvisor.render.live.rows import STRONG, TITLE, Row, Span, line, wrapped
from vmadvisor.render.live.view import View

KEYS = (
    ("q, Ctrl-C", "quit"),
    ("p, space", "pause; the host is watched on, a recording stands still"),
    ("left, right", "back and forth through the moments that are kept; pauses"),
    ("home", "the oldest moment that is kept"),
    ("r, end", "resume: follow the newest moment again"),
    ("s", "sort processes by points (the kernel's order), resident size, swap"),
    ("+, -", "a recording faster, slower"),
    ("?", "this help, and away with it"),
)
_WORDS = (
    "Bars: m, l, h are the min, low and high marks; kswapd wakes below l, tasks reclaim for themselves below m.",
    "Forecasts are probabilities; README.md says how good they are. Ticks of the small chart: 0 to 100 %.",
    "points: pages as the OOM killer counts them, oom_score_adj included. [brackets]: what is sorted by.",
    "A dash is a number that could not be had. Nothing here changes the host.",
)


def help_rows(view: View) -> list[Row]:
    """The page of help, all but its last row."""
    width = max(len(keys) for keys, _ in KEYS) + 2
    rows = [line("keys", TITLE)]
    rows += [(Span(f"{keys:<{width}}", STRONG), Span(what)) for keys, what in KEYS]
    rows.append(line(""))
    for words in _WORDS:
        rows += [line(text) for text in wrapped(words, view.width, 2, view.characters.cut)]
    return rows[: view.height - 1] + [line("")] * (view.height - 1 - len(rows))

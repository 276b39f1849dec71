"""What is foreseen: probabilities and what they have been, when what is left runs out, what drives it."""

from collections.abc import Sequence
from typing import Final

from vmadvisor.model.events import DIRECT_RECLAIM, MEMORY_STALL, OOM, OOM_GLOBAL
from vmadvisor.model.forecast import HOST
from vmadvisor.render.forecast_text import times_left_line
from vmadvisor.render.live.block import FAR_S, NEAR_S, SURE_RATIO, Block, pct, role_of
from vmadvisor.render.live.frame import Frame
from vmadvisor.render.live.rows import (
    DIM,
    INFO,
    PLAIN,
    STRONG,
    TITLE,
    Cell,
    Characters,
    line,
    sparkline,
    table_row,
    wrapped,
)

_LIKELY_RATIO = {NEAR_S: 1 / 3, FAR_S: 0.5}
"""As VMA-FORESEEN-001 has them: from here on it warns."""

_EVENTS: Final = (
    (OOM_GLOBAL, "OOM kill of the host"),
    (OOM, "OOM kill, cgroups' too"),
    (MEMORY_STALL, "stall, 5 % of time lost"),
    (DIRECT_RECLAIM, "any direct reclaim"),
)


def forecast(trail: Sequence[Frame], width: int, chars: Characters) -> Block:
    """Probabilities, what they have been, when what is left runs out, what drives it."""
    frame = trail[-1]
    name_width, cell_width = 24, 6
    spark_width = max(0, width - name_width - 2 * (cell_width + 1) - 2)
    title = table_row(
        [
            Cell("likely within", name_width, True, TITLE),
            Cell("10 s", cell_width, role=TITLE),
            Cell("30 s", cell_width, role=TITLE),
            Cell("  10 s ahead, so far".rjust(spark_width + 1), spark_width + 1, True, TITLE),
        ],
        chars.cut,
    )
    found = frame.outlook
    if found is None or found.refusal is not None:
        why = "it takes vmstat, zoneinfo and meminfo" if found is None else found.refusal or ""
        return Block(title=title, rows=(line(f"no forecast: {why}", DIM),), least_count=1)
    rows = []
    for event, name in _EVENTS:
        if event == OOM and not any(
            one.event == OOM and one.scope != HOST for one in found.forecasts
        ):
            continue
        near, far = (frame.probability_ratio(event, h) for h in (NEAR_S, FAR_S))
        so_far = [one.probability_ratio(event, NEAR_S) for one in trail]
        is_counted = event != DIRECT_RECLAIM
        role = role_of(near, _LIKELY_RATIO[NEAR_S], SURE_RATIO) if is_counted else PLAIN
        rows.append(
            table_row(
                [
                    Cell(name, name_width, True, STRONG if role else PLAIN),
                    Cell(pct(near), cell_width, role=role),
                    Cell(
                        pct(far),
                        cell_width,
                        role=role_of(far, _LIKELY_RATIO[FAR_S], SURE_RATIO)
                        if is_counted
                        else PLAIN,
                    ),
                    Cell(
                        " " + sparkline(so_far, spark_width, is_unicode=chars.is_unicode),
                        spark_width + 1,
                        True,
                        role or INFO,
                    ),
                ],
                chars.cut,
            )
        )
    least_count = len(rows)
    times = times_left_line(found)
    for words, most_count in ((times, 1), (frame.extras.because, 2)):
        if words is not None:
            rows += [line(text, DIM) for text in wrapped(words, width, most_count, chars.cut)]
    has_times = times is not None
    return Block(title=title, rows=tuple(rows), least_count=least_count + has_times)

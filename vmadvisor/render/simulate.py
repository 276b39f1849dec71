"""``simulate``: what became of the memory, and what it cost."""

from collections.abc import Callable, Sequence

from vmadvisor.model.simulate.outcome import Instant, Outcome
from vmadvisor.render.json_text import dumps
from vmadvisor.render.style import Style

ROWS_COUNT = 16

_TOTALS = (
    ("stalls_count", "direct reclaims"),
    ("kills_count", "OOM kills"),
    ("blocked_s", "seconds in which nothing could be freed"),
    ("refault_file_pages", "file pages read again"),
    ("swap_out_pages", "pages swapped out"),
    ("swap_in_pages", "pages swapped in"),
)


def first_time_s(trajectory: Sequence[Instant], name: str) -> float | None:
    """When a count of the trajectory first rises; ``None`` if it never does."""
    for instant in trajectory:
        if getattr(instant, name) > 0:
            return instant.time_s
    return None


def as_json(runs: Sequence[Outcome], page_size_bytes: int, style: Style) -> str:
    """Totals with their range over the runs, and the first run's trajectory in bytes."""
    del style
    first = runs[0]
    totals = {name: _range([float(getattr(one, name)) for one in runs]) for name, _ in _TOTALS}
    return dumps(
        {
            "seconds": first.seconds_s,
            "runs": len(runs),
            "totals": totals,
            "first_stall_s": first_time_s(first.trajectory, "stalls_count"),
            "first_kill_s": first_time_s(first.trajectory, "kills_count"),
            "trajectory": [_instant(instant, page_size_bytes) for instant in first.trajectory],
        }
    )


def _range(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"value": ordered[len(ordered) // 2], "low": ordered[0], "high": ordered[-1]}


def _instant(instant: Instant, page_size_bytes: int) -> dict[str, float]:
    return {
        "time_s": round(instant.time_s, 3),
        "free_bytes": instant.free_pages * page_size_bytes,
        "file_bytes": instant.file_pages * page_size_bytes,
        "anon_bytes": instant.anon_pages * page_size_bytes,
        "swapped_bytes": instant.swapped_pages * page_size_bytes,
        "stalls": instant.stalls_count,
        "kills": instant.kills_count,
    }


def as_text(runs: Sequence[Outcome], page_size_bytes: int, style: Style) -> str:
    """The first run's trajectory, thinned, and the totals of all runs."""
    from vmadvisor.render.layout import printed, row, table
    from vmadvisor.render.quantities import count, pages

    first = runs[0].trajectory
    grid = table(
        "time",
        "free",
        "cache",
        "anonymous",
        "swapped",
        "direct reclaims",
        "kills",
        numbers=range(7),
    )
    step = max(1, len(first) // ROWS_COUNT)
    for instant in (*first[::step], first[-1]):
        sizes = (instant.free_pages, instant.file_pages, instant.anon_pages, instant.swapped_pages)
        cells = [pages(size, page_size_bytes) for size in sizes]
        row(
            grid,
            f"{instant.time_s:.1f} s",
            *cells,
            count(instant.stalls_count),
            count(instant.kills_count),
        )
    totals = table(
        f"{runs[0].seconds_s:.0f} s, {len(runs)} runs",
        "median",
        "least",
        "most",
        numbers=range(1, 4),
    )
    for name, label in _TOTALS:
        found = _range([float(getattr(one, name)) for one in runs])
        row(totals, label, *(_short(found[key]) for key in ("value", "low", "high")))
    return printed([grid, "", totals, *_firsts(first)], style)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 or value == 0 else f"{value:.2g}"


def _firsts(trajectory: Sequence[Instant]) -> list[str]:
    found = []
    for name, label in (("stalls_count", "first stall"), ("kills_count", "first OOM kill")):
        time_s = first_time_s(trajectory, name)
        found.append(f"{label}: {'none' if time_s is None else f'after {time_s:.1f} s'}")
    return found


FORMATS: dict[str, Callable[[Sequence[Outcome], int, Style], str]] = {
    "text": as_text,
    "json": as_json,
}

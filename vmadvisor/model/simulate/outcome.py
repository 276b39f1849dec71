"""What a run came to."""

from dataclasses import replace

from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """One point of a trajectory, sums over nodes."""

    time_s: float
    free_pages: float
    file_pages: float
    anon_pages: float
    swapped_pages: float
    stalls_count: float
    kills_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Counts of a whole run of ``seconds_s``.

    ``mean_free_pages`` is over time; ``blocked_s`` are the seconds in which a request waited and nothing
    could be freed for it.
    """

    seconds_s: float
    stalls_count: float
    node_scan_pages: float
    node_tries_count: float
    refault_file_pages: float
    refault_anon_pages: float
    swap_in_pages: float
    swap_out_pages: float
    kswapd_pages: float
    kswapd_cpu_s: float
    wakes_count: int
    kills_count: int
    blocked_s: float
    mean_free_pages: float
    trajectory: tuple[Instant, ...]


_COUNTS = (
    "seconds_s", "stalls_count", "node_scan_pages", "node_tries_count", "refault_file_pages",
    "refault_anon_pages", "swap_in_pages", "swap_out_pages", "kswapd_pages", "kswapd_cpu_s",
    "wakes_count", "kills_count", "blocked_s",
)  # fmt: skip


def since(earlier: Outcome, later: Outcome) -> Outcome:
    """What a run came to between two looks at it."""
    seconds_s = later.seconds_s - earlier.seconds_s
    free = later.mean_free_pages * later.seconds_s - earlier.mean_free_pages * earlier.seconds_s
    counts = {name: getattr(later, name) - getattr(earlier, name) for name in _COUNTS}
    return replace(
        later,
        mean_free_pages=free / seconds_s if seconds_s > 0 else later.mean_free_pages,
        trajectory=later.trajectory[len(earlier.trajectory) :],
        **counts,
    )

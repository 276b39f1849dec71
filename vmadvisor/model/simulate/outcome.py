"""What a run came to."""

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

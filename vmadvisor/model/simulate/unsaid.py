"""Figures that cannot be told under another setting, and why: what a recording does not hold no run can find."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from vmadvisor.model.rates import rise
from vmadvisor.model.simulate.figures import Means
from vmadvisor.model.simulate.machine import NO_SWAP, Machine
from vmadvisor.model.simulate.observed import Observed

RATES = (
    "stalls_per_s",
    "full_stall_ratio",
    "refaults_anon_per_s",
    "refaults_file_per_s",
    "swapin_pages_per_s",
    "kept_free_bytes",
)
_WAITS = ("stalls_per_s", "full_stall_ratio")

KILLED_MIN_RATIO = 0.05
"""Of all memory: whoever held less leaves the load much as it was."""

_DYING_S = 2.0
"""A large process is not gone at once."""

COMPACTIONS_MIN_COUNT = 10
SWAPPED_MIN_PAGES_PER_S = 50.0


def killed_pages(moments: Sequence[Observed]) -> float:
    """Anonymous pages that went within a moment of each strike of the OOM killer."""
    times = [moment.sample.time_s for moment in moments]
    held = [sum(node.anon_pages for node in moment.nodes) for moment in moments]
    total = 0
    for place, (before, after) in enumerate(pairwise(moments)):
        if rise(before.sample.vmstat.oom_kill_total, after.sample.vmstat.oom_kill_total):
            end = bisect_right(times, times[place] + _DYING_S)
            total += max(0, held[place] - min(held[place : max(end, place + 2)]))
    return float(total)


def unsaid_for_all(moments: Sequence[Observed], machine: Machine) -> dict[str, str]:
    """Reasons by figure that hold for every change on this recording."""
    found = {}
    managed = sum(node.managed_pages for node in machine.nodes)
    if killed_pages(moments) > KILLED_MIN_RATIO * managed:
        reason = "what the killed processes would have gone on to ask for is not known"
        found.update(dict.fromkeys(RATES, reason))
    first, last = moments[0].sample.vmstat, moments[-1].sample.vmstat
    compactions = rise(first.compact_stall_total, last.compact_stall_total) or 0
    if compactions >= COMPACTIONS_MIN_COUNT:
        found.setdefault(
            "full_stall_ratio",
            f"{compactions} stalls in direct compaction: requests for more than a page are not simulated",
        )
    return found


def unsaid_for(present: Machine, changed: Machine, run: Means) -> dict[str, str]:
    """Reasons by figure that this change brings with it."""
    is_first_swap = present.swap_kind == NO_SWAP != changed.swap_kind
    if is_first_swap and run.swap_out >= SWAPPED_MIN_PAGES_PER_S:
        reason = "how fast the new swap would be, and who waits for it, is not known"
        return dict.fromkeys(_WAITS, reason)
    return {}

"""Records of sysstat as points of a past: only what means the same there and here.

sysstat tells rates and no counters; its ``cached`` is not our file cache (shmem is in it), its ``slab`` is not
split, what is free is the sum over all zones in both.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from vmadvisor.model.past import Point
from vmadvisor.sources.log_time import utc_of_us
from vmadvisor.sources.sadf_record import SarMoment
from vmadvisor.units import KIB_BYTES

ORIGIN = "sar"
UNKNOWN_BOOT = "sar, before a known restart"


def _ratio(pct: float | None) -> float | None:
    return None if pct is None else min(pct / 100, 1.0)


def _swap_total_kib(moment: SarMoment) -> int | None:
    free_kib, used_kib = moment.swap_free_kib, moment.swap_used_kib
    return None if free_kib is None or used_kib is None else free_kib + used_kib


_RATES: Mapping[str, Callable[[SarMoment], float | None]] = {
    "scan_kswapd_pages_per_s": lambda m: m.scan_kswapd_pages_per_s,
    "scan_direct_pages_per_s": lambda m: m.scan_direct_pages_per_s,
    "majfault_per_s": lambda m: m.majfault_per_s,
    "swapin_pages_per_s": lambda m: m.swapin_pages_per_s,
    "swapout_pages_per_s": lambda m: m.swapout_pages_per_s,
    "memory_some_ratio": lambda m: _ratio(m.memory_some_pct),
    "memory_full_ratio": lambda m: _ratio(m.memory_full_pct),
    "io_full_ratio": lambda m: _ratio(m.io_full_pct),
}
_KIB_GAUGES: Mapping[str, Callable[[SarMoment], int | None]] = {
    "available_bytes": lambda m: m.available_kib,
    "free_bytes": lambda m: m.free_kib,
    "shmem_bytes": lambda m: m.shmem_kib,
    "swap_free_bytes": lambda m: m.swap_free_kib,
    "swap_total_bytes": _swap_total_kib,
}


def points_of(moments: Sequence[SarMoment], boots_s: Iterable[float]) -> Iterator[Point]:
    """A point of each moment that tells anything; ``boots_s`` are all restarts known, up to then or later.

    MemAvailable that is 0 in all of them is one that the kernel did not tell.
    """
    starts_s = sorted(set(boots_s))
    has_available = any(moment.available_kib for moment in moments)
    for moment in moments:
        rates = _known(moment, _RATES)
        gauges = {name: kib * KIB_BYTES for name, kib in _known(moment, _KIB_GAUGES).items()}
        if not has_available:
            gauges.pop("available_bytes", None)
        if not rates and not gauges:
            continue
        yield Point(
            time_utc_s=moment.time_utc_s,
            boot_id=_boot_id(moment.time_utc_s, starts_s),
            origin=ORIGIN,
            gauges=gauges,
            rates=rates,
        )


def _known(
    moment: SarMoment, wanted: Mapping[str, Callable[[SarMoment], float | None]]
) -> dict[str, float]:
    values = {name: of(moment) for name, of in wanted.items()}
    return {name: value for name, value in values.items() if value is not None}


def _boot_id(time_utc_s: float, starts_s: Sequence[float]) -> str:
    """Named by the restart before it; a record of the very second was written before that."""
    place = bisect_left(starts_s, time_utc_s)
    if not place:
        return UNKNOWN_BOOT
    return f"sar, restart {utc_of_us(round(starts_s[place - 1] * 1e6))}"

"""Which boot a record of PCP is of: an archive may hold several, and ``pmrep`` prints nothing between them."""

from collections.abc import Mapping
from typing import Final

from vmadvisor.sources.log_time import utc_of_us
from vmadvisor.sources.pcp_record import PcpRecord, number_of

SAME_BOOT_S: Final = 5.0
"""The time of boot is told to a second, and the clock is slewed."""


class PcpBoots:
    """One host's boots, in time order."""

    __slots__ = ("_boot_id", "_counters", "_start_s")

    def __init__(self) -> None:
        self._boot_id = ""
        self._start_s: float | None = None
        self._counters: dict[str, int] = {}

    def boot_id(self, record: PcpRecord, counters: Mapping[str, int]) -> str:
        """A name for the boot: by its time where that is told; else it lasts as long as no counter falls."""
        fell = any(count < self._counters.get(name, 0) for name, count in counters.items())
        self._counters |= counters
        start_s = _start_s(record)
        if start_s is None:
            if fell or not self._boot_id:
                words = "counters anew" if self._boot_id else "since"
                self._begin(f"pcp, {words} {_utc(record.time_utc_s)}", counters)
            return self._boot_id
        if self._start_s is None or abs(start_s - self._start_s) > SAME_BOOT_S:
            self._begin(f"pcp, boot {_utc(round(start_s))}", counters)
        self._start_s = start_s
        return self._boot_id

    def _begin(self, boot_id: str, counters: Mapping[str, int]) -> None:
        self._boot_id = boot_id
        self._counters = dict(counters)


def _start_s(record: PcpRecord) -> float | None:
    """As it was told once, if that is still so: what is told with each record is right, to a second."""
    told_s: float | None = number_of(record, "kernel.all.boottime")
    uptime_s = record.values.get("kernel.all.uptime")
    if not isinstance(uptime_s, int | float):
        return told_s
    start_s = record.time_utc_s - uptime_s
    if told_s is not None and abs(told_s - start_s) <= SAME_BOOT_S:
        return told_s
    return start_s


def _utc(time_utc_s: float) -> str:
    return utc_of_us(round(time_utc_s * 1e6)) or f"{time_utc_s:.6f}"

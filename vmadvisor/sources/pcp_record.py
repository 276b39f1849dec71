"""What one record of a PCP archive tells of memory, as the kernel's own records: names are ``pcp_metrics``'."""

import re
from collections.abc import Iterable, Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources import pcp_metrics as pcp
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.vmstat import Vmstat, vmstat_of
from vmadvisor.sources.zoneinfo import Zone, Zoneinfo
from vmadvisor.units import KIB_BYTES

Value = int | float | str

_ZONE = re.compile(r"([A-Za-z0-9]{1,16})::node(\d{1,5})", re.ASCII)
_PROTECTION = re.compile(r"(.*)::lowmem_reserved(\d{1,2})", re.ASCII)
_ZONES_MAX_COUNT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class PcpHost:
    """Of whom the records that follow are; ``None`` where it is not said."""

    hostname: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PcpRecord:
    """One record; ``values`` by metric, or ``metric[instance]``. What had no value is not in it."""

    time_utc_s: float
    values: Mapping[str, Value]


def number_of(record: PcpRecord, name: str) -> int | None:
    """A metric that is a whole number."""
    value = record.values.get(name)
    return value if isinstance(value, int) else None


def text_of(record: PcpRecord, name: str) -> str | None:
    """A metric that is a text."""
    value = record.values.get(name)
    return value if isinstance(value, str) else None


def gauges_kib_of(record: PcpRecord) -> dict[str, int]:
    """Fields of ``Meminfo`` that the record tells."""
    found = ((field, number_of(record, name)) for name, field in pcp.MEMINFO.items())
    return {field: kib for field, kib in found if kib is not None}


def meminfo_of(known: Mapping[str, int]) -> Meminfo | None:
    """All that a forecast rests on, or nothing."""
    needed = set(pcp.MEMINFO.values()) - {"mem_available_kib"}
    return Meminfo(**known) if needed <= known.keys() else None


def vmstat_in(record: PcpRecord, page_bytes: int | None) -> Vmstat | None:
    """Counters that the record tells; ``None`` where it tells none."""
    known = {name: number_of(record, f"mem.vmstat.{name}") for name in pcp.VMSTAT}
    found = {name: count for name, count in known.items() if count is not None}
    for name in pcp.BY_ZONE:
        if any(f"{name}_{zone}" not in found for zone in pcp.EVERY_ZONES):
            for zone in pcp.ZONES:
                found.pop(f"{name}_{zone}", None)
    for name, column in _columns(record, pcp.REFAULTS).items():
        kib = [value for instance, value in column.items() if instance.startswith("node")]
        if kib and page_bytes:
            found[name] = sum(kib) * KIB_BYTES // page_bytes
    for metric, name in pcp.SWAPPED.items():
        count = number_of(record, metric)
        if count is not None:
            found.setdefault(name, count)
    for metric, name in pcp.VMSTAT_GAUGES.items():
        gauge_kib = number_of(record, metric)
        if gauge_kib is not None and page_bytes:
            found[name] = gauge_kib * KIB_BYTES // page_bytes
    return vmstat_of(found) if found else None


def stalls_us_of(record: PcpRecord) -> dict[str, int]:
    """PSI's totals by ``memory_some``, ``memory_full``, ``io_full``."""
    found = {
        name.replace(".", "_"): number_of(record, f"{pcp.PRESSURE}.{name}.total")
        for name in pcp.PRESSURES
    }
    return {name: us for name, us in found.items() if us is not None}


def memory_full_avg10_pct_of(record: PcpRecord) -> float | None:
    """PSI's own mean over the last 10 s."""
    value = record.values.get(f"{pcp.PRESSURE}.memory.full.avg[10 second]")
    return float(value) if isinstance(value, int | float) else None


def zones_of(record: PcpRecord, unit_bytes: int) -> Zoneinfo | None:
    """The zones, in units of so many bytes; ``None`` unless each has free, all marks and its size."""
    columns = _columns(record, pcp.ZONEINFO)
    protections: dict[str, dict[int, int]] = {}
    for instance, kib in columns["protection"].items():
        match = _PROTECTION.fullmatch(instance)
        if match is not None:
            protections.setdefault(match[1], {})[int(match[2])] = kib * KIB_BYTES // unit_bytes
    zones = []
    for instance in dict.fromkeys(key for name in pcp.ZONEINFO[:-1] for key in columns[name]):
        match = _ZONE.fullmatch(instance)
        sizes = [columns[name].get(instance) for name in pcp.ZONEINFO[:-1]]
        known = [kib * KIB_BYTES // unit_bytes for kib in sizes if kib is not None]
        own = protections.get(instance)
        if match is None or own is None or len(known) < len(sizes):
            return None
        zones.append(_zone(match[1], int(match[2]), known, tuple(own[n] for n in sorted(own))))
    if not zones or len(zones) > _ZONES_MAX_COUNT:
        return None
    zones.sort(key=lambda zone: zone.node_id)
    return Zoneinfo(
        zones=tuple(zones),
        nodes=(),
        has_managed=True,
        has_node_stats=False,
        lists_empty_zones=False,
    )


def _zone(name: str, node_id: int, sizes: list[int], protection: tuple[int, ...]) -> Zone:
    free, least, low, high, managed = sizes
    return Zone(
        node_id=node_id, name=name, free_pages=free, min_pages=least, low_pages=low,
        high_pages=high, promo_pages=None, boost_pages=None, spanned_pages=None,
        present_pages=None, managed_pages=managed, cma_pages=None, protection_pages=protection,
        nr_free_cma_pages=None, nr_mlock_pages=None, reserved_highatomic_pages=None,
        free_highatomic_pages=None, pagesets=(), stat_threshold_pages=None, unreclaimable=None,
    )  # fmt: skip


def _columns(record: PcpRecord, names: Iterable[str]) -> dict[str, dict[str, int]]:
    """Instance -> value of each of these metrics of the zones."""
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for key, value in record.values.items():
        if key.startswith(pcp.ZONEINFO_HEAD) and isinstance(value, int):
            name, _, instance = key[len(pcp.ZONEINFO_HEAD) :].partition("[")
            if name in found:
                found[name][instance.removesuffix("]")] = value
    return found

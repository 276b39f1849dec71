"""The host's memory in an OOM report while it is read: Mem-Info, zones, huge pages, totals, slab caches."""

import re

from vmadvisor.records import replace
from vmadvisor.sources import oom_report_text as text_of
from vmadvisor.sources import oom_report_zone as zone_of
from vmadvisor.sources.oom_report import OomHugePages, OomMemory, OomZone

ZONES_MAX_COUNT = 4096
NODES_MAX_COUNT = 1024
CACHES_MAX_COUNT = 64
DAMAGE_MAX_COUNT = 5

_ENDS = frozenset("sBMedy")
"""How totals end: pages, kB, RAM, reserved, HighMem/MovableOnly, cache."""


class MemoryReader:
    """``take`` every line; ``damage`` are lines that were there and cannot be used."""

    __slots__ = (
        "_caches",
        "_counters",
        "_hugepages",
        "_in_caches",
        "_nodes",
        "_totals",
        "_zones",
        "damage",
    )

    def __init__(self) -> None:
        self._counters: dict[str, int] = {}
        self._nodes: dict[int, dict[str, int]] = {}
        self._zones: list[OomZone] = []
        self._hugepages: list[OomHugePages] = []
        self._totals: dict[str, int] = {}
        self._caches: dict[str, int] = {}
        self._in_caches = False
        self.damage: list[str] = []

    @property
    def has_zones(self) -> bool:
        """Zones or Mem-Info's counters were seen."""
        return bool(self._zones or self._counters)

    def take(self, text: str) -> bool:
        """Takes a whole line; false if it is none of these."""
        if self._in_caches:
            self._in_caches = self._take_cache(text)
            if self._in_caches:
                return True
        if (found := zone_of.ZONE.match(text)) is not None:
            return self._take_zone(found)
        if (found := zone_of.BUDDY.match(text)) is not None:
            return self._take_blocks(found, text)
        if (found := zone_of.NODE.match(text)) is not None and "kB" in text:
            if len(self._nodes) < NODES_MAX_COUNT:
                self._nodes.setdefault(int(found[1]), zone_of.sizes_kib(text))
            return True
        if (found := zone_of.RESERVE.match(text)) is not None:
            return self._take_reserve(found[1])
        if zone_of.COUNTERS.match(text):
            for name, number in zone_of.counters_pages(text).items():
                self._counters.setdefault(name, number)
            return True
        return self._take_huge(text) or self._take_total(text)

    def _take_cache(self, text: str) -> bool:
        """A line of ``Unreclaimable slab info``."""
        if text.startswith("Name "):
            return True
        match = text_of.SLAB_CACHE.match(text)
        if match is not None and len(self._caches) < CACHES_MAX_COUNT:
            self._caches.setdefault(match[1], int(match[3]))
        return match is not None

    def _take_zone(self, match: re.Match[str]) -> bool:
        found = zone_of.zone(match)
        if found is None:
            self._note(f"zone {match[2]} without its marks")
        elif len(self._zones) < ZONES_MAX_COUNT:
            self._zones.append(found)
        return True

    def _take_blocks(self, match: re.Match[str], text: str) -> bool:
        if not zone_of.is_whole_buddy(text):
            self._note(f"free blocks of zone {match[2]} cut off")
            return True
        blocks = zone_of.Blocks(match[3])
        node_id, name = int(match[1] or 0), match[2]
        for index, one in enumerate(self._zones):
            if (one.node_id, one.name) == (node_id, name) and not one.free_blocks_count:
                self._zones[index] = zone_of.with_blocks(one, blocks)
                break
        return True

    def _take_reserve(self, numbers: str) -> bool:
        if self._zones and not self._zones[-1].lowmem_reserve_pages:
            pages = tuple(int(number) for number in numbers.split())
            self._zones[-1] = replace(self._zones[-1], lowmem_reserve_pages=pages)
        return True

    def _take_huge(self, text: str) -> bool:
        pool = text_of.huge_pages(text)
        if pool is not None and len(self._hugepages) < ZONES_MAX_COUNT:
            self._hugepages.append(pool)
        return pool is not None

    def _take_total(self, text: str) -> bool:
        if text[-1:] not in _ENDS and not text.startswith("Unreclaimable"):
            return False
        for name, pattern in text_of.COUNTS:
            match = pattern.match(text)
            if match is not None:
                number = match[1] if match[1] is not None else match[2]
                self._totals.setdefault(name, int(number))
                return True
        self._in_caches = text.startswith("Unreclaimable slab info")
        return self._in_caches

    def _note(self, what: str) -> None:
        if len(self.damage) < DAMAGE_MAX_COUNT:
            self.damage.append(what)

    def memory(self) -> OomMemory | None:
        """What was read; ``None`` where nothing was."""
        if not (self._zones or self._counters or self._totals):
            return None
        return OomMemory(
            pages=self._counters,
            node_kib=self._nodes,
            zones=tuple(self._zones),
            hugepages=tuple(self._hugepages),
            slab_caches_kib=self._caches,
            pagecache_pages=self._totals.get("pagecache_pages"),
            swap_cache_pages=self._totals.get("swap_cache_pages"),
            swap_free_kib=self._totals.get("swap_free_kib"),
            swap_total_kib=self._totals.get("swap_total_kib"),
            ram_pages=self._totals.get("ram_pages"),
            highmem_pages=self._totals.get("highmem_pages"),
            reserved_pages=self._totals.get("reserved_pages"),
            cma_reserved_pages=self._totals.get("cma_reserved_pages"),
        )

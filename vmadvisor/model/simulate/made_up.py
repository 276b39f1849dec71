"""A machine that stands nowhere, with the marks that a kernel would give it, and what it starts with."""

from collections.abc import Sequence

from vmadvisor.kernel.behaviour import behaviour_at
from vmadvisor.kernel.marks import MarkSettings, marks
from vmadvisor.kernel.min_free import automatic_kib
from vmadvisor.model.simulate.demand import Start
from vmadvisor.model.simulate.machine import (
    DISK,
    MIN_UNMAPPED_DEFAULT_PCT,
    NO_SWAP,
    SWAPPINESS_DEFAULT_COUNT,
    ZRAM,
    ZRAM_USUAL_RATIO,
    Machine,
    Node,
)
from vmadvisor.model.simulate.scenario import MadeUp
from vmadvisor.model.simulate.settings import (
    MIN_FREE,
    SCALE_FACTOR,
    SWAPPINESS,
    SettingError,
    check,
    check_ranges,
)
from vmadvisor.sources.version import KernelVersion
from vmadvisor.units import KIB_BYTES

PAGE_BYTES = 4096
_MIN_FREE_CAP_KIB = 262_144  # since 5.7
_SCALE_FACTOR_PERMYRIAD = 10
_NEWEST = behaviour_at(
    KernelVersion(release="7.2.0", major_version=7, minor_version=2, patch_version=0)
)
"""Whose marks a made-up machine gets."""

_SETTABLE = (MIN_FREE, SCALE_FACTOR, SWAPPINESS)


def machine_and_start(
    made_up: MadeUp, settings: Sequence[tuple[str, str]]
) -> tuple[Machine, Start]:
    """One node with one zone, all of it free but what the kernel uses."""
    values = dict(settings)
    for key, value in values.items():
        if key not in _SETTABLE:
            raise SettingError(f"a made-up machine knows {', '.join(_SETTABLE)}, not {key!r}")
        check(key, value)
    check_ranges(values, _NEWEST)
    managed = made_up.memory_bytes // PAGE_BYTES
    kib = int(values.get(MIN_FREE, automatic_kib(managed, PAGE_BYTES, _MIN_FREE_CAP_KIB)))
    mark_settings = MarkSettings(
        min_free_pages=kib * KIB_BYTES // PAGE_BYTES,
        scale_factor_permyriad=int(values.get(SCALE_FACTOR, _SCALE_FACTOR_PERMYRIAD)),
        has_promo=True,
    )
    found = marks((managed,), (False,), mark_settings)
    if not found:
        raise SettingError("machine: memory is less than a page")
    node = Node(
        node_id=0,
        managed_pages=managed,
        min_pages=found[0].min_pages,
        low_pages=found[0].low_pages,
        high_pages=found[0].high_pages,
        min_unmapped_pages=managed * MIN_UNMAPPED_DEFAULT_PCT // 100,
    )
    swap = (made_up.swap_bytes + made_up.zram_bytes) // PAGE_BYTES
    kind = ZRAM if made_up.zram_bytes else DISK if made_up.swap_bytes else NO_SWAP
    machine = Machine(
        page_size_bytes=PAGE_BYTES,
        nodes=(node,),
        added_free_pages=0,
        swap_total_pages=swap,
        swap_kind=kind,
        zram_ratio=ZRAM_USUAL_RATIO,
        swappiness_count=int(values.get(SWAPPINESS, SWAPPINESS_DEFAULT_COUNT)),
        zone_reclaim_mode=0,
        is_mglru=False,
        has_reclaim_costs=True,
    )
    free = float(managed - made_up.used_bytes // PAGE_BYTES)
    return machine, Start(
        usable_pages=(free,),
        reserved_free_pages=(0.0,),
        file_pages=(0.0,),
        anon_pages=(0.0,),
        swapped_pages=0.0,
    )

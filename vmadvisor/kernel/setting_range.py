"""Which values this kernel takes for a vm.* setting (``kernel/sysctl.c``, ``mm/page_alloc.c``, ``mm/vmscan.c``).

>>> from vmadvisor.kernel.behaviour import behaviour_at
>>> from vmadvisor.sources.version import parse
>>> sysctl_range("vm.swappiness", behaviour_at(parse("Linux version 4.19.0 (x)")))
(0, 100)
"""

from vmadvisor.kernel.behaviour import Behaviour

INT_MAX = 2**31 - 1
ZONE_RECLAIM_MAX_MODE = 7
SCALE_FACTOR = "vm.watermark_scale_factor"
BOOST_FACTOR = "vm.watermark_boost_factor"


def sysctl_range(name: str, rules: Behaviour) -> tuple[int, int] | None:
    """(least, most); ``None`` where this kernel has no such setting, or it is not known here."""
    if name == SCALE_FACTOR and not rules.has_scale_factor:
        return None
    if name == BOOST_FACTOR and not rules.has_boost:
        return None
    return {
        "vm.min_free_kbytes": (0, INT_MAX),
        SCALE_FACTOR: (1, rules.scale_factor_max_permyriad),
        BOOST_FACTOR: (0, INT_MAX),
        "vm.swappiness": (0, rules.swappiness_max_count),
        "vm.zone_reclaim_mode": (0, ZONE_RECLAIM_MAX_MODE),
        "vm.vfs_cache_pressure": (0, INT_MAX),
    }.get(name)

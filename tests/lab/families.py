"""Families of stories: each draws scenarios of its kind from a seed, as TOML files one can read and change.

The machine is drawn before the story, and so are load and speed: most families hold harmless variants and
harmful ones.
"""

import random
from collections.abc import Callable

from lab import everyday_families as everyday
from lab import frozen_families as frozen
from lab import group_families as group
from lab import late_families as late
from lab import placement_families as placement
from lab import shortage_families as shortage
from lab.draw import SECONDS, Draw, Table, first_line, machine_of
from lab.program_families import programs

FAMILIES: dict[str, Callable[[Draw], None]] = {
    "healthy": everyday.healthy,
    "leak": shortage.leak,
    "burst": everyday.burst,
    "jitter": everyday.random_walk,
    "stream": everyday.streaming,
    "dirty": everyday.dirty,
    "thrash": shortage.thrash,
    "victims": shortage.victims,
    "memcg": shortage.memcg,
    "ramp": everyday.ramp,
    "cache-full": everyday.cache_full,
    "reread": shortage.reread,
    "tmpfs": shortage.tmpfs,
    "programs": programs,
    "frozen-disk": frozen.frozen_disk,
    "frozen-files": frozen.frozen_files,
    "frozen-silent": frozen.frozen_silent,
    "frozen-zram": frozen.frozen_zram,
    "numa": placement.numa,
    "compaction": placement.compaction,
    "watermarks": everyday.watermarks,
    "group-thrash": group.group_thrash,
    "group-files": group.group_files,
    "group-throttle": group.group_throttle,
    "late-leak": late.late_leak,
    "late-thrash": late.late_thrash,
    "late-squeeze": late.late_squeeze,
    "late-job": late.late_job,
    "late-programs": late.late_programs,
}


def draw_one(family: str, seed: int, *, seconds: float = SECONDS) -> Table:
    """One scenario of the family; the same for the same seed, whatever else is drawn."""
    draw = machine_of(random.Random(f"{family}/{seed}"), family, seconds)
    FAMILIES[family](draw)
    return {"description": first_line(FAMILIES[family].__doc__), **draw.tables()}

"""Hosts of 1 GiB for the tuning rules' own cases, staged by the engine that foretells: what each rule sees.

Loaded only by ``explain`` and the tests. Eight seconds of every host, one moment a second.
"""

from dataclasses import replace

from vmadvisor.model.facts import Facts, derive
from vmadvisor.model.simulate.demand import Interval
from vmadvisor.model.simulate.staged import StagedHost, StagedZone, stage
from vmadvisor.model.simulate.watched import Watched
from vmadvisor.sources.sysctl_vm import VmSysctl

PAGES = 262_144
SECONDS_COUNT = 8

QUIET = Interval(
    seconds_s=1.0,
    anon_alloc_pages=2_000.0,
    anon_free_pages=2_000.0,
    kernel_pages=0.0,
    cold_read_pages=10.0,
    written_pages=0.0,
    dropped_pages=0.0,
    reread_pages_per_s=0.0,
    working_set_pages=0.0,
    idle_anon_pages=0.0,
    intended_ratio=(1.0,),
)

SYSCTL = VmSysctl(
    swappiness_count=60,
    min_free_kib=4_096,
    watermark_scale_factor_permyriad=10,
    zone_reclaim_mode=0,
    overcommit_memory_mode=0,
)

HOST = StagedHost(
    release="6.12.1",
    page_size_bytes=4096,
    zones=(StagedZone(node_id=0, name="Normal", managed_pages=PAGES),),
    sysctl=SYSCTL,
    thp="never",
    huge_pool_pages=0,
    swap_pages=0,
    swap_path="/dev/vda2",
    free_pages=(120_000,),
    file_pages=(80_000,),
    anon_pages=(50_000,),
    swapped_pages=0,
    intervals=(QUIET,) * SECONDS_COUNT,
)

FULL = replace(HOST, free_pages=(2_200,), file_pages=(150_000,), anon_pages=(98_000,))
"""A full page cache: the usual state of a host that has run for a while."""


def facts_of(host: StagedHost, *, seed: int = 1) -> Facts:
    """What ``advise`` would know of the host."""
    staged = stage(host, seed=seed)
    before, after = staged.snapshots[-2:]
    return derive(before, after).joined(Watched(staged.moments, after))


def calm() -> Facts:
    """Memory left over."""
    return facts_of(HOST)


def bursting() -> StagedHost:
    """Bursts of 31 MiB a second over a full page cache that was read once."""
    burst = replace(
        QUIET, anon_alloc_pages=8_000.0, anon_free_pages=8_000.0, cold_read_pages=4_000.0
    )
    return replace(
        FULL,
        intervals=(burst,) * SECONDS_COUNT,
        is_reuse_seen=False,
    )


def bursts() -> Facts:
    """What ``bursting`` looks like."""
    return facts_of(bursting())


def starving() -> StagedHost:
    """A quarter of memory below min; the files in use would fit without it."""
    reading = replace(QUIET, reread_pages_per_s=30_000.0, working_set_pages=120_000.0)
    sysctl = replace(SYSCTL, min_free_kib=262_144)
    return replace(
        FULL,
        sysctl=sysctl,
        free_pages=(75_000,),
        file_pages=(80_000,),
        anon_pages=(90_000,),
        intervals=(reading,) * SECONDS_COUNT,
    )


def starved() -> Facts:
    """What ``starving`` looks like."""
    return facts_of(starving())


def holding() -> StagedHost:
    """Idle memory of processes, files read and then in use that do not fit beside it, swap that nobody uses."""
    loading = replace(QUIET, cold_read_pages=50_000.0, idle_anon_pages=90_000.0)
    reading = replace(
        QUIET,
        reread_pages_per_s=30_000.0,
        working_set_pages=170_000.0,
        idle_anon_pages=90_000.0,
    )
    return replace(
        FULL,
        sysctl=replace(SYSCTL, swappiness_count=0),
        swap_pages=131_072,
        free_pages=(132_000,),
        file_pages=(20_000,),
        intervals=(loading,) * 3 + (reading,) * 18,
    )


def unswapped() -> Facts:
    """What ``holding`` looks like."""
    return facts_of(holding())


def swapless() -> Facts:
    """The same without swap."""
    return facts_of(replace(holding(), sysctl=SYSCTL, swap_pages=0))

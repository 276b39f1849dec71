"""Builds snapshots of invented hosts from what kernels print, or from records."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from vmadvisor.snapshot import CgroupScan, HostFacts, Process, ProcessScan, Snapshot, Timed
from vmadvisor.sources import cgroup, meminfo, version, zoneinfo
from vmadvisor.sources.pid_stat import PidStat
from vmadvisor.sources.pid_statm import PidStatm
from vmadvisor.sources.pid_status import PidStatus
from vmadvisor.sources.zoneinfo import Zone, Zoneinfo

KTHREAD_FLAG = 0x00200000


def snapshot(
    *records: object,
    release: str | None = None,
    zones: Sequence[Zone] | None = None,
    zoneinfo_text: str | None = None,
    meminfo_text: str | None = None,
    page_bytes: int | None = 4096,
    processes: Sequence[Process] | None = None,
    groups: Mapping[str, Mapping[str, str]] | None = None,
    sees_kernel_threads: bool = True,
) -> Snapshot:
    found: list[object] = list(records)
    if release is not None:
        found.append(version.parse(f"Linux version {release} (someone@somewhere)\n"))
    if zoneinfo_text is not None:
        found.append(zoneinfo.parse(zoneinfo_text))
    if meminfo_text is not None:
        found.append(meminfo.parse(meminfo_text))
    if zones is not None:
        found.append(
            Zoneinfo(
                zones=tuple(zones),
                nodes=(),
                has_managed=True,
                has_node_stats=True,
                lists_empty_zones=any(not one.managed_pages for one in zones),
            )
        )
    return Snapshot(
        time_s=1.0,
        host=HostFacts(
            hostname=None,
            arch=None,
            boot_id=None,
            page_size_bytes=page_bytes,
            clock_hz=None,
            is_live=False,
        ),
        records={type(one): Timed(time_s=1.0, record=one) for one in found},
        processes=None if processes is None else _scan(processes, sees_kernel_threads),
        cgroups=None
        if groups is None
        else CgroupScan(
            time_s=1.0,
            seen_count=len(groups),
            is_complete=True,
            groups={path: cgroup.parse(files) for path, files in groups.items()},
        ),
    )


def _scan(processes: Sequence[Process], sees_kernel_threads: bool) -> ProcessScan:
    return ProcessScan(
        time_s=1.0,
        age_s=0.0,
        seen_count=len(processes),
        vanished_count=0,
        unread_count=0,
        is_complete=True,
        sees_kernel_threads=sees_kernel_threads,
        rss_pages={one.pid_id: one.stat.rss_pages for one in processes},
        details={one.pid_id: one for one in processes},
    )


def zone(
    name: str,
    managed: int,
    marks: tuple[int, ...] = (0, 0, 0),
    *,
    node: int = 0,
    free: int = 77,
    boost: int | None = None,
    protection: tuple[int, ...] = (),
    spanned: int | None = None,
    cma: int | None = None,
) -> Zone:
    return Zone(
        node_id=node,
        name=name,
        free_pages=free,
        min_pages=marks[0],
        low_pages=marks[1],
        high_pages=marks[2],
        promo_pages=marks[3] if len(marks) > 3 else None,
        boost_pages=boost,
        spanned_pages=spanned,
        present_pages=None,
        managed_pages=managed,
        cma_pages=cma,
        protection_pages=protection,
        nr_free_cma_pages=None,
        nr_mlock_pages=None,
        reserved_highatomic_pages=None,
        free_highatomic_pages=None,
        pagesets=(),
        stat_threshold_pages=None,
        unreclaimable=None,
    )


def process(
    pid: int,
    comm: str,
    rss: int,
    *,
    adj: int | None = 0,
    swap_kib: int | None = 0,
    pte_kib: int | None = 0,
    pmd_kib: int | None = None,
    statm: int | None = None,
    oom_score: int | None = None,
    group: str | None = "/",
    started: int | None = None,
    is_admin: bool | None = False,
    is_kthread: bool = False,
    has_mm: bool = True,
    has_status: bool = True,
) -> Process:
    status = PidStatus(
        vm_rss_kib=rss * 4 if has_mm else None,
        vm_swap_kib=swap_kib,
        vm_pte_kib=pte_kib,
        vm_pmd_kib=pmd_kib,
        uid_id=33,
        has_cap_sys_admin=is_admin,
    )
    return Process(
        pid_id=pid,
        stat=PidStat(
            comm=comm,
            state="S",
            ppid_id=1,
            flags_mode=KTHREAD_FLAG if is_kthread else 0,
            majflt_total=0,
            utime_ticks_total=0,
            stime_ticks_total=0,
            starttime_ticks=pid if started is None else started,
            rss_pages=rss,
        ),
        status=status if has_status else None,
        statm=None
        if statm is None
        else PidStatm(size_pages=9, resident_pages=statm, shared_pages=1),
        oom_score=oom_score,
        oom_score_adj=adj,
        cgroup_path=group,
    )


@pytest.fixture(scope="session")
def make_snapshot() -> Callable[..., Snapshot]:
    return snapshot


@pytest.fixture(scope="session")
def make_zone() -> Callable[..., Zone]:
    return zone


@pytest.fixture(scope="session")
def make_process() -> Callable[..., Process]:
    return process

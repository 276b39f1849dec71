"""The processes of a staged host: one that does nothing, one that does all, and kswapd with its CPU time."""

from vmadvisor.snapshot import Process, ProcessScan
from vmadvisor.sources.pid_stat import PF_KTHREAD, PidStat
from vmadvisor.sources.pid_status import PidStatus

IDLE_ID, BUSY_ID, KSWAPD_ID = 100, 200, 30
CLOCK_HZ = 100


def scan_of(
    time_s: float, *, idle_kib: int, busy_kib: int, swapped_kib: int, kswapd_s: float, page_kib: int
) -> ProcessScan:
    """What is swapped out belongs to the idle one as far as it has memory."""
    idle_swap_kib = min(idle_kib, swapped_kib)
    parts = (
        (IDLE_ID, "idle", 7, idle_kib - idle_swap_kib, idle_swap_kib),
        (BUSY_ID, "busy", int(time_s * CLOCK_HZ), busy_kib, swapped_kib - idle_swap_kib),
    )
    details = {
        pid_id: Process(
            pid_id=pid_id,
            stat=_stat(name, 0, ticks, rss_kib // page_kib),
            status=PidStatus(
                vm_rss_kib=rss_kib, rss_anon_kib=rss_kib, vm_swap_kib=swap_kib, vm_pte_kib=4
            ),
            statm=None,
            oom_score=None,
            oom_score_adj=0,
            cgroup_path=None,
        )
        for pid_id, name, ticks, rss_kib, swap_kib in parts
    }
    details[KSWAPD_ID] = Process(
        pid_id=KSWAPD_ID,
        stat=_stat("kswapd0", PF_KTHREAD, round(kswapd_s * CLOCK_HZ), 0),
        status=None,
        statm=None,
        oom_score=None,
        oom_score_adj=None,
        cgroup_path=None,
    )
    return ProcessScan(
        time_s=time_s,
        age_s=0.0,
        seen_count=len(details),
        vanished_count=0,
        unread_count=0,
        is_complete=True,
        sees_kernel_threads=True,
        rss_pages={pid_id: one.stat.rss_pages for pid_id, one in details.items() if one.status},
        details=details,
    )


def _stat(name: str, flags: int, ticks: int, rss_pages: int) -> PidStat:
    return PidStat(
        comm=name,
        state="S",
        ppid_id=1,
        flags_mode=flags,
        majflt_total=0,
        utime_ticks_total=0,
        stime_ticks_total=ticks,
        starttime_ticks=5,
        rss_pages=rss_pages,
    )

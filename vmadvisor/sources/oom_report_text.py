"""Single lines of an OOM report: regular expressions, and the small records they give.

Numbers have at most 20 digits and names a length that the kernel keeps (a comm has 15 bytes, which
loggers may write as escapes of four), so that no line can cost more than itself.
"""

import re
from typing import NamedTuple

from vmadvisor.sources.oom_report import OomCharge, OomChoice, OomHugePages, OomKill, OomSummary

N = r"(\d{1,19})"
COMM = r"(.{1,64}?)"
PATH_MAX = 4096
_LEAD = r"((?:[A-Z][\w ]{0,40} )?[Oo]ut of memory(?: \([\w ]{1,60}\))?)"
"""What stands before the colon: ``Out of memory``, ``Memory cgroup out of memory``, with a reason in parentheses."""

INVOKED = re.compile(r"(.{1,64}?) invoked oom-killer(?:: ?|$)(.*)", re.ASCII)
_MASK = re.compile(r"gfp_mask=(0x[0-9a-fA-F]{1,16})(?:\(([\w|]{0,400})\))?")
_ORDER = re.compile(r"order=(-?\d{1,3})\b")
_ADJ = re.compile(r"oom_score_adj=(-?\d{1,4})\b")
_NODEMASK = re.compile(r"nodemask=(\(null\)|[\d,-]{1,256}?),?\s{0,4}order")

CPUSET = re.compile(r".{1,64} cpuset=(\S{1,4096}) mems_allowed=([\d,-]{1,256})$", re.ASCII)
_TASK = re.compile(
    r"(?:CPU: \d{1,5} (?:UID: \d{1,10} )?PID: |Pid: )(\d{1,10}),? [Cc]omm: .{1,64}? (?:Not t|T)ainted\b(.*)",
    re.ASCII,
)
_RELEASE = re.compile(r"\s(\d{1,2}\.\d{1,3}(?:[.\-+_]\S{0,100})?)(?=\s|$)", re.ASCII)
LINUX_VERSION = re.compile(r"Linux version (\d{1,2}\.\d{1,3}\S{0,100}) ", re.ASCII)
FRAME = re.compile(r"\s*(?:\[<[0-9a-f]{4,16}>\] )?([A-Za-z_][\w.]{2,80})\+0x[0-9a-f]+/0x", re.ASCII)
SWAP_ON = re.compile(rf"Adding {N}k swap on ", re.ASCII)

_CHARGE = re.compile(
    rf"(memory|memory\+swap|kmem|swap): usage {N}kB, limit {N}kB, failcnt {N}", re.ASCII
)
STATS_OF = re.compile(r"Memory cgroup stats for (.{1,4096}?):(?: (.*)|$)")
STAT = re.compile(r"\s*([a-z][a-z_0-9]{1,40}) (\d{1,19})$", re.ASCII)
STAT_V1 = re.compile(r"([a-z_]{2,40}):(\d{1,19})KB", re.ASCII)
LIMIT_OF = re.compile(r"Task in (.{1,4096}) killed as a result of limit of (.{1,4096})$")

_HUGE = re.compile(
    rf"(?:Node (\d{{1,4}}) )?hugepages_total={N} hugepages_free={N} hugepages_surp={N} hugepages_size={N}kB",
    re.ASCII,
)
SLAB_CACHE = re.compile(rf"(\S{{1,64}})\s+{N}KB\s+{N}KB$", re.ASCII)
COUNTS = (
    ("pagecache_pages", re.compile(rf"{N} total pagecache pages$", re.ASCII)),
    ("swap_cache_pages", re.compile(rf"{N} pages in swap cache$", re.ASCII)),
    ("swap_free_kib", re.compile(rf"Free swap\s{{0,4}}= ?{N}kB$", re.ASCII)),
    ("swap_total_kib", re.compile(rf"Total swap ?= ?{N}kB$", re.ASCII)),
    ("ram_pages", re.compile(rf"{N} pages RAM$", re.ASCII)),
    ("highmem_pages", re.compile(rf"{N} pages HighMem(?:/MovableOnly)?$", re.ASCII)),
    ("reserved_pages", re.compile(rf"{N} pages reserved$|{N} reserved pages$", re.ASCII)),
    ("cma_reserved_pages", re.compile(rf"{N} pages cma reserved$", re.ASCII)),
)

_SUMMARY = re.compile(
    r"oom-kill:constraint=(\w{1,64})(?:,nodemask=(\(null\)|[\d,-]{1,256}?))?"
    r"(?:,cpuset=(.{0,4096}?),mems_allowed=([\d,-]{0,256}))?"
    r"(?:,global_oom|,oom_memcg=(.{0,4096}?)(?=,task))?(?:,task_memcg=(.{0,4096}))?"
    r",task=(.{0,64}),pid=(\d{1,10}),uid=(-?\d{1,10})$"
)
_SUMMARY_CUT = re.compile(
    r"oom-kill:constraint=(\w{1,64})(?:,nodemask=(\(null\)|[\d,-]{1,256}?))?"
    r"(?:,cpuset=([^,]{0,4096}),mems_allowed=([\d,-]{0,256}))?(?:,oom_memcg=([^,]{0,4096}))?(?:,|$)"
)
_KILLED_PID = r"(?:Killed|killed) process (\d{1,10})(?:, UID -?\d{1,10},)?"
_KILLED = re.compile(
    rf"(?:{_LEAD}: ?)?{_KILLED_PID} "
    rf"\((.{{0,64}})\),? (?:total-vm|vsz):{N}kB, anon-rss:{N}kB, file-rss:{N}kB(?:, shmem-rss:{N}kB)?"
    r"(?:.{0,200}? oom_score_adj:(-?\d{1,4})\b)?"
)
_KILLED_BARE = re.compile(
    rf"(?:{_LEAD}: ?)?{_KILLED_PID} "
    r"\((.{0,64}?)\)(?:\.|,?\s*$| total-vm:| vsz:)"
)
IS_KILL = re.compile(rf"(?:{_LEAD}: ?)?[Kk]illed process \d{{1,10}}\b")
_CHOSEN = re.compile(
    rf"{_LEAD}: ?[Kk]ill process (\d{{1,10}}) \((.{{0,64}})\) score {N} or (?:sacrifice|a) child"
)


class Invocation(NamedTuple):
    """Who asked for what: the line ``invoked oom-killer``."""

    comm: str
    gfp_mask: str | None
    gfp_flags: tuple[str, ...]
    order: int
    oom_score_adj: int | None
    nodemask: str | None


def invocation(text: str) -> Invocation | None:
    """The line's fields; ``None`` if it is another line.

    >>> text = "a b invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=9"
    >>> tuple(invocation(text))
    ('a b', '0xcc0', ('GFP_KERNEL',), -1, 9, None)
    """
    match = INVOKED.match(text)
    if match is None:
        return None
    mask, order, adj = (pattern.search(match[2]) for pattern in (_MASK, _ORDER, _ADJ))
    nodemask = _NODEMASK.search(match[2])
    return Invocation(
        match[1],
        mask[1] if mask else None,
        tuple(mask[2].split("|")) if mask and mask[2] else (),
        int(order[1]) if order else 0,
        int(adj[1]) if adj else None,
        nodemask[1] if nodemask else None,
    )


def task_line(text: str) -> tuple[int, str | None] | None:
    """(pid, kernel release) of the line that begins a stack trace (``lib/dump_stack.c``).

    >>> task_line("CPU: 3 PID: 42 Comm: doxygen Tainted: G           OE      6.1.1-arch1-1 #1 9bd0")
    (42, '6.1.1-arch1-1')
    """
    match = _TASK.match(text)
    if match is None:
        return None
    release = _RELEASE.search(match[2])
    return int(match[1]), release[1] if release else None


def charge(text: str) -> tuple[str, OomCharge] | None:
    """A cgroup's counter by name (``mm/memcontrol.c:mem_cgroup_print_oom_meminfo``)."""
    match = _CHARGE.match(text)
    if match is None:
        return None
    usage, limit, failcnt = (int(match[n]) for n in (2, 3, 4))
    return match[1], OomCharge(usage_kib=usage, limit_kib=limit, failcnt_total=failcnt)


def huge_pages(text: str) -> OomHugePages | None:
    """A node's huge pages of one size (``mm/hugetlb.c:hugetlb_show_meminfo_node``)."""
    match = _HUGE.match(text)
    if match is None:
        return None
    return OomHugePages(
        node_id=int(match[1] or 0),
        total_count=int(match[2]),
        free_count=int(match[3]),
        size_kib=int(match[5]),
    )


def summary(text: str) -> OomSummary | None:
    """The line ``oom-kill:`` (``dump_oom_summary``); a pid that may be cut off is left out.

    >>> found = summary("oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
    ...                 "oom_memcg=/a,task_memcg=/a/b,task=x,pid=7,uid=0")
    >>> found.constraint, found.oom_memcg, found.task_memcg, found.pid_id, found.comm
    ('CONSTRAINT_MEMCG', '/a', '/a/b', 7, 'x')
    """
    match = _SUMMARY.match(text)
    if match is not None:
        constraint, nodemask, cpuset, mems, memcg, task_memcg, comm, pid, uid = match.groups()
        return OomSummary(
            constraint=constraint,
            nodemask=nodemask,
            cpuset=cpuset,
            mems_allowed=mems,
            oom_memcg=memcg,
            task_memcg=task_memcg,
            pid_id=int(pid),
            comm=comm,
            uid_id=int(uid),
        )
    cut = _SUMMARY_CUT.match(text)
    if cut is None:
        return None
    return OomSummary(
        constraint=cut[1],
        nodemask=cut[2],
        cpuset=cut[3],
        mems_allowed=cut[4],
        oom_memcg=cut[5],
        task_memcg=None,
        pid_id=None,
        comm=None,
        uid_id=None,
    )


def kill(text: str, stamp_s: float | None) -> OomKill | None:
    """Who was killed (``__oom_kill_process``); a comm may itself hold parentheses.

    >>> found = kill("Killed process 7, UID 2, (a) b) total-vm:9kB, anon-rss:8kB, file-rss:6kB", None)
    >>> found.pid_id, found.comm, found.lead, found.total_vm_kib, found.shmem_rss_kib
    (7, 'a) b', None, 9, None)
    """
    match = _KILLED.match(text)
    if match is not None:
        numbers = [None if match[n] is None else int(match[n]) for n in (4, 5, 6, 7, 8)]
        return OomKill(
            pid_id=int(match[2]),
            comm=match[3],
            lead=match[1],
            stamp_s=stamp_s,
            total_vm_kib=numbers[0],
            anon_rss_kib=numbers[1],
            file_rss_kib=numbers[2],
            shmem_rss_kib=numbers[3],
            oom_score_adj=numbers[4],
        )
    bare = _KILLED_BARE.match(text)
    if bare is None:
        return None
    return OomKill(
        pid_id=int(bare[2]),
        comm=bare[3],
        lead=bare[1],
        stamp_s=stamp_s,
        total_vm_kib=None,
        anon_rss_kib=None,
        file_rss_kib=None,
        shmem_rss_kib=None,
        oom_score_adj=None,
    )


def choice(text: str) -> OomChoice | None:
    """Whom the kernel chose, until 5.0: a child of it may be killed instead.

    >>> found = choice("Out of memory: Kill process 42 (yum-cron) score 178 or sacrifice child")
    >>> found.pid_id, found.comm, found.score, found.lead
    (42, 'yum-cron', 178, 'Out of memory')
    """
    match = _CHOSEN.match(text)
    if match is None:
        return None
    return OomChoice(pid_id=int(match[2]), comm=match[3], lead=match[1], score=int(match[4]))

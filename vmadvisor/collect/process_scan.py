"""All processes of one moment: a cheap sweep over everyone, details for those that can matter.

``oom_score`` already ranks every process as the kernel would kill it and ``statm`` gives its size;
neither waits for the lock of its address space. The rest is read for a shortlist: the top of that
order, the largest, those that grew most, kswapd, and the parents of those that are protected. Of other
kernel threads nothing is read.
"""

from collections.abc import Iterable
from heapq import nlargest
from typing import NamedTuple

from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.process_files import GONE, read_kernel_thread, read_process, read_stat
from vmadvisor.collect.request import ProcessMode
from vmadvisor.collect.tree import Tree, reason_of
from vmadvisor.errors import ParseError
from vmadvisor.snapshot import Gap, Process, ProcessScan

KSWAPD_SEARCH_MAX_COUNT = 4096
"""Kernel threads looked at for kswapd: they start early, behind some threads of every CPU."""

PROTECTED_MAX_ADJ = -500
"""An oom_score_adj that a daemon has for itself: of such a process it is asked who gave it."""

ANCESTORS_MAX_COUNT = 8
KTHREADD_PID = 2

_COST = "who holds the memory and whom the OOM killer would take cannot be told"
_COST_SOME = "a process among them may hold memory or come first in the OOM killer's order"
_CHECK_EVERY_COUNT = 64  # processes between two looks at the clock
_PID_DIGITS_MAX_COUNT = 10
_PAGES_DIGITS_MAX_COUNT = 19  # 2**63


class ScanPlan(NamedTuple):
    """``earlier`` tells who grew and where kswapd was; ``sizes_only`` asks for statm and kswapd."""

    mode: ProcessMode
    shortlist_count: int
    nodes_count: int | None = None
    earlier: ProcessScan | None = None
    sizes_only: bool = False


def scan_processes(
    tree: Tree, plan: ScanPlan, deadline: Deadline
) -> tuple[ProcessScan | None, list[Gap]]:
    """The scan, ``None`` where the tree has no process; and what it misses."""
    try:
        names = tree.names("proc")
    except OSError as error:
        return None, [Gap(path="/proc", reason=reason_of(error), cost=_COST)]
    pids = sorted(int(name) for name in names if _is_pid(name))
    if not pids:
        return None, [Gap(path="/proc/PID", reason="no process is there", cost=_COST)]
    scan = _Scan(tree, plan, deadline, pids)
    return scan.run(), scan.gaps()


def _is_pid(name: str) -> bool:
    return name.isascii() and name.isdigit() and 0 < len(name) <= _PID_DIGITS_MAX_COUNT


class _Scan:
    """One scan while it goes on."""

    def __init__(self, tree: Tree, plan: ScanPlan, deadline: Deadline, pids: list[int]) -> None:
        self._tree = tree
        self._plan = plan
        self._deadline = deadline
        self._pids = pids
        self._scores: dict[int, int] = {}
        self._rss_pages: dict[int, int] = {}
        self._unscored: list[int] = []
        self._without_memory: list[int] = []  # kernel threads and zombies
        self._unsized: list[int] = []
        self._details: dict[int, Process] = {}
        self._vanished: set[int] = set()
        self._unread: dict[int, str] = {}
        self._read_count = 0
        self._is_cut = False
        self._sees_kernel_threads = False

    def run(self) -> ProcessScan:
        plan, tree = self._plan, self._tree
        for pid in self._while_time(self._pids):
            self._measure(pid)
            self._read_count += 1
        is_all = plan.mode == "all" or not tree.is_live
        if not is_all and not plan.sizes_only:
            # Without the kernel's order there is nothing to shorten the list by.
            is_all = len(self._scores) < len(self._unscored)
        time_s = tree.processes_time_s()
        if tree.is_live:
            self._find_kswapd()
        if not plan.sizes_only or not tree.is_live:
            self._read_details(self._everyone() if is_all else self._shortlist())
            if not is_all:
                self._read_parents()
        return ProcessScan(
            time_s=time_s,
            age_s=max(0.0, tree.now_s() - time_s),
            seen_count=len(self._pids),
            vanished_count=len(self._vanished),
            unread_count=len(self._unread),
            is_complete=is_all and not self._is_cut and not plan.sizes_only,
            sees_kernel_threads=self._sees_kernel_threads,
            rss_pages=self._rss_pages,
            details=self._details,
        )

    def gaps(self) -> list[Gap]:
        """What the scan misses; processes that ended are none."""
        gaps: list[Gap] = []
        if self._unread:
            first = next(iter(self._unread.values()))
            reason = f"{len(self._unread)} processes could not be read ({first})"
            gaps.append(Gap(path="/proc/PID", reason=reason, cost=_COST_SOME))
        if self._is_cut:
            limit_s = self._deadline.limit_s or 0.0
            reason = f"{self._read_count} of {len(self._pids)} processes read within {limit_s:g} s"
            if self._read_count == len(self._pids):
                reason = (
                    f"only the sizes of all {len(self._pids)} processes read within {limit_s:g} s"
                )
            gaps.append(Gap(path="/proc/PID", reason=reason, cost=_COST_SOME))
        return gaps

    def _while_time(self, pids: Iterable[int]) -> Iterable[int]:
        for index, pid in enumerate(pids):
            if index % _CHECK_EVERY_COUNT == 0 and self._deadline.is_over():
                self._is_cut = True
                return
            yield pid

    def _measure(self, pid: int) -> None:
        """Size from statm and, for who has one, the kernel's own rank."""
        peek = self._tree.peek
        directory = f"proc/{pid}/"
        try:
            size, resident = peek(directory + "statm").split(None, 2)[:2]
            if size == b"0":
                self._without_memory.append(pid)
                return
            if len(resident) > _PAGES_DIGITS_MAX_COUNT:
                raise ValueError  # noqa: TRY301 - as any other text that is no size
            self._rss_pages[pid] = max(0, int(resident))
        except OSError as error:
            self._failed(pid, error)
            return
        except ValueError:  # empty: it ended after the open; or no size
            self._note_end(pid)
            return
        if not self._plan.sizes_only:
            try:
                self._scores[pid] = int(peek(directory + "oom_score"))
            except (OSError, ValueError):
                self._unscored.append(pid)

    def _failed(self, pid: int, error: OSError) -> None:
        if error.errno not in GONE:
            self._unread[pid] = reason_of(error)
        else:
            self._note_end(pid)

    def _note_end(self, pid: int) -> None:
        """On a live host a file that is not there means that its process is not."""
        if self._tree.is_live:
            self._rss_pages.pop(pid, None)
            self._vanished.add(pid)
        elif pid not in self._rss_pages:
            self._unsized.append(pid)

    def _everyone(self) -> list[int]:
        if self._tree.is_live:
            return list(self._rss_pages)
        return [*self._rss_pages, *self._unsized, *self._without_memory]

    def _shortlist(self) -> list[int]:
        """Top of the kernel's order, ties by size; the largest; those that grew most."""
        rss_pages, scores = self._rss_pages, self._scores
        count = self._plan.shortlist_count
        chosen = nlargest(count, rss_pages, key=lambda pid: (scores.get(pid, 0), rss_pages[pid]))
        chosen += nlargest(count, rss_pages, key=rss_pages.__getitem__)
        if self._plan.earlier is not None:
            before = self._plan.earlier.rss_pages
            grown = {pid: pages - before.get(pid, 0) for pid, pages in rss_pages.items()}
            chosen += nlargest(count, grown, key=grown.__getitem__)
        return list(dict.fromkeys(chosen))

    def _read_details(self, pids: list[int]) -> None:
        for pid in self._while_time(pids):
            try:
                process = read_process(self._tree, pid)
            except OSError as error:
                if self._tree.is_live:
                    self._failed(pid, error)
                else:
                    self._unread[pid] = f"stat: {reason_of(error)}"
                continue
            except ParseError as error:
                self._unread[pid] = f"stat: {error}"
                continue
            self._details[pid] = process
            if process.stat.is_kernel_thread:
                self._sees_kernel_threads = True
            elif pid not in self._rss_pages and process.stat.rss_pages:
                self._rss_pages[pid] = process.stat.rss_pages

    def _read_parents(self) -> None:
        """Who a protected process may have its oom_score_adj from, up to init."""
        for process in list(self._details.values()):
            adj, ppid = process.oom_score_adj, process.stat.ppid_id
            if adj is None or adj > PROTECTED_MAX_ADJ:
                continue
            for _ in range(ANCESTORS_MAX_COUNT):
                if ppid <= KTHREADD_PID:
                    break
                if ppid not in self._details:
                    self._read_details([ppid])
                if ppid not in self._details:
                    break
                ppid = self._details[ppid].stat.ppid_id

    def _find_kswapd(self) -> None:
        """Looks for one kswapd per node with memory, first where the scan before found them."""
        earlier = self._plan.earlier.details if self._plan.earlier is not None else {}
        known = [pid for pid in earlier if earlier[pid].stat.is_kernel_thread]
        candidates = dict.fromkeys((*known, *self._without_memory[:KSWAPD_SEARCH_MAX_COUNT]))
        left_count = self._plan.nodes_count or len(candidates)
        for pid in self._while_time(candidates):
            try:
                stat = read_stat(self._tree, pid)
            except (OSError, ParseError):
                continue
            if not stat.is_kernel_thread:
                continue
            self._sees_kernel_threads = True
            if stat.comm.startswith("kswapd"):
                self._details[pid] = read_kernel_thread(pid, stat)
                left_count -= 1
                if not left_count:
                    return

"""The processes of one tick: size and score of everyone, the files of those that can matter.

    proc/812/stat status statm oom_score oom_score_adj        the top K by score, the top K by size
    proc/91/stat                                              kswapd, of each node
    meta/processes.json                                       how many there were

``statm`` and ``oom_score`` wait for no lock of the address space. The rest of a recording's bytes would
be idle processes: 500 of them take 9 MB an hour, the first 10 take 0.4.
"""

from collections.abc import Iterable
from heapq import nlargest
from typing import NamedTuple

from vmadvisor.collect.process_counts import ProcessCounts, text_of
from vmadvisor.collect.tree import Tree
from vmadvisor.collect.wanted import PROCESS_COUNTS_PATH

KSWAPD_SEARCH_MAX_COUNT = 4096
"""Kernel threads looked at for kswapd: they start early, behind some threads of every CPU."""

_STARTTIME_FIELD = 19  # counted from the state, which follows the name

Files = list[tuple[str, bytes]]


class _Sizes(NamedTuple):
    score: int
    rss_pages: int
    statm: bytes
    oom_score: bytes


class ProcessFiles(NamedTuple):
    """``started``: pid -> start time, which tells a process from a later one of the same number."""

    files: Files
    started: dict[str, bytes]


class ProcessShortlist:
    """``top_count`` ``None`` takes everyone."""

    __slots__ = ("_kswapd", "_top_count", "_tree")

    def __init__(self, tree: Tree, top_count: int | None) -> None:
        self._tree = tree
        self._top_count = top_count
        self._kswapd: list[str] | None = None

    def take(self) -> ProcessFiles:
        """Files of one moment; a process that ends meanwhile is left out."""
        pids = [name for name in self._tree.names("proc") if name.isdigit()]
        sizes: dict[str, _Sizes] = {}
        without_memory: list[str] = []
        for pid in pids:
            found = self._sizes(pid)
            if found is not None:
                sizes[pid] = found
            else:
                without_memory.append(pid)
        taken = ProcessFiles(files=[(PROCESS_COUNTS_PATH, self._counts(pids, sizes))], started={})
        for pid in sorted(self._chosen(sizes), key=int):
            self._add(pid, sizes[pid], taken)
        for pid in self._kernel_threads(without_memory):
            self._add_stat(pid, taken)
        return taken

    def _counts(self, pids: list[str], sizes: dict[str, _Sizes]) -> bytes:
        """How many there are beside those that are kept."""
        return text_of(
            ProcessCounts(
                seen_count=len(pids), with_memory_count=len(sizes), top_count=self._top_count
            )
        )

    def forget(self) -> None:
        """Looks for kswapd anew: a node may have come."""
        self._kswapd = None

    def _sizes(self, pid: str) -> _Sizes | None:
        """``None`` for what has no memory of its own, or is gone."""
        peek = self._tree.peek
        try:
            statm = peek(f"proc/{pid}/statm")
            size, resident = statm.split(None, 2)[:2]
            if size == b"0":
                return None
            rss_pages = int(resident)
        except (OSError, ValueError):
            return None
        try:
            oom_score = peek(f"proc/{pid}/oom_score")
            return _Sizes(int(oom_score), rss_pages, statm, oom_score)
        except (OSError, ValueError):
            return _Sizes(0, rss_pages, statm, b"")

    def _chosen(self, sizes: dict[str, _Sizes]) -> Iterable[str]:
        if self._top_count is None:
            return sizes
        first = nlargest(self._top_count, sizes, key=lambda pid: sizes[pid][:2])
        largest = nlargest(self._top_count, sizes, key=lambda pid: sizes[pid].rss_pages)
        return dict.fromkeys((*first, *largest))

    def _add(self, pid: str, sizes: _Sizes, taken: ProcessFiles) -> None:
        if not self._add_stat(pid, taken):
            return
        directory = f"proc/{pid}"
        try:
            # Long: a list of groups and masks of CPUs and nodes stand before the sizes.
            taken.files.append((f"{directory}/status", self._tree.read(f"{directory}/status")[0]))
            taken.files.append((f"{directory}/statm", sizes.statm))
            if sizes.oom_score:
                taken.files.append((f"{directory}/oom_score", sizes.oom_score))
            adj = self._tree.peek(f"{directory}/oom_score_adj")
            taken.files.append((f"{directory}/oom_score_adj", adj))
        except OSError:  # it ended: what was read stands
            return

    def _add_stat(self, pid: str, taken: ProcessFiles) -> bool:
        try:
            stat = self._tree.peek(f"proc/{pid}/stat")
        except OSError:
            return False
        if not stat:  # it ended after the open
            return False
        taken.files.append((f"proc/{pid}/stat", stat))
        taken.started[pid] = starttime_of(stat)
        return True

    def _kernel_threads(self, without_memory: list[str]) -> list[str]:
        if self._top_count is None:
            return without_memory
        if self._kswapd is None:
            looked_at = sorted(without_memory, key=int)[:KSWAPD_SEARCH_MAX_COUNT]
            self._kswapd = [pid for pid in looked_at if self._is_kswapd(pid)]
        return self._kswapd

    def _is_kswapd(self, pid: str) -> bool:
        try:
            return b" (kswapd" in self._tree.peek(f"proc/{pid}/stat")[:32]
        except OSError:
            return False


def starttime_of(stat: bytes) -> bytes:
    """The field of /proc/PID/stat that never changes, empty where the text makes no sense.

    >>> starttime_of(b"7 (a) b) S 1 7 7 0 -1 4194560 9 0 5 0 11 13 0 0 20 0 1 0 99 8192 321 1")
    b'99'
    """
    fields = stat[stat.rfind(b")") + 1 :].split(None, _STARTTIME_FIELD + 1)
    return fields[_STARTTIME_FIELD] if len(fields) > _STARTTIME_FIELD else b""

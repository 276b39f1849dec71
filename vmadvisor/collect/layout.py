"""What an archive or a directory holds: one tree below some prefix, or a recording's many.

``sosreport-db1/proc/meminfo`` is a tree below ``sosreport-db1``; ``12.041147/proc/meminfo`` a tick of
a recording. Where there are several, the one nearest to the top is meant: what lies deeper are
containers' roots, chroots, ``/proc/1/root``.
"""

import re
from functools import lru_cache

from vmadvisor.collect import recording_meta
from vmadvisor.collect.budget import Budget
from vmadvisor.collect.damage import Loss
from vmadvisor.collect.memory_tree import MemoryTree
from vmadvisor.collect.recording_window import RecordingWindow
from vmadvisor.collect.request import Request
from vmadvisor.collect.tree import Tree
from vmadvisor.collect.wanted import Kind
from vmadvisor.errors import RootError
from vmadvisor.snapshot import Gap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmadvisor.snapshot import Snapshot

_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_OTHERS_MAX_COUNT = 1000

ASIDE_MAX_BYTES = 4 * 2**20
ASIDE_FILE_BYTES = 400
"""All files of settings of a host take some hundred KiB; the rest of an archive's is left out."""

Rank = tuple[int, int, str]


def seconds_of(name: str) -> float | None:
    """The tick that a directory's name stands for.

    >>> seconds_of("12.041147"), seconds_of("1e308"), seconds_of("nan")
    (12.041147, None, None)
    """
    return float(name) if _SECONDS.fullmatch(name) else None


class Layout:
    """Takes files by prefix and path as they come, keeps those of the tree that is meant.

    ``meta`` is the archive's own text about itself, which every moment of a recording then holds.
    """

    __slots__ = (
        "_aside",
        "_aside_bytes",
        "_best",
        "_budget",
        "_files",
        "_others",
        "_request",
        "meta",
        "window",
    )

    def __init__(self, request: Request) -> None:
        self._request = request
        self._best: Rank | None = None
        self._others: set[Rank] = set()
        self.meta: bytes | None = None
        self._aside: dict[str, dict[str, bytes]] = {}
        self._aside_bytes = 0
        self._start()

    def _start(self) -> None:
        self._budget = Budget()
        self._files: dict[str, bytes] = {}
        self.window = RecordingWindow(
            at_s=self._request.at_s,
            interval_s=self._request.interval_s,
            budget=self._budget,
            past_s=self._request.past_s,
        )

    @property
    def is_recording(self) -> bool:
        """True when the tree that is meant is a recording."""
        return self._best is not None and self._best[1] == 0

    @property
    def is_empty(self) -> bool:
        """True while no file has been met that tells of memory."""
        return self._best is None

    def wants(self, prefix: str, path: str) -> bool:
        """True if the file's bytes are needed; to be asked of every file, in the stream's order."""
        rank, time_s = _rank(prefix)
        if rank != self._best and not self._is_better(rank):
            return False
        return time_s is None or self.window.wants(time_s, path)

    def add(self, prefix: str, path: str, kind: Kind, data: bytes) -> None:
        """A file that ``wants`` asked for."""
        _, time_s = _rank(prefix)
        if time_s is not None:
            self.window.add(time_s, path, kind, data)
            return
        if path in self._files:
            self._budget.give_back(path, self._files[path])
        self._budget.take(path, data)
        self._files[path] = data

    @property
    def has_room_aside(self) -> bool:
        """Whether another file of settings is kept."""
        return self._aside_bytes < ASIDE_MAX_BYTES

    def set_aside(self, prefix: str, path: str, data: bytes) -> None:
        """A file of settings below the prefix: whether it is of use is known at the end."""
        self._aside_bytes += len(path) + len(data) + ASIDE_FILE_BYTES
        self._aside.setdefault(prefix, {})[path] = data

    def note_loss(self, loss: Loss, prefix: str | None) -> Gap:
        """Something was lost before the file below ``prefix``, or at the end; as a gap."""
        after_s = None if prefix is None else _rank(prefix)[1]
        gap = loss.gap(self.window.last_s, after_s)
        self.window.break_off()
        return gap

    def _is_better(self, rank: Rank) -> bool:
        best = self._best
        if best is not None and best < rank:
            self._note_other(rank)
            return False
        self._best = rank
        self._start()
        if best is not None:
            self._note_other(best)
        return True

    def _note_other(self, rank: Rank) -> None:
        if len(self._others) < _OTHERS_MAX_COUNT:
            self._others.add(rank)

    def moments(self, *, is_torn: bool) -> tuple[Tree | None, Tree]:
        """(before, after); a tree that is no recording has no before."""
        if self._best is None:
            raise RootError("it holds no file below proc/ or sys/ that tells of memory")
        at_s = self._request.at_s
        if not self.is_recording:
            if at_s is not None:
                raise RootError("it holds one moment without a time, so none can be chosen")
            files = self._aside.get(self._best[2], {}) | self._files
            return None, MemoryTree({path: (data, 0.0) for path, data in files.items()})
        before, after = self.window.moments(is_torn=is_torn)
        if after is None:
            raise RootError(f"the recording begins at {self.window.first_s} s, after {at_s} s")
        for tree in (before, after):
            if tree is not None and self.meta is not None:
                tree.put(recording_meta.NAME, self.meta, tree.now_s())
        return before, after

    def past(self, *, is_torn: bool) -> "Iterator[Snapshot]":
        """What a forecast may look back at; nothing of a tree that is no recording."""
        return self.window.past(self.meta, is_torn=is_torn)

    def gaps(self) -> list[Gap]:
        """Says which other trees were passed over."""
        if self._best is None:
            return []
        inside = tuple(f"{self._best[2]}/{top}/".lstrip("/") for top in ("proc", "sys"))
        others = sorted(rank for rank in self._others if not rank[2].startswith(inside))
        if not others:
            return []
        more = "at least " if len(self._others) >= _OTHERS_MAX_COUNT else ""
        reason = f"{more}{len(others)} other trees are in the archive, the first below {others[0][2] or '/'!r}"
        return [Gap(path="/", reason=reason, cost=f"only {self._best[2] or '/'!r} was looked at")]


@lru_cache(maxsize=64)
def _rank(prefix: str) -> tuple[Rank, float | None]:
    """How near to the top the prefix's tree is, and the tick; of two alike the recording leads."""
    parts = prefix.split("/") if prefix else []
    time_s = seconds_of(parts[-1]) if parts else None
    if time_s is None:
        return (len(parts), 1, prefix), None
    return (len(parts), 0, "/".join(parts[:-1])), time_s

"""The process and group scans while a recording goes by: each a set, replaced as a whole.

A scan that was cut short is no set: the one before it stays.
"""

from dataclasses import replace

from vmadvisor.collect.cgroup_walk import walk
from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.memory_tree import MemoryTree
from vmadvisor.collect.moment import UNKNOWN_HOST, Moment
from vmadvisor.collect.process_counts import as_recorded
from vmadvisor.collect.recording_meta import NAME, meta_of
from vmadvisor.collect.recording_ticks import Tick
from vmadvisor.collect.recording_window import looks_cut
from vmadvisor.collect.request import Request
from vmadvisor.snapshot import CgroupScan, Gap, ProcessScan


class CarriedScans:
    """``put`` ticks, ask for the scans as they stand at a moment."""

    __slots__ = ("_files", "_is_changed", "_meta", "_processes", "_request", "_times_s", "cgroups",
                 "gaps", "host")  # fmt: skip

    def __init__(self, *, with_processes: bool) -> None:
        self._request = Request(processes="all" if with_processes else "none")
        self._files: dict[str, dict[str, bytes]] = {"process": {}, "cgroup": {}}
        self._times_s = {"process": 0.0, "cgroup": 0.0}
        self._is_changed = True
        self._meta: bytes | None = None
        self._processes: ProcessScan | None = None
        self.cgroups: CgroupScan | None = None
        self.gaps: tuple[Gap, ...] = ()
        self.host = UNKNOWN_HOST

    def put(self, tick: Tick) -> bool:
        """Takes the tick's scans that are newer than those known; true where there was one."""
        found: dict[str, dict[str, bytes]] = {"process": {}, "cgroup": {}}
        for path, (of_kind, data) in tick.files.items():
            if of_kind != "record":
                found[of_kind][path] = data
        if tick.meta is not None and tick.meta is not self._meta:
            self._meta, self._is_changed = tick.meta, True
        is_taken = False
        for kind, files in found.items():
            known = self._files[kind]
            if not files or (known and tick.time_s <= self._times_s[kind]):
                continue
            is_cut = tick.is_cut or (kind == "process" and _is_cut_at_end(tick, files, known))
            if not is_cut:
                self._files[kind], self._times_s[kind] = files, tick.time_s
                self._is_changed = is_taken = True
        return is_taken

    def update(self) -> None:
        """Parses what has changed."""
        if not self._is_changed:
            return
        self._is_changed = False
        files = {
            path: (data, self._times_s[kind])
            for kind, scan in self._files.items()
            for path, data in scan.items()
        }
        if self._meta is not None:
            files[NAME] = (self._meta, 0.0)
        tree = MemoryTree(files, processes_time_s=self._times_s["process"], empty="proc")
        deadline = Deadline(None)
        moment = Moment(tree, self._request, deadline)
        moment.read((), deadline)
        moment.add_cgroups(walk(tree, moment.walk_plan()))
        meta = meta_of(tree)
        if moment.processes is not None:
            moment.processes = as_recorded(moment.processes, tree, meta)
        moment.add_gaps(meta.gaps())
        found = moment.snapshot(meta.host)
        self._processes, self.cgroups, self.gaps = found.processes, found.cgroups, found.gaps
        self.host = meta.host

    def processes(self, now_s: float) -> ProcessScan | None:
        """The process scan, with its age at that moment."""
        scan = self._processes
        return None if scan is None else replace(scan, age_s=max(0.0, now_s - scan.time_s))


def _is_cut_at_end(tick: Tick, files: dict[str, bytes], earlier: dict[str, bytes]) -> bool:
    return tick.is_last and looks_cut(files, earlier, next(reversed(tick.files)))

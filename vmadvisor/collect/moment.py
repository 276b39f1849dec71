"""One tree becomes one snapshot: the registry, the processes, last the control groups."""

from collections.abc import Iterable, Mapping
from heapq import nlargest

from vmadvisor.collect.cgroup_scan import assemble
from vmadvisor.collect.cgroup_walk import Event, WalkPlan
from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.process_scan import ScanPlan, scan_processes
from vmadvisor.collect.request import Request
from vmadvisor.collect.source_records import SourceRecords
from vmadvisor.collect.tree import Tree
from vmadvisor.records import replace
from vmadvisor.snapshot import (
    CgroupScan,
    Gap,
    HostFacts,
    Process,
    ProcessScan,
    Snapshot,
    Timed,
)
from vmadvisor.sources import AnySource
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.zoneinfo import Zoneinfo

UNKNOWN_HOST = HostFacts(
    hostname=None, arch=None, boot_id=None, page_size_bytes=None, clock_hz=None, is_live=False
)


class Moment:
    """A snapshot in the making."""

    __slots__ = (
        "_cgroups",
        "_gaps",
        "_has_configuration",
        "_records",
        "_request",
        "_tree",
        "processes",
        "time_s",
    )

    def __init__(self, tree: Tree, request: Request, deadline: Deadline) -> None:
        self._tree = tree
        self._request = request
        self._records = SourceRecords(tree, deadline)
        self._gaps: list[Gap] = []
        self._cgroups: CgroupScan | None = None
        self._has_configuration = False
        self.processes: ProcessScan | None = None
        self.time_s = tree.now_s()

    def read(
        self,
        sources: Iterable[AnySource],
        deadline: Deadline,
        *,
        reused: Mapping[type, Timed] | None = None,
        earlier: ProcessScan | None = None,
        sizes_only: bool = False,
    ) -> None:
        """Everything but the control groups."""
        self._records.read(sources, reused or {})
        if self._request.processes != "none":
            plan = ScanPlan(
                mode=self._request.processes,
                shortlist_count=self._request.shortlist_count,
                nodes_count=self._nodes_count(),
                earlier=earlier,
                sizes_only=sizes_only,
            )
            self.processes, gaps = scan_processes(self._tree, plan, deadline)
            self._gaps += gaps
        self.time_s = self._tree.now_s()

    def _nodes_count(self) -> int | None:
        """Nodes with memory: each has its kswapd."""
        timed = self._records.records.get(Zoneinfo)
        if timed is None or not isinstance(timed.record, Zoneinfo):
            return None
        return len({zone.node_id for zone in timed.record.zones if zone.managed_pages})

    def readings(self, kinds: Iterable[type]) -> dict[type, Timed]:
        """The records of these types, to be used again."""
        return {
            kind: self._records.records[kind] for kind in kinds if kind in self._records.records
        }

    def walk_plan(self) -> WalkPlan:
        """Whose control group is worth asking for: the largest processes first."""
        sizes = dict(self.processes.rss_pages) if self.processes is not None else {}
        count = self._request.shortlist_count
        if self.processes is not None and not self.processes.details.keys().isdisjoint(sizes):
            sizes = {pid: sizes[pid] for pid in self.processes.details if pid in sizes}
            is_small = self._request.processes == "shortlist" or not self._tree.is_live
            count = len(sizes) if is_small else count
        pids = nlargest(count, sizes, key=sizes.__getitem__)
        with_members = self._request.processes == "all" or not self._tree.is_live
        return WalkPlan(pids=tuple(pids), with_members=with_members)

    def add_cgroups(self, events: Iterable[Event], *, unanswered_s: float | None = None) -> None:
        """What the walk found; processes learn their group."""
        self._cgroups, groups_of, gaps = assemble(events, unanswered_s=unanswered_s)
        self._gaps += gaps
        if self._cgroups is not None:
            self.time_s = max(self.time_s, self._cgroups.time_s)
        if self.processes is not None and groups_of:
            details = {
                pid: _in_group(process, groups_of.get(pid))
                for pid, process in self.processes.details.items()
            }
            self.processes = replace(self.processes, details=details)

    def add_configuration(self, deadline: Deadline) -> None:
        """What the host's files set, of the units of the processes that were read."""
        from vmadvisor.collect.configuration import read_configuration

        details = self.processes.details if self.processes is not None else {}
        paths = dict.fromkeys(p.cgroup_path for p in details.values() if p.cgroup_path is not None)
        found, gaps = read_configuration(self._tree, paths, deadline)
        self._gaps += gaps
        if found is not None:
            self._has_configuration = True
            self._records.records[type(found)] = Timed(time_s=self._tree.now_s(), record=found)

    def add_gaps(self, gaps: Iterable[Gap]) -> None:
        """Gaps of the root itself."""
        self._gaps += gaps

    def snapshot(self, host: HostFacts) -> Snapshot:
        """The finished record; what the tree says of its host fills what ``host`` leaves open."""
        return Snapshot(
            time_s=self.time_s,
            host=described(host, self._records.records),
            records=self._records.records,
            families=self._records.families,
            processes=self.processes,
            cgroups=self._cgroups,
            gaps=(*self._records.gaps, *self._gaps),
            has_configuration=self._has_configuration,
        )


def described(host: HostFacts, records: Mapping[type, Timed]) -> HostFacts:
    """The host with the names that its own records tell."""
    timed = records.get(KernelSysctl)
    if timed is None or not isinstance(timed.record, KernelSysctl):
        return host
    return replace(
        host,
        hostname=host.hostname or timed.record.hostname,
        boot_id=host.boot_id or timed.record.boot_id,
    )


def _in_group(process: Process, path: str | None) -> Process:
    return process if path is None else replace(process, cgroup_path=path)

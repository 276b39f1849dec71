"""Snapshots built from records, each with its own reading time, as a recording has them."""

from collections.abc import Callable

import pytest

from vmadvisor.model.sample import GroupSample, NodeSample, Sample
from vmadvisor.model.track import Track
from vmadvisor.snapshot import HostFacts, Process, ProcessScan, Snapshot, Timed
from vmadvisor.sources.cgroup import CgroupMemory
from vmadvisor.sources.cgroup import parse as parse_cgroup
from vmadvisor.sources.pid_stat import PF_KTHREAD, PidStat
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zone

_COUNTS = ("total_pages", "file_pages", "anon_pages", "shmem_pages")
_SLABS = ("slab_reclaimable_pages", "slab_unreclaimable_pages")


@pytest.fixture
def host() -> Callable[..., HostFacts]:
    def build(**known: object) -> HostFacts:
        unknown: dict[str, object] = {
            "hostname": None,
            "arch": None,
            "boot_id": None,
            "page_size_bytes": None,
            "clock_hz": None,
            "is_live": False,
        }
        return HostFacts(**(unknown | known))

    return build


@pytest.fixture
def snapshot(host) -> Callable[..., Snapshot]:
    """``snapshot((10.0, record), (10.2, record), host=..., processes=...)``."""

    def build(*timed: tuple[float, object], **others: object) -> Snapshot:
        records = {type(record): Timed(time_s=at, record=record) for at, record in timed}
        newest = max((at for at, _ in timed), default=0.0)
        others.setdefault("host", host())
        return Snapshot(time_s=newest, records=records, **others)

    return build


@pytest.fixture
def zone() -> Callable[..., Zone]:
    """A zone of 100,000 pages whose marks are 1,000, 1,250 and 1,500."""

    def build(**changes: object) -> Zone:
        fields: dict[str, object] = dict.fromkeys(Zone.__dataclass_fields__)
        fields |= {
            "node_id": 0,
            "name": "Normal",
            "free_pages": 7_000,
            "min_pages": 1_000,
            "low_pages": 1_250,
            "high_pages": 1_500,
            "managed_pages": 100_000,
            "protection_pages": (0, 0),
            "pagesets": (),
        }
        return Zone(**(fields | changes))

    return build


@pytest.fixture
def process() -> Callable[..., Process]:
    def build(pid: int, comm: str, **changes: object) -> Process:
        is_kernel = bool(changes.pop("is_kernel", False))
        stat: dict[str, object] = {
            "comm": comm,
            "state": "S",
            "ppid_id": 1,
            "flags_mode": PF_KTHREAD if is_kernel else 64,
            "majflt_total": 5,
            "utime_ticks_total": 0,
            "stime_ticks_total": 0,
            "starttime_ticks": 77,
            "rss_pages": 0,
        }
        own = {name: changes.pop(name) for name in list(changes) if name in stat}
        fields: dict[str, object] = {
            "status": None,
            "statm": None,
            "oom_score": None,
            "oom_score_adj": 0,
            "cgroup_path": None,
        }
        return Process(pid_id=pid, stat=PidStat(**(stat | own)), **(fields | changes))

    return build


@pytest.fixture
def scan() -> Callable[..., ProcessScan]:
    def build(time_s: float, *processes: Process) -> ProcessScan:
        sizes = {p.pid_id: p.stat.rss_pages for p in processes if not p.stat.is_kernel_thread}
        return ProcessScan(
            time_s=time_s,
            age_s=0.0,
            seen_count=len(processes),
            vanished_count=0,
            unread_count=0,
            is_complete=True,
            sees_kernel_threads=True,
            rss_pages=sizes,
            details={p.pid_id: p for p in processes},
        )

    return build


@pytest.fixture
def cgroup() -> Callable[..., CgroupMemory]:
    """``cgroup("memory.max=4096", "memory.events=max 3")``: v2 or v1 files as text."""

    def build(*files: str) -> CgroupMemory:
        pairs = (file.split("=", 1) for file in files)
        return parse_cgroup({name: text.replace(",", "\n") + "\n" for name, text in pairs})

    return build


@pytest.fixture
def sample() -> Callable[..., Sample]:
    """``sample(12.4, oom_kill_total=1, nodes=(...))``: fields of the sample, or of its vmstat."""

    def build(time_s: float, **known: object) -> Sample:
        counters = dict.fromkeys(Vmstat.__dataclass_fields__) | {
            name: known.pop(name) for name in list(known) if name in Vmstat.__dataclass_fields__
        }
        fields = dict.fromkeys(Sample.__dataclass_fields__) | dict.fromkeys((*_COUNTS, *_SLABS), 0)
        fields |= {"time_s": time_s, "page_size_bytes": 4096, "nodes": (), "groups": ()}
        return Sample(**(fields | {"vmstat": Vmstat(**counters)} | known))

    return build


@pytest.fixture
def node() -> Callable[..., NodeSample]:
    def build(**known: int) -> NodeSample:
        return NodeSample(**(dict.fromkeys(NodeSample.__dataclass_fields__, 0) | known))

    return build


@pytest.fixture
def group() -> Callable[..., GroupSample]:
    """A group at ``/box`` with a limit of 1,000 pages."""

    def build(time_s: float, **known: object) -> GroupSample:
        fields = dict.fromkeys(GroupSample.__dataclass_fields__)
        fields |= {"path": "/box", "time_s": time_s, "limit_pages": 1000, "is_hard": True}
        fields |= {"current_pages": 900, "swap_pages": 0}
        return GroupSample(**(fields | known))

    return build


@pytest.fixture
def track() -> Callable[..., Track]:
    def build(*samples: Sample) -> Track:
        made = Track()
        for one in samples:
            made.add(one)
        return made

    return build

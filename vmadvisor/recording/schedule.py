"""Which of the registry's files are read at every tick, which with the processes, which are settings.

Counters and pressure are what rates are made of: every tick. What moves slowly, or is many files, comes
with the process scan. Settings stand at the beginning of each frame, and again when one has changed: the
snapshot at a moment takes the newest version of each path.
"""

from collections.abc import Iterable, Iterator

from vmadvisor.collect.tree import Tree
from vmadvisor.sources import SOURCES, AnySource, FileSource
from vmadvisor.sources.block_device import BlockDevice
from vmadvisor.sources.cmdline import Cmdline
from vmadvisor.sources.lru_gen import LruGen
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.pressure import CpuPressure, IoPressure, MemoryPressure
from vmadvisor.sources.proc_stat import ProcStat
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.transparent_hugepage import TransparentHugepage
from vmadvisor.sources.version import KernelVersion
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.sources.zswap import Zswap

_EVERY_TICK = frozenset(
    {Meminfo, Vmstat, Zoneinfo, MemoryPressure, IoPressure, CpuPressure, ProcStat}
)
_SETTINGS = frozenset(
    {
        BlockDevice,
        KernelVersion,
        Cmdline,
        KernelSysctl,
        VmSysctl,
        TransparentHugepage,
        LruGen,
        Zswap,
    }
)

TICKING: tuple[AnySource, ...] = tuple(s for s in SOURCES if s.record in _EVERY_TICK)
SETTINGS: tuple[AnySource, ...] = tuple(s for s in SOURCES if s.record in _SETTINGS)
SLOW: tuple[AnySource, ...] = tuple(s for s in SOURCES if s.record not in _EVERY_TICK | _SETTINGS)


def paths_of(sources: Iterable[AnySource], tree: Tree) -> Iterator[str]:
    """Every path that the sources may have in this tree; the star stands for what is there now."""
    for source in sources:
        if isinstance(source, FileSource):
            yield source.path
            continue
        for directory in _directories(source.path, tree):
            for name in source.names:
                yield f"{directory}/{name}"


def _directories(path: str, tree: Tree) -> list[str]:
    if "*" not in path:
        return [path]
    parent, _, pattern = path.rpartition("/")
    before, after = pattern.split("*", 1)
    try:
        names = tree.names(parent)
    except OSError:
        return []
    shortest = len(before) + len(after) + 1
    return [
        f"{parent}/{name}"
        for name in sorted(names)
        if name.startswith(before) and name.endswith(after) and len(name) >= shortest
    ]

"""One module per kernel file: text -> record. The registry below is what a snapshot reads, in order.

To add a file: write ``sources/<name>.py`` with a ``SOURCE``, its test in ``tests/sources``, and one
line here. Files of a process (``pid_*``) and of a control group (``cgroup``) have no source: the
process and group scans of ``collect`` decide which of them to read.
"""

from vmadvisor.sources import (
    arcstats,
    block_device,
    buddyinfo,
    cmdline,
    hugepages,
    lru_gen,
    meminfo,
    numa_node,
    pagetypeinfo,
    pressure,
    proc_stat,
    swaps,
    sysctl_kernel,
    sysctl_vm,
    transparent_hugepage,
    uptime,
    version,
    vmstat,
    zoneinfo,
    zram,
    zswap,
)
from vmadvisor.sources._source import AnySource, DirectorySource, FileSource

__all__ = ["DEEP_SOURCES", "SOURCES", "AnySource", "DirectorySource", "FileSource"]

SOURCES: tuple[AnySource, ...] = (
    version.SOURCE,
    sysctl_kernel.SOURCE,
    # meminfo, vmstat and zoneinfo are compared with one another: nothing slow comes between them.
    meminfo.SOURCE,
    vmstat.SOURCE,
    zoneinfo.SOURCE,
    pressure.MEMORY_SOURCE,
    pressure.IO_SOURCE,
    pressure.CPU_SOURCE,
    proc_stat.SOURCE,
    uptime.SOURCE,
    buddyinfo.SOURCE,
    swaps.SOURCE,
    sysctl_vm.SOURCE,
    transparent_hugepage.SOURCE,
    lru_gen.SOURCE,
    hugepages.SOURCE,
    numa_node.SOURCE,
    block_device.SOURCE,
    zram.SOURCE,
    zswap.SOURCE,
    arcstats.SOURCE,
    cmdline.SOURCE,
)
"""Host-wide sources, cheap enough for every snapshot."""

DEEP_SOURCES: tuple[AnySource, ...] = (pagetypeinfo.SOURCE,)
"""Read on request only: the kernel works for them with interrupts off."""

"""What the swap that is filled first lies on: compressed memory, a disk that seeks, or one that does not.

    /dev/zram0                     zram
    /dev/sda2, /dev/nvme0n1p3      partitions: their disk's queue/rotational
    /dev/dm-1, /dev/vdb            whole devices: their own
    /swapfile                      a file: /proc/swaps does not tell its device

What cannot be told stays so, and why is said.
"""

import re

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.block_device import BlockDevice
from vmadvisor.sources.swaps import Swaps

ZRAM, SEEKS, SEEKLESS = "zram", "disk that seeks", "disk that does not seek"
_PARTITION = re.compile(r"(?P<disk>.*\d)p\d+|(?P<letters>[a-z]+)\d+", re.ASCII)
"""``block/partitions/core.c:disk_name``: a ``p`` between where the disk's own name ends in a digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapMedium:
    """``kind`` is ``None`` where it cannot be told, and ``why_not`` says why; ``source`` is what told it."""

    kind: str | None
    why_not: str | None
    source: str


def swap_medium(snapshot: Snapshot) -> SwapMedium | None:
    """``None`` without swap."""
    swaps = snapshot.get(Swaps)
    if swaps is None or not swaps.devices:
        return None
    first = max(swaps.devices, key=lambda device: device.priority_count)
    if first.kind == "file":
        return _untold("a file: its device is not in /proc/swaps")
    name = first.path.rpartition("/")[2]
    if name.startswith("zram"):
        return SwapMedium(kind=ZRAM, why_not=None, source="/proc/swaps")
    disks = snapshot.each(BlockDevice)
    for disk in (name, _disk_of(name)):
        found = None if disk is None else disks.get(disk)
        if found is not None and found.is_rotational is not None:
            kind = SEEKS if found.is_rotational else SEEKLESS
            return SwapMedium(kind=kind, why_not=None, source=f"/sys/block/{disk}/queue/rotational")
    return _untold("no queue/rotational of its disk")


def _untold(why_not: str) -> SwapMedium:
    return SwapMedium(kind=None, why_not=why_not, source="/proc/swaps")


def _disk_of(name: str) -> str | None:
    """The disk that a partition's name tells.

    >>> _disk_of("sda2"), _disk_of("nvme0n1p3"), _disk_of("md127p1"), _disk_of("root")
    ('sda', 'nvme0n1', 'md127', None)
    """
    match = _PARTITION.fullmatch(name)
    return None if match is None else match["disk"] or match["letters"]

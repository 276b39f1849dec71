"""What swap lies on, and where that cannot be told."""

from dataclasses import replace

import pytest

from vmadvisor.model.swap_medium import SwapMedium, swap_medium
from vmadvisor.snapshot import Timed
from vmadvisor.sources import swaps
from vmadvisor.sources.block_device import BlockDevice

HEAD = "Filename Type Size Used Priority\n"
DISKS = {"sda": True, "nvme0n1": False, "dm-1": False, "vdb": None, "md127": True}


def medium(snapshot, *lines):
    family = {
        name: Timed(time_s=3.0, record=BlockDevice(is_rotational=seeks))
        for name, seeks in DISKS.items()
    }
    areas = swaps.parse(HEAD + "".join(f"{line}\n" for line in lines))
    return swap_medium(replace(snapshot((3.0, areas)), families={BlockDevice: family}))


@pytest.mark.parametrize(
    ("device", "kind", "source"),
    [
        ("/dev/sda2", "disk that seeks", "/sys/block/sda/queue/rotational"),
        ("/dev/nvme0n1p3", "disk that does not seek", "/sys/block/nvme0n1/queue/rotational"),
        ("/dev/md127p1", "disk that seeks", "/sys/block/md127/queue/rotational"),
        ("/dev/dm-1", "disk that does not seek", "/sys/block/dm-1/queue/rotational"),
        ("/dev/zram0", "zram", "/proc/swaps"),
    ],
)
def test_a_device_is_told_by_its_disk(snapshot, device, kind, source):
    found = medium(snapshot, f"{device} partition 1024 76 -2")

    assert found == SwapMedium(kind=kind, why_not=None, source=source)


@pytest.mark.parametrize(
    ("line", "why_not"),
    [
        ("/swapfile file 1024 76 -2", "a file: its device is not in /proc/swaps"),
        ("/sda file 1024 76 -2", "a file: its device is not in /proc/swaps"),
        ("/dev/mapper/vg-swap partition 1024 76 -2", "no queue/rotational of its disk"),
        ("/dev/vdb partition 1024 76 -2", "no queue/rotational of its disk"),
    ],
)
def test_what_cannot_be_told_is_said(snapshot, line, why_not):
    found = medium(snapshot, line)

    assert (found.kind, found.why_not) == (None, why_not)


def test_the_area_that_is_filled_first_counts(snapshot):
    lines = ("/dev/sda2 partition 1024 76 -2", "/dev/nvme0n1p3 partition 512 6 5")

    assert medium(snapshot, *lines).kind == "disk that does not seek"


def test_without_swap_there_is_nothing_to_tell(snapshot):
    assert medium(snapshot) is None
    assert swap_medium(snapshot()) is None

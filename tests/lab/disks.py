"""Disk images: an ext4 file system with the scenario's files in it, an empty one to swap to.

Files are made of text, not zeros: a file system keeps zeros as holes, which no read would fetch from disk.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from lab.scenario import Scenario
from lab.tools import GUEST, call, guest_program

# What 5.10 can mount: newer mke2fs switches on features by default that old kernels refuse.
FEATURES = "none,has_journal,extent,filetype,sparse_super,large_file,dir_index"
_LINE = b"A file that is read again and again tells the kernel nothing new.\n"
_SLACK_MIB = 24  # journal and tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """A disk of the guest: told apart in it by its serial number; a rate of 0 knows no throttle."""

    serial: str
    path: Path
    mib_per_s: float = 0.0
    io_per_s: float = 0.0


def build(scenario: Scenario, work: Path, cache: Path) -> list[Drive]:
    """The guest's disks, in ``work``."""
    disk, swap = scenario.disk, scenario.swap
    paths = {"data": _data(scenario, work, cache)}
    if disk.root:
        from lab.root_image import ensure

        paths["root"] = work / "root"
        call("cp", "--sparse=always", str(ensure(cache)), str(paths["root"]))
    drives = [
        Drive(serial=serial, path=path, mib_per_s=disk.mib_per_s, io_per_s=disk.io_per_s)
        for serial, path in paths.items()
    ]
    if swap.disk_mib:
        path = _empty(work / "swap", swap.disk_mib)
        drives.append(
            Drive(
                serial="swap", path=path, mib_per_s=swap.disk_mib_per_s, io_per_s=swap.disk_io_per_s
            )
        )
    return drives


def _data(scenario: Scenario, work: Path, cache: Path) -> Path:
    files_mib = sum(scenario.files.values())
    image = _empty(work / "data", max(scenario.disk.mib, files_mib + files_mib // 50 + _SLACK_MIB))
    with tempfile.TemporaryDirectory(dir=work) as content:
        for name, mib in scenario.files.items():
            with (Path(content) / name).open("wb") as file:
                block = (_LINE * (2**20 // len(_LINE) + 1))[: 2**20]
                for _ in range(mib):
                    file.write(block)
        if scenario.disk.root:
            from lab.root_image import write_vmadvisor

            write_vmadvisor(Path(content))
            call("cp", str(guest_program("fire", cache)), f"{content}/fire")
            for script in (*GUEST.glob("*.sh"), *GUEST.glob("*.py")):
                call("cp", str(script), content)
        call(
            "mke2fs",
            "-q",
            "-F",
            "-t",
            "ext4",
            "-O",
            FEATURES,
            "-m",
            "0",
            "-d",
            content,
            str(image),
        )
    return image


def _empty(path: Path, mib: int) -> Path:
    with path.open("wb") as file:
        file.truncate(mib << 20)
    return path

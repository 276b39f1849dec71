"""The guest's first file system: busybox, recorder, workload, modules, and the scenario as data.

Written as a cpio archive in the ``newc`` form that ``init/initramfs.c`` unpacks, uncompressed: an emulated
CPU takes longer to inflate than the host to hand it over.
"""

import stat
from dataclasses import dataclass
from pathlib import Path

from lab import plan
from lab.kernels import Kernel
from lab.modules import Modules
from lab.scenario import Group, Scenario
from lab.tools import GUEST, guest_program, path_of

DRIVERS = ("virtio_pci", "virtio_blk", "virtio_console", "ext4")
COMPRESSORS = (
    "lzo",
    "lzo-rle",
    "lz4",
    "zstd",
)  # zram asks by alias, which nothing in the guest resolves
PROGRAMS = ("recorder", "workload")
DIRECTORIES = ("bin", "proc", "sys", "dev", "mnt", "root-image", "lab", "lab/modules.d", "lab/cgroups", "lab/processes", "tmp")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file or directory of the archive."""

    path: str
    mode: int
    data: bytes = b""


def build(scenario: Scenario, kernel: Kernel, cache: Path) -> bytes:
    """The archive for one run."""
    entries = [Entry(path=path, mode=stat.S_IFDIR | 0o755) for path in DIRECTORIES]
    entries.append(_program("init", GUEST / "init"))
    entries.append(_program("bin/busybox", Path(path_of("busybox"))))
    entries += [_program(f"bin/{name}", guest_program(name, cache)) for name in PROGRAMS]
    modules = Modules(kernel.modules).load_order(_drivers(scenario))
    entries += [_file(f"lab/modules.d/{name}", data) for name, data in modules.items()]
    entries.append(_text("lab/modules", list(modules)))
    entries.append(_text("lab/plan", plan.lines()))
    entries += _scenario_files(scenario)
    return archive(entries)


def _scenario_files(scenario: Scenario) -> list[Entry]:
    found = [_text("lab/settings", _settings(scenario)), _text("lab/writes", writes(scenario))]
    for number, group in enumerate(scenario.cgroup):
        found.append(_text(f"lab/cgroups/{number:03d}", group_lines(group)))
    for number, process in enumerate(scenario.process):
        found.append(_file(f"lab/processes/{number:03d}", process.script().encode()))
    return found


def _drivers(scenario: Scenario) -> tuple[str, ...]:
    return (*DRIVERS, *COMPRESSORS, "zram") if scenario.swap.zram_mib else DRIVERS


def _settings(scenario: Scenario) -> list[str]:
    return [
        f"WITH_SWAP={int(scenario.swap.disk_mib > 0)}",
        f"WITH_ROOT={int(scenario.disk.root)}",
        f"ZRAM_MIB={scenario.swap.zram_mib}",
        f"ZRAM_ALGORITHM={scenario.swap.zram_algorithm}",
        f"INTERVAL_MS={round(scenario.interval_s * 1000)}",
        f"SCAN_EVERY={scenario.scan_every}",
        f"SECONDS_TO_RECORD={scenario.seconds:g}",
        f"RECORD_AFTER_S={scenario.record_after_s:g}",
    ]


def writes(scenario: Scenario) -> list[str]:
    """Path and value of each setting, in the order of the file: ratio before kbytes matters."""
    found = [
        f"/proc/sys/{name.replace('.', '/')} {value}" for name, value in scenario.sysctl.items()
    ]
    for path, value in (
        ("/sys/kernel/mm/lru_gen/enabled", scenario.lru_gen),
        ("/sys/kernel/mm/transparent_hugepage/enabled", scenario.thp),
        ("/sys/kernel/mm/transparent_hugepage/defrag", scenario.thp_defrag),
    ):
        if value:
            found.append(f"{path} {value}")
    return found


def group_lines(group: Group) -> list[str]:
    """What ``guest/init`` reads of a group: its path, then a file and its value per line.

    >>> group_lines(Group(path="batch/a", memory_max_mib=3))
    ['batch/a', 'memory.max 3145728']
    """
    limits = (
        ("memory.max", group.memory_max_mib),
        ("memory.high", group.memory_high_mib),
        ("memory.low", group.memory_low_mib),
        ("memory.min", group.memory_min_mib),
        ("memory.swap.max", group.memory_swap_max_mib),
    )
    found = [f"{name} {mib << 20}" for name, mib in limits if mib is not None]
    return [group.path, *found, *(["memory.oom.group 1"] if group.oom_group else [])]


def archive(entries: list[Entry]) -> bytes:
    """The entries as a cpio ``newc`` archive."""
    parts: list[bytes] = []
    for number, entry in enumerate([*entries, Entry(path="TRAILER!!!", mode=0)], start=1):
        name = entry.path.encode() + b"\0"
        numbers = (number, entry.mode, 0, 0, 1, 0, len(entry.data), 0, 0, 0, 0, len(name), 0)
        header = b"070701" + b"".join(b"%08X" % value for value in numbers)
        parts += [_padded(header + name), _padded(entry.data)]
    return b"".join(parts)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _program(path: str, source: Path) -> Entry:
    return Entry(path=path, mode=stat.S_IFREG | 0o755, data=source.read_bytes())


def _file(path: str, data: bytes) -> Entry:
    return Entry(path=path, mode=stat.S_IFREG | 0o644, data=data)


def _text(path: str, lines: list[str]) -> Entry:
    return _file(path, "".join(f"{line}\n" for line in lines).encode())

"""A guest in QEMU: software emulation, its recorder's stream and its kernel log as files of the host."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from lab.disks import Drive
from lab.errors import LabError
from lab.kernels import Kernel
from lab.scenario import Machine, Scenario
from lab.tools import path_of

BOOTS_MAX_COUNT = 3
_BOOT_ALLOWANCE_S = 120.0
_SLOWNESS_RATIO = 3.0
"""Emulated seconds are real ones, but a guest in trouble ends late."""

# Everything that the kernel says, the OOM killer's task table too; marks are not rate-limited.
_CMDLINE = (
    "console=ttyS0 loglevel=8 ignore_loglevel printk.devkmsg=on panic=-1 psi=1 mitigations=off"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What a guest is made of and what it leaves behind."""

    initramfs: Path
    drives: tuple[Drive, ...]
    stream: Path
    output: Path
    console: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How often it was booted until it recorded, and whether it had to be stopped."""

    boots_count: int
    failed_boots: tuple[str, ...]
    was_stopped: bool
    took_s: float


def run(scenario: Scenario, kernel: Kernel, files: Files) -> Outcome:
    """Runs the guest to its end; a boot that ends before anything is recorded is tried again."""
    failed: list[str] = []
    start_s = time.monotonic()
    limit_s = _SLOWNESS_RATIO * (scenario.seconds + scenario.record_after_s) + _BOOT_ALLOWANCE_S
    for boot in range(1, BOOTS_MAX_COUNT + 1):
        was_stopped = _boot_once(command(scenario, kernel, files), limit_s)
        if files.stream.exists() and files.stream.stat().st_size:
            return Outcome(
                boots_count=boot,
                failed_boots=tuple(failed),
                was_stopped=was_stopped,
                took_s=round(time.monotonic() - start_s, 1),
            )
        failed.append(_last_words(files.console))
    raise LabError(f"the guest did not boot in {BOOTS_MAX_COUNT} attempts: {failed[-1]}")


def _boot_once(arguments: list[str], limit_s: float) -> bool:
    """True if the guest had to be stopped."""
    try:
        done = subprocess.run(arguments, capture_output=True, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired:
        return True
    if done.returncode:
        raise LabError(f"qemu: {done.stderr.decode(errors='replace').strip()[:500]}")
    return False


def _last_words(console: Path) -> str:
    lines = console.read_text(errors="replace").splitlines() if console.exists() else []
    panics = [line for line in lines if "Kernel panic" in line]
    return (panics or lines or ["the console is empty"])[-1]


def command(scenario: Scenario, kernel: Kernel, files: Files) -> list[str]:
    """QEMU's command line."""
    machine = scenario.machine
    return [
        path_of("qemu-system-x86_64"),
        *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
        *("-accel", "tcg,thread=multi", "-cpu", "max"),
        *("-smp", str(machine.cpus_count), "-m", f"{machine.total_mib}M"),
        *_nodes(machine),
        *("-kernel", str(kernel.image), "-initrd", str(files.initramfs)),
        *("-append", f"{_CMDLINE} {machine.cmdline}".strip()),
        *("-serial", f"file:{files.console}"),
        *("-device", "virtio-serial-pci"),
        *_port("stream", files.stream),
        *_port("output", files.output),
        *(part for drive in files.drives for part in _drive(drive)),
    ]


def _nodes(machine: Machine) -> list[str]:
    """Memory and CPUs by node; CPUs are dealt out in turn."""
    found: list[str] = []
    for node, mib in enumerate(machine.nodes_mib):
        cpus = range(node, machine.cpus_count, len(machine.nodes_mib))
        found += ["-object", f"memory-backend-ram,id=m{node},size={mib}M"]
        place = ",".join(f"cpus={cpu}" for cpu in cpus)
        found += ["-numa", f"node,nodeid={node},memdev=m{node},{place}"]
    return found


def _port(name: str, path: Path) -> list[str]:
    return ["-chardev", f"file,id={name},path={path}",
            "-device", f"virtserialport,chardev={name},name={name}"]  # fmt: skip


def _drive(drive: Drive) -> list[str]:
    rates = {"bps": drive.mib_per_s * 2**20, "iops": drive.io_per_s}
    throttle = "".join(
        f",throttling.{name}-total={round(rate)}" for name, rate in rates.items() if rate
    )
    backing = f"file={drive.path},format=raw,if=none,id={drive.serial},cache=unsafe,aio=threads"
    return ["-drive", backing + throttle,
            "-device", f"virtio-blk-pci,drive={drive.serial},serial={drive.serial}"]  # fmt: skip

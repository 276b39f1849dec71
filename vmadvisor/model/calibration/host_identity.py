"""Which host a snapshot is of, as far as it tells; recordings of another do not calibrate this one."""

import re
from collections.abc import Sequence
from typing import Final

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.cmdline import Cmdline
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.version import KernelVersion

MEM_TOTAL_SLACK_RATIO: Final = 0.03
"""MemTotal moves with the kernel's own size and its boot reservations; a module of RAM is more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostIdentity:
    """What is not told is ``None`` and differs from nothing."""

    hostname: str | None = None
    arch: str | None = None
    kernel_release: str | None = None
    mem_total_kib: int | None = None

    def difference(self, other: "HostIdentity") -> str | None:
        """What shows that the other is not this one, or runs another kernel series; in words."""
        for what, own, others in (
            ("its hostname", self.hostname, other.hostname),
            ("its architecture", self.arch, other.arch),
            ("its kernel series", series(self.kernel_release), series(other.kernel_release)),
        ):
            if own is not None and others is not None and own != others:
                return f"{what} is {own}, here {others}"
        own_kib, kib = self.mem_total_kib, other.mem_total_kib
        if own_kib is None or kib is None:
            return None
        if abs(own_kib - kib) > MEM_TOTAL_SLACK_RATIO * max(own_kib, kib):
            return f"its MemTotal is {own_kib} KiB, here {kib} KiB"
        return None


def series(release: str | None) -> str | None:
    """Reclaim changes between series, hardly within one.

    >>> series("6.12.94+deb13-amd64"), series("custom"), series(None)
    ('6.12', 'custom', None)
    """
    if release is None:
        return None
    found = re.match(
        r"[0-9]+\.[0-9]+", release
    )  # compiled where it is asked for: a check never does
    return release if found is None else found[0]


def identity_of(snapshot: Snapshot) -> HostIdentity:
    """Whom the snapshot shows."""
    kernel, version = snapshot.get(KernelSysctl), snapshot.get(KernelVersion)
    info = snapshot.get(Meminfo)
    release = version.release if version is not None else None
    return HostIdentity(
        hostname=snapshot.host.hostname or (kernel.hostname if kernel else None),
        arch=snapshot.host.arch,
        kernel_release=release or (kernel.osrelease if kernel else None),
        mem_total_kib=info.mem_total_kib if info else None,
    )


def boot_args_of(snapshot: Snapshot) -> frozenset[str] | None:
    """The kernel's boot arguments but the image's name; ``None`` where they are not told."""
    cmdline = snapshot.get(Cmdline)
    if cmdline is None:
        return None
    return frozenset(arg for arg in cmdline.args if not arg.startswith("BOOT_IMAGE="))


def joined(identities: Sequence[HostIdentity]) -> HostIdentity:
    """The first that is told of each, the newest kernel: of recordings of one host, oldest first."""
    return HostIdentity(
        hostname=next((one.hostname for one in identities if one.hostname), None),
        arch=next((one.arch for one in identities if one.arch), None),
        kernel_release=next(
            (o.kernel_release for o in reversed(identities) if o.kernel_release), None
        ),
        mem_total_kib=next((one.mem_total_kib for one in identities if one.mem_total_kib), None),
    )

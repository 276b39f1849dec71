"""Commands of relief and their undo. Names come from anyone: each is quoted for a shell."""

from shlex import quote

from vmadvisor.records import dataclass

SWAP_FILE = "/swapfile.vmadvisor"
CGROUP_ROOT = "/sys/fs/cgroup"
_UNITS = (".service", ".scope", ".slice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What to type, how to take it back, what makes it last."""

    command: str
    undo: str
    persist: str


def unit_of(cgroup_path: str) -> str | None:
    """The innermost systemd unit that a cgroup belongs to.

    >>> unit_of("/system.slice/web.service/worker"), unit_of("/lxc/7"), unit_of("/")
    ('web.service', None, None)
    """
    for part in reversed(cgroup_path.split("/")):
        if part.endswith(_UNITS) and part not in _UNITS:
            return part
    return None


def limited(cgroup_path: str, size_bytes: int, now_bytes: int | None) -> Steps:
    """memory.high on a cgroup (v2), through systemd where it is a unit's."""
    unit = unit_of(cgroup_path)
    if unit is not None and cgroup_path.endswith(unit):
        name = quote(unit)
        old = "infinity" if now_bytes is None else str(now_bytes)
        return Steps(
            command=f"systemctl set-property --runtime -- {name} MemoryHigh={size_bytes}",
            undo=f"systemctl set-property --runtime -- {name} MemoryHigh={old}",
            persist=f"/etc/systemd/system/{unit}.d/50-vmadvisor.conf: MemoryHigh={size_bytes}",
        )
    file = quote(f"{CGROUP_ROOT}{cgroup_path}/memory.high")
    old = "max" if now_bytes is None else str(now_bytes)
    return Steps(
        command=f"echo {size_bytes} > {file}",
        undo=f"echo {old} > {file}",
        persist="not kept: a cgroup's file lasts as long as the cgroup",
    )


def stopped(cgroup_path: str | None, pid_id: int) -> Steps:
    """The service if the process belongs to one, else the process."""
    unit = None if cgroup_path is None else unit_of(cgroup_path)
    if unit is not None and unit.endswith(".service"):
        name = quote(unit)
        return Steps(
            command=f"systemctl stop -- {name}",
            undo=f"systemctl start -- {name}",
            persist="not kept: it starts again at boot if it is enabled",
        )
    return Steps(
        command=f"kill -TERM {pid_id}",
        undo="start it again by hand: what a process held is gone",
        persist="not kept",
    )


def restarted(cgroup_path: str | None) -> Steps | None:
    """Only a service can be."""
    unit = None if cgroup_path is None else unit_of(cgroup_path)
    if unit is None or not unit.endswith(".service"):
        return None
    return Steps(
        command=f"systemctl restart -- {quote(unit)}",
        undo="none: it runs again, without what it held",
        persist="not kept",
    )


def swap_file(mib: int) -> Steps:
    """A file on the root file system."""
    file = SWAP_FILE
    return Steps(
        command=f"fallocate -l {mib}M {file} && chmod 600 {file} && mkswap {file} && swapon {file}",
        undo=f"swapoff {file} && rm {file}",
        persist=f"/etc/fstab: {file} none swap sw 0 0",
    )


def zram(mib: int) -> Steps:
    """A compressed swap in memory; the device's name is kept for the undo."""
    return Steps(
        command=f"modprobe zram && zramctl --find --size {mib}M > /run/vmadvisor.zram && "
        'd=$(cat /run/vmadvisor.zram) && mkswap "$d" && swapon -p 100 "$d"',
        undo='d=$(cat /run/vmadvisor.zram) && swapoff "$d" && zramctl --reset "$d"',
        persist=f"/etc/systemd/zram-generator.conf: [zram0] zram-size = {mib}",
    )


def huge_pages(count: int, now_count: int) -> Steps:
    """The pool of huge pages, down to what is in use."""
    return Steps(
        command=f"sysctl -w vm.nr_hugepages={count}",
        undo=f"sysctl -w vm.nr_hugepages={now_count}",
        persist=f"/etc/sysctl.d/99-vmadvisor.conf: vm.nr_hugepages = {count}",
    )


def arc(size_bytes: int, now_bytes: int) -> Steps:
    """ZFS's cache, down to its least size."""
    file = "/sys/module/zfs/parameters/zfs_arc_max"
    return Steps(
        command=f"echo {size_bytes} > {file}",
        undo=f"echo {now_bytes} > {file}",
        persist=f"/etc/tmpfiles.d/vmadvisor.conf: w {file} - - - - {size_bytes}",
    )

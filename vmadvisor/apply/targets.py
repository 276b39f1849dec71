"""A recommendation's key as the one file that a trial writes, or why there is no such file.

    sysctl:vm.swappiness   cgroup:/batch:memory.high   sysfs:/sys/kernel/mm/lru_gen/min_ttl_ms
    oom_score_adj:4711     one process, by its pid

Only what one write sets and another takes back entirely. Swap, zram and units are more than that; huge pages
that were given back may not be had again.
"""

# Bare os calls: names of control groups keep every byte.
# ruff: noqa: PTH112

import os
import re

from vmadvisor.advise.recommendation import ADJ, CGROUP, SWAP, SYSCTL, SYSFS, UNIT, ZRAM
from vmadvisor.apply.setting_file import ApplyError, SettingFile, start_ticks_of
from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.kernel.setting_range import SCALE_FACTOR, sysctl_range
from vmadvisor.model.reserve_share import HIGH_MAX_RATIO, MIN_MAX_RATIO, node_shares
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot

CGROUP_ROOT = "/sys/fs/cgroup"
CGROUP_FILES = ("memory.high", "memory.max", "memory.low", "memory.min", "memory.swap.max")
HARD_LIMIT = "memory.max"
THROTTLES = frozenset({"memory.high", HARD_LIMIT})
NO_LIMIT = "max"
SYSFS_RANGES = {"/sys/kernel/mm/lru_gen/min_ttl_ms": (0, 3_600_000)}
ADJ_MIN, ADJ_MAX = -1000, 1000
MIN_FREE = "vm.min_free_kbytes"
_NUMBER = re.compile(r"-?[0-9]{1,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is written where; ``remark`` is what has to be known of a trial of this setting, or ``None``.

    ``is_throttle``: it has tasks of a control group wait, so that their stalls are meant.
    ``held``: what the group holds, in a file of its own; below that the value is not written.
    """

    key: str
    file: SettingFile
    value: str
    remark: str | None = None
    is_throttle: bool = False
    held: SettingFile | None = None

    def check(self) -> None:
        """``ApplyError`` where the write itself would call the OOM killer; to be asked right before it."""
        if self.held is None or self.value == NO_LIMIT:
            return
        try:
            held_bytes = int(self.held.read())
        except (OSError, ValueError):
            raise ApplyError(f"{self.key}: what the group holds cannot be read") from None
        if int(self.value) < held_bytes:
            raise ApplyError(
                f"{self.key}={self.value}: not tried: the group holds {held_bytes} bytes, and the OOM killer "
                "would be called at once"
            )


def target_of(key: str, value: str, snapshot: Snapshot, prefix: str = "") -> Target:
    """``ApplyError`` where it cannot be tried, or the kernel would not take the value."""
    if key.startswith(SYSCTL):
        return _sysctl(key, value, snapshot, prefix)
    if key.startswith(CGROUP):
        return _cgroup(key, value, snapshot, prefix)
    if key.startswith(SYSFS):
        return _sysfs(key, value, prefix)
    if key.startswith(ADJ):
        return _adj(key, value, prefix)
    reason = {SWAP: "more than one write", ZRAM: "more than one write"}.get(key)
    if key.startswith(UNIT):
        reason = "a unit's directive lasts, and takes effect when it is started anew"
    raise ApplyError(f"{key}: not tried: {reason or 'no such key'}")


def _whole(key: str, value: str, least: int, most: int) -> int:
    if not _NUMBER.fullmatch(value) or not least <= int(value) <= most:
        raise ApplyError(f"{key}={value}: this kernel takes {least} to {most}")
    return int(value)


def _sysctl(key: str, value: str, snapshot: Snapshot, prefix: str) -> Target:
    name = key.removeprefix(SYSCTL)
    if name == "vm.nr_hugepages":
        raise ApplyError(f"{key}: not tried: huge pages given back may not be had again")
    limits = sysctl_range(name, behaviour_of(snapshot))
    if limits is None:
        raise ApplyError(f"{key}: not tried: this kernel has no such setting, or no rule knows it")
    number = _whole(key, value, *limits)
    if name in {MIN_FREE, SCALE_FACTOR}:
        _check_shares(key, name, number, snapshot)
    remark = (
        "that it was set by hand the kernel keeps in mind until the next boot"
        if name == MIN_FREE
        else None
    )
    path = f"/proc/sys/{name.replace('.', '/')}"
    return Target(
        key=key, file=SettingFile(path=path, prefix=prefix), value=str(number), remark=remark
    )


def _check_shares(key: str, name: str, number: int, snapshot: Snapshot) -> None:
    shares = (
        node_shares(snapshot, min_free_kib=number)
        if name == MIN_FREE
        else node_shares(snapshot, scale_factor_permyriad=number)
    )
    if shares is None:
        raise ApplyError(f"{key}={number}: what it would keep back cannot be computed here")
    if not all(share.is_within for share in shares):
        raise ApplyError(
            f"{key}={number}: not tried: it would keep back more than {MIN_MAX_RATIO:.0%} below min or "
            f"{HIGH_MAX_RATIO:.0%} below high of a node"
        )


def _cgroup(key: str, value: str, snapshot: Snapshot, prefix: str) -> Target:
    path, _, name = key.removeprefix(CGROUP).rpartition(":")
    parts = path.split("/")
    if name not in CGROUP_FILES or not path.startswith("/") or {"..", "."} & set(parts):
        raise ApplyError(f"{key}: not tried: no limit of a control group (v2)")
    file = SettingFile(path=f"{CGROUP_ROOT}{path.rstrip('/')}/{name}", prefix=prefix)
    if not os.path.isdir(prefix + file.path.rpartition("/")[0]):
        raise ApplyError(f"{key}: there is no such control group")
    if name == HARD_LIMIT:
        _check_not_raised(key, value, file)
    if value == NO_LIMIT:
        return Target(key=key, file=file, value=value)
    page = page_size_bytes(snapshot) or 1
    number = (
        _whole(key, value, 0, 2**62) // page * page
    )  # page_counter_memparse() keeps whole pages
    if name not in THROTTLES:
        return Target(key=key, file=file, value=str(number))
    held = SettingFile(path=f"{CGROUP_ROOT}{path.rstrip('/')}/memory.current", prefix=prefix)
    target = Target(
        key=key,
        file=file,
        value=str(number),
        remark="the group's tasks wait at the limit, which PSI counts as stalls: only kills count as harm",
        is_throttle=True,
        held=held if name == HARD_LIMIT else None,
    )
    target.check()
    return target


def _check_not_raised(key: str, value: str, file: SettingFile) -> None:
    """A group that grew into a higher limit would be killed from when the lower one is taken back to."""
    try:
        now = file.read()
    except OSError as error:
        raise ApplyError(f"{file.path}: {error.strerror or error}") from None
    if now == NO_LIMIT or not _NUMBER.fullmatch(now):
        return
    if value == NO_LIMIT or (_NUMBER.fullmatch(value) and int(value) > int(now)):
        raise ApplyError(
            f"{key}={value}: not tried: it is {now}; what the group took beyond that meanwhile, taking it back "
            "would kill for"
        )


def _sysfs(key: str, value: str, prefix: str) -> Target:
    path = key.removeprefix(SYSFS)
    if path not in SYSFS_RANGES:
        raise ApplyError(f"{key}: not tried: no rule knows it")
    number = _whole(key, value, *SYSFS_RANGES[path])
    return Target(key=key, file=SettingFile(path=path, prefix=prefix), value=str(number))


def _adj(key: str, value: str, prefix: str) -> Target:
    pid = key.removeprefix(ADJ)
    if not pid.isascii() or not pid.isdigit():
        raise ApplyError(f"{key}: not tried: expected one living process, by its pid")
    if int(pid) == os.getpid():
        raise ApplyError(f"{key}: not tried: that is the trial itself")
    number = _whole(key, value, ADJ_MIN, ADJ_MAX)
    try:
        directory = os.open(f"{prefix}/proc/{pid}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            start = start_ticks_of(directory)
        finally:
            os.close(directory)
    except OSError:
        start = None
    if start is None:
        raise ApplyError(f"{key}: there is no such process")
    file = SettingFile(path=f"/proc/{pid}/oom_score_adj", prefix=prefix, start_ticks=start)
    return Target(
        key=key,
        file=file,
        value=str(number),
        remark="children that it starts meanwhile inherit the value and keep it",
    )

r"""The files of a recording that hold names, each with what becomes of it; all others hold none.

    proc/812/stat       812 (postgres) S 1 ...          812 (n4k7q2m3x5p) S 1 ...
    proc/812/cgroup     0::/system.slice/db.service     0::/system.slice/nq2m3x54k7p.service
    proc/version        ... (builder@host) (gcc ...)    ... (nx54k7pq2m3@n3x54k7pq2m) (gcc ...)

Numbers stay as they are. Kernel threads and block devices have names that the kernel gave: they stay.
"""

import re
from collections.abc import Callable

from vmadvisor.recording.pseudonyms import Pseudonyms
from vmadvisor.sources.pid_stat import PF_KTHREAD

Rewrite = Callable[[Pseudonyms, bytes], bytes]

_FLAGS_FIELD = 6  # of /proc/PID/stat, counted from the state
_BUILDER = re.compile(rb"^(Linux version \S+ )\(([^()@\n]*)@([^()\n]*)\)")
_DEVICE = re.compile(
    rb"(?:[shv]d[a-z]{1,3}|xvd[a-z]{1,3}|nvme\d+n\d+|mmcblk\d+|zram\d+|dm-\d+|md\d+|loop\d+|ram\d+)"
    rb"(?:p?\d+)?"
)
_DIRECTORIES = frozenset({b"", b"dev", b"mapper", b"disk", b"by-uuid", b"by-id", b"by-path"})
_SWAP_PATH_WIDTH = 40  # mm/swapfile.c:swap_show pads to it
_DELETED = b"\\040(deleted)"
_PLAIN_VALUE = re.compile(
    rb"-?[0-9]{1,20}[kKmMgGtT%]?|0x[0-9a-fA-F]{1,16}|[yYnN]|on|off|auto|always|never|madvise"
)
_BOOT_WORDS = frozenset({
    b"ro", b"rw", b"quiet", b"splash", b"debug", b"single", b"nosmt", b"nopti", b"nokaslr", b"noapic",
    b"nolapic", b"nomodeset", b"noresume", b"delayacct", b"nodelayacct", b"nosmap", b"nohz", b"--",
})  # fmt: skip


def is_kernel_thread(stat: bytes) -> bool:
    """By the flags that stand in /proc/PID/stat.

    >>> is_kernel_thread(b"2 (kthreadd) S 0 0 0 0 -1 2129984 0 0")
    True
    """
    fields = stat[stat.rfind(b")") + 1 :].split(None, _FLAGS_FIELD + 1)
    word = fields[_FLAGS_FIELD] if len(fields) > _FLAGS_FIELD else b"0"
    return word.isdigit() and bool(int(word) & PF_KTHREAD)


def pid_stat(names: Pseudonyms, data: bytes) -> bytes:
    """The name in parentheses, which may itself hold some."""
    start, end = data.find(b"("), data.rfind(b")")
    if start < 0 or end < start or is_kernel_thread(data):
        return data
    return b"%s(%s%s" % (data[:start], names.name(data[start + 1 : end]), data[end:])


def pid_status(names: Pseudonyms, data: bytes) -> bytes:
    r"""The line ``Name``, where the kernel escapes ``\n`` and ``\\``."""
    key, tab, rest = data.partition(b"\t")
    if key != b"Name:" or not tab:
        return b""
    name, newline, rest = rest.partition(b"\n")
    plain = re.sub(rb"\\([n\\])", lambda m: b"\n" if m[1] == b"n" else b"\\", name)
    return b"".join((key, tab, names.name(plain), newline, rest))


def pid_cgroup(names: Pseudonyms, data: bytes) -> bytes:
    """``HIERARCHY:CONTROLLERS:PATH``; a named hierarchy keeps its name."""
    lines = [line.split(b":", 2) for line in data.split(b"\n")]
    return b"\n".join(b":".join((*line[:2], *map(names.group_path, line[2:]))) for line in lines)


def version(names: Pseudonyms, data: bytes) -> bytes:
    """Who built the kernel, and where; the release stays."""

    def replaced(match: re.Match[bytes]) -> bytes:
        return b"%s(%s@%s)" % (match[1], names.name(match[2]), names.name(match[3]))

    return _BUILDER.sub(replaced, data)


def word(names: Pseudonyms, data: bytes) -> bytes:
    """A file that holds a name and nothing else."""
    return names.name(data.strip()) + b"\n"


def boot_id(names: Pseudonyms, data: bytes) -> bytes:
    """A UUID for a UUID."""
    return names.uuid(data.strip()) + b"\n"


def path(names: Pseudonyms, data: bytes) -> bytes:
    """``/dev/sda2`` stays, ``/home/bob/swap`` does not.

    >>> path(Pseudonyms(keep=("swap",)), b"/dev/nvme0n1p3"), path(Pseudonyms(), b"none")
    (b'/dev/nvme0n1p3', b'none')
    """
    if data == b"none":
        return data
    *directories, last = data.split(b"/")
    parts = [part if part in _DIRECTORIES else names.name(part) for part in directories]
    return b"/".join((*parts, last if _DEVICE.fullmatch(last) else names.name(last)))


def backing_dev(names: Pseudonyms, data: bytes) -> bytes:
    """A path on a line."""
    return path(names, data.rstrip(b"\n")) + b"\n"


def swaps(names: Pseudonyms, data: bytes) -> bytes:
    """The first of five columns; the others stand where they stood."""
    header, *lines = data.split(b"\n")
    return b"\n".join((header, *(_swap_area(names, line) for line in lines)))


def _swap_area(names: Pseudonyms, line: bytes) -> bytes:
    columns = re.fullmatch(rb"(.*?)(\s+\S+\s+-?\d+\s+-?\d+\s+-?\d+)", line)
    if columns is None:
        return b""  # no line of the kernel's
    kept = _DELETED if columns[1].endswith(_DELETED) else b""
    new = path(names, columns[1].removesuffix(kept)) + kept
    return new.ljust(max(_SWAP_PATH_WIDTH, len(new) + 1)) + columns[2].lstrip()


def cmdline(names: Pseudonyms, data: bytes) -> bytes:
    r"""Boot arguments: keys stay, and values that are numbers or switches.

    >>> names = Pseudonyms(keep=("db1",))
    >>> cmdline(names, b"quiet psi=1 hugepages=64 hostname=db1 delayacct\n")
    b'quiet psi=1 hugepages=64 hostname=db1 delayacct\n'
    """
    return b" ".join(_boot_argument(names, word) for word in data.split()) + b"\n"


def _boot_argument(names: Pseudonyms, argument: bytes) -> bytes:
    key, equals, value = argument.partition(b"=")
    if not equals:
        return argument if argument in _BOOT_WORDS else names.name(argument)
    return key + equals + (value if _PLAIN_VALUE.fullmatch(value) else names.name(value))


OF_PROCESS: dict[str, Rewrite] = {
    "stat": pid_stat,
    "status": pid_status,
    "cgroup": pid_cgroup,
}

OF_PATH: dict[str, Rewrite] = {
    "proc/version": version,
    "proc/cmdline": cmdline,
    "proc/swaps": swaps,
    "proc/sys/kernel/hostname": word,
    "proc/sys/kernel/random/boot_id": boot_id,
}

OF_NAME: dict[str, Rewrite] = {"backing_dev": backing_dev}
"""By the last part of the path, below /sys/block."""

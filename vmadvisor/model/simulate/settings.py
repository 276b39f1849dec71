"""``KEY=VALUE`` laid over a machine and the demand it serves.

    vm.min_free_kbytes=65536    vm.watermark_scale_factor=100    vm.swappiness=10
    vm.zone_reclaim_mode=0      swap=1G     zram=512M            ram=+2G
    memory.max:/batch/ctr=64M   memory.high:/batch/ctr=48M   limit:4711=1G

Several in one setting are joined by commas. Sizes are powers of 1024; swap, zram and ram are added.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from vmadvisor.errors import VmadvisorError
from vmadvisor.kernel.behaviour import Behaviour, behaviour_of
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.model.simulate.machine import (
    DISK,
    NO_SWAP,
    ZRAM,
    ZRAM_USUAL_RATIO,
    Machine,
    Sizes,
    machine_of,
)
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot

MIN_FREE, SCALE_FACTOR = "vm.min_free_kbytes", "vm.watermark_scale_factor"
SWAPPINESS, ZONE_RECLAIM = "vm.swappiness", "vm.zone_reclaim_mode"
SWAP, ADDED_ZRAM, RAM = "swap", "zram", "ram"
GROUP_LIMIT, GROUP_HIGH, PROCESS_LIMIT = "memory.max:", "memory.high:", "limit:"
KEYS = (MIN_FREE, SCALE_FACTOR, SWAPPINESS, ZONE_RECLAIM, SWAP, ADDED_ZRAM, RAM)

INT_MAX = 2**31 - 1
ZONE_RECLAIM_MAX_MODE = 7

_NUMBER = re.compile(r"[0-9]{1,10}")
_SIZE = re.compile(r"\+?([0-9]{1,12})([KMGT]?)(?:i?B)?", re.IGNORECASE)
_POWERS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


class SettingError(VmadvisorError):
    """A setting that does not exist, or a value this kernel would refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is set, as it was written: keys and values."""

    pairs: tuple[tuple[str, str], ...]


def parsed(text: str) -> Change:
    """Reads ``KEY=VALUE[,KEY=VALUE...]``.

    >>> parsed("vm.swappiness=10,swap=1G").pairs
    (('vm.swappiness', '10'), ('swap', '1G'))
    """
    pairs: list[tuple[str, str]] = []
    for part in text.split(","):
        key, value = key_and_value(part)
        if not value:
            raise SettingError(f"{part!r}: expected KEY=VALUE")
        if key not in KEYS and not key.startswith(_PATHS):
            known = ", ".join(
                [*KEYS, f"{GROUP_LIMIT}/PATH", f"{GROUP_HIGH}/PATH", f"{PROCESS_LIMIT}PID"]
            )
            raise SettingError(f"{key!r} is none of {known}")
        check(key, value)
        if key in dict(pairs):
            raise SettingError(f"{key} is set twice in one setting")
        pairs.append((key, value))
    _one_kind_of_swap(dict(pairs))
    return Change(pairs=tuple(pairs))


_PATHS = (GROUP_LIMIT, GROUP_HIGH, PROCESS_LIMIT)


def key_and_value(text: str) -> tuple[str, str]:
    """Of ``KEY=VALUE``; a cgroup's path may have signs of equality in it. The value may be empty.

    >>> key_and_value("memory.max:/a=b=1G"), key_and_value("swap")
    (('memory.max:/a=b', '1G'), ('swap', ''))
    """
    if "=" not in text:
        return text, ""
    key, _, value = text.rpartition("=") if text.startswith(_PATHS) else text.partition("=")
    return key, value


def _one_kind_of_swap(values: Mapping[str, str]) -> None:
    if size_bytes(values.get(SWAP, "0")) and size_bytes(values.get(ADDED_ZRAM, "0")):
        raise SettingError(
            f"{SWAP} and {ADDED_ZRAM} in one setting: the model has one kind of swap"
        )


def check(key: str, value: str) -> None:
    """``SettingError`` where the value is no number or size, whatever the host."""
    if key.startswith("vm."):
        if not _NUMBER.fullmatch(value) or int(value) > INT_MAX:
            raise SettingError(f"{key}={value}: expected a number from 0 to {INT_MAX}")
    elif size_bytes(value) is None:
        raise SettingError(f"{key}={value}: expected a size like 512M or 2G")


def size_bytes(text: str) -> int | None:
    """Bytes of ``512M``, ``+2G`` or ``4096``; ``None`` for anything else.

    >>> size_bytes("512M"), size_bytes("+2GiB"), size_bytes("much")
    (536870912, 2147483648, None)
    """
    match = _SIZE.fullmatch(text)
    return None if match is None else int(match[1]) * _POWERS[match[2].lower()]


def settled(change: Change, snapshot: Snapshot) -> Machine:
    """The machine alone under a change; limits of groups and processes are none of its."""
    for key, value in change.pairs:
        if key not in KEYS:
            raise SettingError(f"{key!r} is none of {', '.join(KEYS)}")
        check(key, value)
    _one_kind_of_swap(dict(change.pairs))
    return settled_with_notes(change, snapshot)[0]


def settled_with_notes(change: Change, snapshot: Snapshot) -> tuple[Machine, tuple[str, ...]]:
    """The machine, and what is assumed about it; keys of limits are passed over."""
    values = dict(change.pairs)
    _check_ranges(values, snapshot)
    page_bytes = page_size_bytes(snapshot) or 0
    machine = machine_of(
        snapshot,
        Sizes(
            min_free_kib=_whole(values, MIN_FREE),
            scale_factor_permyriad=_whole(values, SCALE_FACTOR),
            added_pages=(_pages(values, RAM, page_bytes) or 0) if page_bytes else 0,
        ),
    )
    if machine is None:
        raise SettingError(
            "the marks cannot be computed: a setting or the kernel's version is unknown"
        )
    machine, notes = _with_swap(machine, values, page_bytes)
    return replace(
        machine,
        swappiness_count=_or(_whole(values, SWAPPINESS), machine.swappiness_count),
        zone_reclaim_mode=_or(_whole(values, ZONE_RECLAIM), machine.zone_reclaim_mode),
    ), notes


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _whole(values: dict[str, str], key: str) -> int | None:
    return int(values[key]) if key in values else None


def _pages(values: dict[str, str], key: str, page_bytes: int) -> int | None:
    size = size_bytes(values[key]) if key in values else None
    return None if size is None else size // page_bytes


def _check_ranges(values: dict[str, str], snapshot: Snapshot) -> None:
    check_ranges(values, behaviour_of(snapshot))


def check_ranges(values: Mapping[str, str], rules: Behaviour) -> None:
    """``SettingError`` where a kernel of these rules would refuse a value."""
    ranges = {
        SCALE_FACTOR: (1, rules.scale_factor_max_permyriad if rules.has_scale_factor else 0),
        SWAPPINESS: (0, rules.swappiness_max_count),
        ZONE_RECLAIM: (0, ZONE_RECLAIM_MAX_MODE),
    }
    for key, (least, most) in ranges.items():
        if key in values and most < least:
            raise SettingError(f"this kernel has no {key}")
        if key in values and not least <= int(values[key]) <= most:
            raise SettingError(f"{key} takes {least} to {most} on this kernel")


def _with_swap(
    machine: Machine, values: dict[str, str], page_bytes: int
) -> tuple[Machine, tuple[str, ...]]:
    disk, zram = _pages(values, SWAP, page_bytes), _pages(values, ADDED_ZRAM, page_bytes)
    if zram:
        note = f"zram is taken to store {ZRAM_USUAL_RATIO:g} pages in one: how well this memory compresses is not known"
        more = replace(machine, swap_kind=ZRAM, swap_total_pages=machine.swap_total_pages + zram)
        return more, (note,)
    if disk:
        kind = DISK if machine.swap_kind == NO_SWAP else machine.swap_kind
        note = "the new swap is taken to be as fast as reclaim asks for"
        more = replace(machine, swap_kind=kind, swap_total_pages=machine.swap_total_pages + disk)
        return more, (note,)
    return machine, ()

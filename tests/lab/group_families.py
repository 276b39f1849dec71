"""Families in which a control group stalls at a limit of its own, or stays below it, on a host that is well."""

from lab.draw import ENDLESS_S, FILE_MIB, Draw, Table, anon, sleep, touch, wait

PATH = "batch/ctr"


def _group(draw: Draw, share: float, **limits: object) -> float:
    """A group that may have so much of the host, in MiB, and a host that has the rest and more."""
    draw.base(0.2, touch_mib_per_s=30)
    limit = round(draw.usable_mib * share)
    draw.table["cgroup"] = [{"path": PATH, "memory_max_mib": limit, **limits}]
    return float(limit)


def group_thrash(draw: Draw) -> None:
    """A working set larger than its group may have, on a host with swap: the group swaps, nobody else does."""
    chance = draw.chance
    kind = chance.choice(("disk_mib", "zram_mib"))
    draw.table["swap"] = {kind: 512 if kind == "disk_mib" else 256}
    limit = _group(draw, chance.uniform(0.2, 0.35))
    first = limit * chance.uniform(0.4, 0.8)
    second = limit * chance.uniform(0.75, 1.5) - first
    draw.process("ctr_a", anon(first, 30), touch(), cgroup=PATH)
    late_s, rate = chance.uniform(8, 35), chance.choice((3, 10, 30))
    draw.process("ctr_b", sleep(late_s), anon(second, rate), touch(), cgroup=PATH)


def group_files(draw: Draw) -> None:
    """A reader in a group whose memory its neighbour takes: its files no longer fit, and are read again."""
    chance = draw.chance
    draw.table["disk"] = {"mib_per_s": chance.choice((16, 32))}
    limit = _group(draw, chance.uniform(0.25, 0.4), memory_swap_max_mib=0)
    size = min(FILE_MIB, round(limit * chance.uniform(0.4, 0.6)))
    draw.files["data"] = size
    whole: Table = {"do": "read", "file": "data", "mib": size}
    mapped: Table = {"do": "mapped", "file": "data", "mib": size, "random": 1}
    draw.process("ctr_a", whole, {**mapped, "seconds": ENDLESS_S}, cgroup=PATH)
    late_s, most = chance.uniform(10, 30), limit * chance.uniform(0.4, 0.9)
    draw.process("ctr_b", sleep(late_s), anon(most, most / 15), wait(), cgroup=PATH)


def group_throttle(draw: Draw) -> None:
    """A group with memory.high: who grows beyond it is put to sleep (``mem_cgroup_handle_over_high``)."""
    chance = draw.chance
    share = chance.uniform(0.25, 0.4)
    high = round(draw.usable_mib * share * 0.6)
    _group(draw, share, memory_high_mib=high)
    rate = chance.uniform(0.4, 2.0) * high / 40
    draw.process("ctr_a", anon(high * 0.3, 10), wait(), cgroup=PATH)
    late_s, most = chance.uniform(5, 15), high * chance.uniform(0.5, 1.4)
    draw.process("ctr_b", sleep(late_s), anon(most, rate), touch(), cgroup=PATH)

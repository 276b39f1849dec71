"""Workloads that fit beside the reserve which the kernel chooses, but not beside one of a sixth to a quarter of memory.

How much they want lies by chance in between, whatever anybody would advise: a smaller reserve may not be enough.
"""

import random

from lab.draw import FILE_MIB, Draw, Table, anon, jitter, sleep, touch

MEMORY_MIB = (320, 384, 512, 640)
RESERVE_SHARES = (0.16, 0.2, 0.25)
HELD_RATIO = 1.375
"""kswapd sleeps between low and high: 1.25 and 1.5 times min where the scale factor is the kernel's."""

Settings = dict[str, Table]


def _draw(chance: random.Random) -> tuple[Draw, float, Settings]:
    """(guest, MiB that its workload wants, settings)."""
    memory_mib = chance.choice(MEMORY_MIB)
    draw = Draw(chance=chance, table={"machine": {"memory_mib": memory_mib, "cpus_count": 2}})
    reserve_mib = round(memory_mib * chance.choice(RESERVE_SHARES))
    want_mib = draw.usable_mib - HELD_RATIO * reserve_mib * chance.uniform(0.3, 0.7)
    wrong: Table = {"sysctl": {"vm.min_free_kbytes": reserve_mib * 1024}}
    return draw, want_mib, {"default": {}, f"mfk{reserve_mib}M": wrong}


def _table(draw: Draw) -> Table:
    return {**draw.table, "process": draw.processes}


def files(chance: random.Random) -> tuple[Table, Settings]:
    """Memory in use and a file that is read again and again."""
    draw, want_mib, settings = _draw(chance)
    read_mib = min(want_mib * chance.uniform(0.5, 0.65), FILE_MIB)
    draw.process("base", anon(want_mib - read_mib, 60), touch(mib_per_s=150))
    draw.reader(read_mib, mib_per_s=80)
    return _table(draw), settings


def swapped(chance: random.Random) -> tuple[Table, Settings]:
    """Two processes that use all they have, over a swap on a disk."""
    draw, want_mib, settings = _draw(chance)
    draw.table |= {"swap": {"disk_mib": 256}, "lru_gen": chance.choice("yn")}
    first_mib = want_mib * chance.uniform(0.4, 0.6)
    draw.process("first", anon(first_mib, 60), touch(mib_per_s=100))
    draw.process("second", sleep(2), anon(want_mib - first_mib, 60), touch(mib_per_s=100))
    return _table(draw), settings


def walk(chance: random.Random) -> tuple[Table, Settings]:
    """Memory that comes and goes, without swap, beside a file in use."""
    draw, want_mib, settings = _draw(chance)
    draw.process("base", anon(want_mib * 0.4, 60), touch(mib_per_s=150))
    draw.reader(min(want_mib * 0.3, FILE_MIB), mib_per_s=40)
    rate, seed = chance.randint(35, 65), chance.randint(1, 9999)
    draw.process("worker", sleep(3), jitter(want_mib * 0.3, rate, seed))
    return _table(draw), settings


def nodes(chance: random.Random) -> tuple[Table, Settings]:
    """A reader on one node, memory in use on the other, swap on zram."""
    draw, want_mib, settings = _draw(chance)
    half_mib = draw.memory_mib // 2
    draw.table |= {
        "machine": {"nodes_mib": [half_mib, half_mib], "cpus_count": 2},
        "swap": {"zram_mib": 128},
    }
    draw.reader(min(want_mib * 0.5, FILE_MIB), mib_per_s=80)
    draw.processes[0]["cpu"] = 0
    draw.process("local", anon(want_mib * 0.5, 60), touch(mib_per_s=150), cpu=1)
    return _table(draw), settings

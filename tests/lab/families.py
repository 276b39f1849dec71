"""Families of stories: each draws scenarios of its kind from a seed, as TOML files one can read and change."""

import random
from collections.abc import Callable

from lab.draw import (
    ENDLESS_S,
    SECONDS,
    Draw,
    Steps,
    Table,
    anon,
    first_line,
    jitter,
    machine_of,
    sleep,
    touch,
    wait,
)


def healthy(draw: Draw) -> None:
    """Room for all."""
    chance = draw.chance
    draw.base(chance.uniform(0.15, 0.4))
    draw.reader(draw.usable_mib * 0.2, mib_per_s=chance.choice((5, 10, 20)))
    draw.process(
        "web",
        sleep(2),
        jitter(draw.usable_mib * 0.1, chance.uniform(2, 12), chance.randint(1, 9999)),
    )
    draw.expect(kills_max=0, allocstalls_max=0)


def cache_full(draw: Draw) -> None:
    """Little is free, all of it page cache that nobody misses: a healthy host that looks full."""
    draw.base(draw.chance.uniform(0.2, 0.4))
    draw.table["record_after_s"] = 20
    draw.reader(draw.memory_mib * 1.2, mib_per_s=draw.chance.choice((10, 20, 30)))
    draw.expect(kills_max=0, full_avg10_max_pct=5)


def leak(draw: Draw) -> None:
    """A steady leak until the OOM killer comes."""
    chance, room = draw.chance, draw.usable_mib * 0.55 + draw.swap_mib
    draw.base(0.4)
    draw.reader(draw.usable_mib * 0.1, mib_per_s=5)
    steps = [
        sleep(chance.randint(2, 8)),
        anon(room * 3, room / (draw.seconds * chance.uniform(0.45, 0.65))),
        wait(),
    ]
    draw.process("leaky", *steps, oom_score_adj=chance.choice((0, 0, 300, -300)))
    draw.expect(kills_min=1)


def burst(draw: Draw) -> None:
    """Allocations faster than kswapd, beside a page cache that fills the rest."""
    chance = draw.chance
    draw.base(chance.uniform(0.5, 0.65))
    draw.reader(draw.usable_mib * 0.6)
    step: Table = {
        "do": "burst",
        "mib": chance.choice((8, 16, 32, 64)),
        "count": 10**6,
        "gap_s": round(chance.uniform(0.3, 1.2), 2),
    }
    draw.process("bursty", sleep(5), step, wait())


def random_walk(draw: Draw) -> None:
    """Memory that comes and goes in random sizes over a full page cache."""
    chance = draw.chance
    draw.base(chance.uniform(0.45, 0.6))
    draw.reader(draw.usable_mib, mib_per_s=chance.uniform(10, 40))
    draw.process(
        "worker",
        sleep(3),
        jitter(
            draw.usable_mib * chance.uniform(0.2, 0.35),
            chance.uniform(10, 60),
            chance.randint(1, 9999),
        ),
    )


def streaming(draw: Draw) -> None:
    """A backup: a file larger than memory, read once through and again."""
    draw.base(draw.chance.uniform(0.4, 0.7))
    draw.reader(draw.memory_mib * 1.3, mib_per_s=draw.chance.choice((0, 30, 60)), name="backup")


def dirty(draw: Draw) -> None:
    """A writer faster than its disk."""
    chance = draw.chance
    draw.table["disk"] = {"mib": 768, "mib_per_s": chance.choice((8, 16, 32))}
    draw.base(chance.uniform(0.4, 0.6))
    step: Table = {
        "do": "write",
        "file": "out",
        "mib": 256,
        "mib_per_s": chance.choice((0, 40)),
        "seconds": ENDLESS_S,
    }
    draw.process("writer", sleep(4), step)


def thrash(draw: Draw) -> None:
    """Two working sets that do not fit together; the kind of swap decides what becomes of it."""
    chance = draw.chance
    kind = chance.choice(("disk", "zram", "none"))
    draw.table.pop("swap", None)
    if kind == "none":
        draw.table["disk"] = {"mib_per_s": chance.choice((16, 32))}
        draw.base(0.75)
        draw.reader(draw.usable_mib * 0.35)
        draw.reader(draw.usable_mib * 0.35, name="second")
        return
    draw.table["swap"] = {f"{kind}_mib": draw.memory_mib}
    draw.base(chance.uniform(0.75, 0.9))
    draw.process("second", sleep(6), anon(draw.usable_mib * 0.35, 25), touch())


def frozen_disk(draw: Draw) -> None:
    """A swap disk of a few MiB/s: the host is alive and answers nobody."""
    rate = draw.chance.choice((3, 5, 8))
    draw.table["swap"] = {"disk_mib": draw.memory_mib * 2, "disk_mib_per_s": rate}
    draw.sysctl.pop("vm.swappiness", None)
    draw.base(0.9)
    second = draw.usable_mib * draw.chance.uniform(0.6, 0.9)
    draw.process("second", sleep(6), anon(second, 60), touch())
    draw.expect(kills_max=0, full_avg10_min_pct=50)


def _squeezed_files(draw: Draw, text: int) -> None:
    """Three who want a file's pages at random, and memory for two thirds of them; nobody else runs."""
    draw.table.pop("swap", None)
    draw.table["disk"] = {"io_per_s": draw.chance.choice((100, 200))}
    draw.table["record_after_s"] = 10
    size = round(draw.usable_mib * 0.2)
    draw.files["data"] = size
    whole: Table = {"do": "mapped", "file": "data", "mib": size, "text": text}
    for name in ("one", "two", "three"):
        first = [whole] if name == "one" else []
        draw.process(name, *first, {**whole, "random": 1, "seconds": ENDLESS_S})
    # It holds and sleeps: as long as one task runs unhindered the host is not frozen.
    draw.process("grow", sleep(14), anon(draw.usable_mib * 0.88, 60), wait())


def frozen_files(draw: Draw) -> None:
    """No swap: what can still be reclaimed is the text of the programs that run."""
    _squeezed_files(draw, text=1)
    draw.expect(full_avg10_min_pct=50)


def frozen_silent(draw: Draw) -> None:
    """As frozen for want of file pages, but plain ones: PSI calls it I/O, and hardly memory.

    A refault counts as a stall only for a page that had been active (``mm/workingset.c``), and under
    this pressure the active list is empty.
    """
    _squeezed_files(draw, text=0)
    draw.expect(kills_max=0)


def frozen_zram(draw: Draw) -> None:
    """zram filled with what does not compress: it takes the memory it was meant to save."""
    draw.table["swap"] = {"zram_mib": round(draw.memory_mib * 0.8)}
    mib = draw.usable_mib
    draw.process("base", anon(mib * 0.7, 60, random_pct=60), touch())
    second = mib * draw.chance.uniform(0.4, 0.55)
    draw.process("second", sleep(6), anon(second, 25, random_pct=60), touch())
    draw.expect(full_avg10_min_pct=30)


def memcg(draw: Draw) -> None:
    """A group at its limit on a host that is well."""
    limit = round(draw.usable_mib * draw.chance.uniform(0.2, 0.35))
    draw.table["cgroup"] = [{"path": "batch/ctr", "memory_max_mib": limit, "memory_swap_max_mib": 0,
                             "oom_group": draw.chance.random() < 0.3}]  # fmt: skip
    draw.base(0.25)
    draw.process("ctr_a", anon(limit * 0.3, 10), wait(), cgroup="batch/ctr")
    steps = [sleep(5), anon(limit * 2, limit / 25), wait()]
    draw.process("ctr_b", *steps, cgroup="batch/ctr", oom_score_adj=draw.chance.choice((0, 200)))
    draw.expect(kills_min=1, full_avg10_max_pct=20)


def victims(draw: Draw) -> None:
    """Many candidates, protected and not, and one who brings the OOM killer upon them."""
    chance = draw.chance
    for number in range(chance.randint(4, 8)):
        adj = chance.choice((0, 0, 0, -500, -900, -1000, 100, 250, 500, 900))
        mib = draw.usable_mib * chance.uniform(0.02, 0.16)
        draw.process(
            f"app{number}", sleep(chance.uniform(0, 4)), anon(mib, 25), wait(), oom_score_adj=adj
        )
    room = draw.usable_mib + draw.swap_mib
    draw.process(
        "trigger",
        sleep(10),
        anon(room * 1.5, room / (draw.seconds * 0.5)),
        wait(),
        oom_score_adj=chance.choice((0, -800)),
    )
    draw.expect(kills_min=1)


def numa(draw: Draw) -> None:
    """Everyone on one node while the others are free; zone_reclaim_mode decides."""
    chance = draw.chance
    count = chance.choice((2, 2, 4))
    draw.table["machine"] = {"nodes_mib": [1024 // count] * count, "cpus_count": count}
    draw.sysctl["vm.zone_reclaim_mode"] = chance.choice((0, 1))
    node_mib = 1024 / count
    size = round(node_mib * 0.7)
    draw.files["data"] = size
    draw.process("reader", {"do": "read", "file": "data", "mib": size, "seconds": ENDLESS_S}, cpu=0)
    draw.process("local", sleep(5), anon(node_mib * 0.9, 30), touch(), cpu=0)
    draw.expect(kills_max=0)


def compaction(draw: Draw) -> None:
    """Huge pages wanted at once on a host whose free memory is in pieces."""
    draw.table["thp"], draw.table["thp_defrag"] = "always", "always"
    chance = draw.chance
    draw.reader(draw.usable_mib * 0.5)
    for number in range(2):
        walk = jitter(draw.usable_mib * 0.2, 30, chance.randint(1, 9999))
        draw.process(f"piece{number}", walk)
    again: Steps = [anon(draw.usable_mib * 0.25, 40, huge=1), {"do": "free"}]
    draw.process("huge", sleep(8), *again * round(draw.seconds / 5), wait())
    draw.expect(kills_max=0)


def watermarks(draw: Draw) -> None:
    """The same ramp under one watermark setting after another."""
    name, values = draw.chance.choice((
        ("vm.min_free_kbytes", (1024, 4096, 16384, 32768)),
        ("vm.watermark_scale_factor", (10, 50, 150, 500)),
        ("vm.watermark_boost_factor", (0, 15000, 50000)),
    ))  # fmt: skip
    draw.sysctl[name] = draw.chance.choice(values)
    draw.base(0.35)
    draw.reader(draw.usable_mib * 0.8)
    ramp: Steps = []
    for _ in range(round(draw.seconds / 3)):
        ramp += [
            anon(draw.usable_mib * 0.45, draw.chance.uniform(20, 60)),
            sleep(2),
            {"do": "free"},
            sleep(1),
        ]
    draw.process("batch", sleep(3), *ramp)
    draw.expect(kills_max=0)


FAMILIES: dict[str, Callable[[Draw], None]] = {
    "healthy": healthy,
    "cache-full": cache_full,
    "leak": leak,
    "burst": burst,
    "jitter": random_walk,
    "stream": streaming,
    "dirty": dirty,
    "thrash": thrash,
    "frozen-disk": frozen_disk,
    "frozen-files": frozen_files,
    "frozen-silent": frozen_silent,
    "frozen-zram": frozen_zram,
    "memcg": memcg,
    "victims": victims,
    "numa": numa,
    "compaction": compaction,
    "watermarks": watermarks,
}


def draw_one(family: str, seed: int, *, seconds: float = SECONDS) -> Table:
    """One scenario of the family; the same for the same seed, whatever else is drawn."""
    draw = machine_of(random.Random(f"{family}/{seed}"), family, seconds)
    FAMILIES[family](draw)
    return {"description": first_line(FAMILIES[family].__doc__), **draw.tables()}

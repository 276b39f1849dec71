"""Families of load that comes and goes: whether it harms is a matter of how much and how fast."""

from lab.draw import (
    ENDLESS_S,
    FILE_MIB,
    Draw,
    Steps,
    Table,
    anon,
    jitter,
    sleep,
    wait,
)


def healthy(draw: Draw) -> None:
    """Room for all."""
    chance = draw.chance
    draw.base(chance.uniform(0.2, 0.5), mib_per_s=chance.choice((30, 60, 120)))
    if chance.random() < 0.5:
        draw.reader(draw.usable_mib * 0.2, mib_per_s=chance.choice((5, 10, 20)))
    walk = jitter(draw.usable_mib * 0.1, chance.uniform(2, 15), chance.randint(1, 9999))
    draw.process("web", sleep(3), walk)
    draw.expect(kills_max=0, full_avg10_max_pct=2)


def cache_full(draw: Draw) -> None:
    """Little is free, all of it page cache that nobody misses: a healthy host that looks full."""
    draw.base(draw.chance.uniform(0.2, 0.4))
    draw.table["record_after_s"] = 20
    size = min(draw.memory_mib * 1.2, 3.0 * FILE_MIB)
    draw.reader(size, mib_per_s=draw.chance.choice((10, 20, 30)))
    draw.expect(kills_max=0, full_avg10_max_pct=5)


def burst(draw: Draw) -> None:
    """Allocations faster than kswapd, beside a page cache that is read again and again."""
    chance = draw.chance
    draw.base(chance.uniform(0.5, 0.7), mib_per_s=chance.choice((30, 60, 120)))
    draw.reader(min(FILE_MIB, draw.usable_mib * 0.5))
    step: Table = {
        "do": "burst",
        "mib": chance.choice((2, 4, 8, 16, 32, 64)),
        "count": chance.choice((40, 10**6)),
        "gap_s": round(chance.uniform(0.3, 1.5), 2),
    }
    draw.process("bursty", sleep(6), step, wait())


def random_walk(draw: Draw) -> None:
    """Memory that comes and goes in random sizes over a full page cache."""
    chance = draw.chance
    draw.base(chance.uniform(0.45, 0.65), mib_per_s=chance.choice((30, 60, 120)))
    draw.reader(FILE_MIB, mib_per_s=chance.uniform(5, 40))
    most, rate = draw.usable_mib * chance.uniform(0.2, 0.4), chance.uniform(5, 60)
    draw.process("worker", sleep(3), jitter(most, rate, chance.randint(1, 9999)))


def streaming(draw: Draw) -> None:
    """A backup: files read through, once and again."""
    chance = draw.chance
    draw.base(chance.uniform(0.4, 0.75), mib_per_s=chance.choice((30, 60, 120)))
    size = FILE_MIB * chance.choice((1, 1, 2))
    draw.reader(size, mib_per_s=chance.choice((0, 20, 60, 120)), name="backup")


def dirty(draw: Draw) -> None:
    """A writer that is now and then faster than its disk."""
    chance = draw.chance
    draw.table["disk"] = {"mib": 768, "mib_per_s": chance.choice((0, 0, 8, 16, 32))}
    draw.base(chance.uniform(0.4, 0.7), mib_per_s=chance.choice((30, 60, 120)))
    step: Table = {
        "do": "write",
        "file": "out",
        "mib": 200,
        "mib_per_s": chance.choice((0, 15, 40)),
        "seconds": ENDLESS_S,
        "anew": chance.choice((0, 1)),
    }
    draw.process("writer", sleep(4), step)


def ramp(draw: Draw) -> None:
    """A batch job that grows, rests, gives all of it back and starts again."""
    chance = draw.chance
    draw.base(chance.uniform(0.3, 0.45), mib_per_s=chance.choice((30, 60, 120)))
    draw.reader(min(FILE_MIB, draw.usable_mib * 0.3))
    steps: Steps = []
    for _ in range(chance.randint(2, 4)):
        steps += [
            anon(draw.usable_mib * chance.uniform(0.3, 0.75), chance.uniform(15, 60)),
            sleep(chance.uniform(1, 5)),
            {"do": "free"},
            sleep(chance.uniform(0.5, 3)),
        ]
    draw.process("batch", sleep(3), *steps)


def watermarks(draw: Draw) -> None:
    """The same ramp under one watermark setting after another."""
    name, values = draw.chance.choice((
        ("vm.min_free_kbytes", (1024, 4096, 16384, 32768)),
        ("vm.watermark_scale_factor", (10, 50, 150, 500)),
        ("vm.watermark_boost_factor", (0, 15000, 50000)),
    ))  # fmt: skip
    draw.sysctl[name] = draw.chance.choice(values)
    draw.base(0.35)
    draw.reader(min(FILE_MIB, draw.usable_mib * 0.8))
    steps: Steps = []
    for _ in range(round(draw.seconds / 5)):
        rate = draw.chance.uniform(20, 60)
        steps += [anon(draw.usable_mib * 0.45, rate), sleep(2), {"do": "free"}, sleep(1)]
    draw.process("batch", sleep(3), *steps, wait())
    draw.expect(kills_max=0)

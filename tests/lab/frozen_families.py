"""Families in which the host stands still for a minute and nobody is killed: the admin's worst night."""

from lab.draw import ENDLESS_S, Draw, Steps, Table, anon, plain_machine, sleep, touch, wait

FROZEN = {"kills_max": 0, "full_avg10_min_pct": 50}
SETTLED_MIB = 20
"""What kswapd keeps free and page tables take, once memory is full: nothing of it is left for files."""


def frozen_disk(draw: Draw) -> None:
    """A swap disk of some dozen transfers a second: the host is alive and answers nobody.

    PSI calls the wait for a page a stall for memory only where that page was in use when it went
    (``mm/workingset.c``): one sweep after another over all pages is not that, a random choice is.
    """
    plain_machine(draw, draw.chance.choice((256, 384)))
    rate = draw.chance.choice((50, 60, 80))
    draw.table["swap"] = {"disk_mib": draw.memory_mib * 2, "disk_io_per_s": rate}
    draw.table["lru_gen"] = "y" if draw.table["kernel"] != "5.10" else ""
    draw.table["record_after_s"] = 10
    # One process: of two, the one whose pages were there first keeps them, and is not held up.
    mib = draw.usable_mib * draw.chance.uniform(1.15, 1.3)
    draw.process("base", anon(mib, 60), touch(random=1))
    draw.expect(**FROZEN)


def frozen_files(draw: Draw) -> None:
    """No swap: files that are in use all the time and have no room are read again and again.

    All of their pages are in use first, then most of the room is taken: what goes is missed.
    """
    plain_machine(draw, draw.chance.choice((256, 384)))
    draw.table["lru_gen"] = "n" if draw.table["kernel"] != "5.10" else ""
    draw.table["disk"] = {"io_per_s": draw.chance.choice((60, 100, 150))}
    size = round(draw.usable_mib * 0.5)
    draw.files["data"] = size
    begins_s = 20 + size // 5
    draw.table["record_after_s"] = begins_s
    whole: Table = {"do": "read", "file": "data", "mib": size}
    squeezed: Table = {"do": "mapped", "file": "data", "mib": size, "random": 1}
    for name in ("one", "two", "three"):
        draw.process(name, whole, {**squeezed, "seconds": ENDLESS_S})
    # It holds and sleeps: as long as one task runs unhindered the host is not frozen.
    room_mib = draw.usable_mib - SETTLED_MIB - size * 0.8
    draw.process("grow", sleep(begins_s + 3), anon(room_mib, 60), wait())
    draw.expect(**FROZEN)


def frozen_silent(draw: Draw) -> None:
    """As frozen for want of file pages, but of such that never became active: PSI calls it I/O."""
    draw.table.pop("swap", None)
    draw.table["disk"] = {"io_per_s": draw.chance.choice((100, 200))}
    draw.table["record_after_s"] = 10
    size = round(draw.usable_mib * 0.2)
    draw.files["data"] = size
    whole: Table = {"do": "mapped", "file": "data", "mib": size}
    for name in ("one", "two", "three"):
        first: Steps = [whole] if name == "one" else []
        draw.process(name, *first, {**whole, "random": 1, "seconds": ENDLESS_S})
    draw.process("grow", sleep(14), anon(draw.usable_mib * 0.88, 60), wait())
    draw.expect(kills_max=0)


def frozen_zram(draw: Draw) -> None:
    """zram filled with what does not compress: it takes the memory it was meant to save."""
    plain_machine(draw, draw.chance.choice((256, 384, 512)))
    draw.table["swap"] = {"zram_mib": round(draw.memory_mib * 0.8)}
    draw.table["record_after_s"] = 40
    mib = draw.usable_mib
    draw.process("base", anon(mib * 0.7, 60, random_pct=60), touch())
    second = mib * draw.chance.uniform(0.38, 0.48)
    draw.process("second", sleep(6), anon(second, 25, random_pct=60), touch())
    draw.expect(full_avg10_min_pct=50)

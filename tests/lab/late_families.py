"""Families that are quiet for a minute or more before anything happens: what a forecast a minute ahead is held to.

A minute counts only where the recording lasts a minute longer, so each lasts over three.
"""

from lab.draw import ENDLESS_S, FILE_MIB, Draw, Steps, Table, anon, sleep, touch, wait
from lab.program_families import command

LATE_SECONDS = 200.0
USE_MIB_PER_S = 30
"""What is in use is in use at leisure: the guest's two CPUs are nobody's trouble here."""


def _settled(draw: Draw, share: float) -> None:
    draw.seconds = LATE_SECONDS
    draw.base(share, touch_mib_per_s=USE_MIB_PER_S)


def late_leak(draw: Draw) -> None:
    """A leak that begins in the first minute and meets the end of memory in the second or third, or not at all."""
    chance = draw.chance
    _settled(draw, 0.4)
    if chance.random() < 0.5:
        draw.reader(min(FILE_MIB, draw.usable_mib * 0.2), mib_per_s=5)
    start_s, full_s = chance.uniform(5, 50), chance.uniform(75, 260)
    room = draw.usable_mib * 0.6 + draw.swap_mib
    grow = anon(draw.usable_mib * 1.5 + draw.swap_mib * 2, room / (full_s - start_s))
    draw.process("leaky", sleep(start_s), grow, wait(), oom_score_adj=chance.choice((0, 0, 300)))


def late_thrash(draw: Draw) -> None:
    """A second working set that comes after a minute or two, and does or does not fit beside the first."""
    chance = draw.chance
    if "swap" not in draw.table:
        draw.table["swap"] = {chance.choice(("disk_mib", "zram_mib")): 256}
    first = chance.uniform(0.4, 0.7)
    _settled(draw, first)
    second = draw.usable_mib * (chance.uniform(0.75, 1.3) - first)
    rate = chance.choice((3, 10, 40))
    draw.process("second", sleep(chance.uniform(65, 130)), anon(second, rate), touch())


def late_squeeze(draw: Draw) -> None:
    """A service that grows slowly and takes the room of files that others read again and again."""
    chance = draw.chance
    draw.table.pop("swap", None)
    draw.table["disk"] = {"mib_per_s": chance.choice((16, 32))}
    _settled(draw, 0.2)
    for name in ("reader", "second"):
        draw.reader(min(FILE_MIB, draw.usable_mib * 0.35), name=name, mib_per_s=30)
    most = draw.usable_mib * chance.uniform(0.4, 0.85)
    draw.process("service", sleep(10), anon(most, most / chance.uniform(80, 180)), wait())


def late_job(draw: Draw) -> None:
    """A job that comes, takes memory, goes, and each time needs more; the third or fourth is too large, or none."""
    chance = draw.chance
    _settled(draw, chance.uniform(0.3, 0.5))
    draw.reader(min(FILE_MIB, draw.usable_mib * 0.3), mib_per_s=20)
    steps: Steps = [sleep(chance.uniform(10, 30))]
    size, rate = draw.usable_mib * chance.uniform(0.1, 0.25), chance.uniform(10, 60)
    growth = chance.uniform(1.2, 1.8)
    for _ in range(5):
        steps += [anon(size, rate), sleep(chance.uniform(3, 8)), {"do": "free"}]
        steps.append(sleep(chance.uniform(15, 30)))
        size *= growth
    draw.process("job", *steps, wait())


def late_programs(draw: Draw) -> None:
    """Real programs of which the larger one starts after a minute or two."""
    chance = draw.chance
    draw.table["disk"] = {"mib": 2048, "root": True}
    _settled(draw, chance.uniform(0.35, 0.6))
    small, large = chance.choice(("gcc", "tar", "sqlite")), chance.choice(("sort", "stress-vm"))
    for name, share, begins_s in ((small, 0.2, 5.0), (large, 0.7, chance.uniform(65, 130))):
        line = command(name, mib=draw.usable_mib * share, seconds=ENDLESS_S)
        run: Table = {"do": "run", "command": line}
        draw.process(name, sleep(begins_s), run, wait())

"""Twins: one machine, one story, once with room and once without.

The healthy twin must raise no alarm, the sick one must: a false alarm is a defect, and so is silence. Only
the load differs between them, so what tells them apart is what the tool has to see.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from lab.draw import (
    FILE_MIB,
    SECONDS,
    Draw,
    Table,
    anon,
    first_line,
    jitter,
    machine_of,
    shm,
    sleep,
    touch,
    wait,
)

MEMORY_MIB = (256, 384, 512, 768)
"""Small enough for a load to reach its size within half a minute."""
USE_MIB_PER_S = 100
"""A service in use that leaves the CPU to others: what its twin is about is not that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """``tell`` adds a workload at a load, 1 being all there is; ``sick`` is what the sick twin promises."""

    tell: Callable[[Draw, float], None]
    well_load: tuple[float, float]
    sick_load: tuple[float, float]
    sick: Table


def growth(draw: Draw, load: float) -> None:
    """A service that grows to its size and stays there."""
    capacity = draw.usable_mib + (draw.swap_mib if load > 1 else 0)
    size = capacity * load - draw.usable_mib * 0.3
    draw.base(0.3, touch_mib_per_s=USE_MIB_PER_S)
    draw.reader(draw.usable_mib * 0.3, mib_per_s=8)
    draw.process("service", sleep(3), anon(size, size / (draw.seconds * 0.6)), wait())


def crowd(draw: Draw, load: float) -> None:
    """Several workers whose memory comes and goes, and a page cache that fills the rest."""
    count = draw.chance.randint(3, 5)
    draw.base(0.25, touch_mib_per_s=USE_MIB_PER_S)
    draw.reader(min(FILE_MIB, draw.usable_mib * 0.6), mib_per_s=20)
    for number in range(count):
        mib = draw.usable_mib * (load - 0.25) / count
        seed = draw.chance.randint(1, 9999)
        draw.process(f"worker{number}", sleep(2), anon(mib * 0.8, 20), jitter(mib * 0.4, 12, seed))


def group(draw: Draw, load: float) -> None:
    """A container that uses a part of its limit, or more than that."""
    limit = round(draw.usable_mib * 0.3)
    draw.table["cgroup"] = [{"path": "ctr", "memory_max_mib": limit, "memory_swap_max_mib": 0}]
    draw.base(0.25, touch_mib_per_s=USE_MIB_PER_S)
    steps = [sleep(3), anon(limit * load, limit / (draw.seconds * 0.5)), wait()]
    draw.process("contained", *steps, cgroup="ctr")


def working_set(draw: Draw, load: float) -> None:
    """All of its memory in use all the time, and a slow disk to swap to."""
    draw.table["swap"] = {"disk_mib": draw.memory_mib * 2, "disk_mib_per_s": 5}
    draw.sysctl.pop("vm.swappiness", None)
    draw.base(load * 0.55)
    draw.process("second", sleep(5), anon(draw.usable_mib * load * 0.45, 60), touch())


def unseen(draw: Draw, load: float) -> None:
    """Files that collect in a tmpfs, which no process has mapped."""
    draw.table.pop("swap", None)
    draw.base(0.3, touch_mib_per_s=USE_MIB_PER_S)
    draw.reader(draw.usable_mib * 0.2, mib_per_s=8)
    size = draw.usable_mib * (load - 0.3)
    draw.process("uploads", sleep(3), shm(size, size / (draw.seconds * 0.6)), wait())


def compressed(draw: Draw, load: float) -> None:
    """All of its memory in use all the time, and zram for what it does not fit."""
    draw.table["swap"] = {"zram_mib": round(draw.memory_mib * 0.7)}
    draw.sysctl.pop("vm.swappiness", None)
    draw.process("base", anon(draw.usable_mib * load * 0.6, 60, random_pct=40), touch())
    second = anon(draw.usable_mib * load * 0.4, 40, random_pct=40)
    draw.process("second", sleep(5), second, touch())


def churn(draw: Draw, load: float) -> None:
    """Requests that take memory at once and give it back, over a page cache that is in use."""
    chance = draw.chance
    draw.table.pop("swap", None)
    draw.base(0.35, touch_mib_per_s=USE_MIB_PER_S)
    draw.reader(min(FILE_MIB, draw.usable_mib * 0.3), mib_per_s=20)
    for number in range(2):
        mib = max(2, round(draw.usable_mib * (load - 0.35) / 2))
        step: Table = {"do": "burst", "mib": mib, "count": 10**6,
                       "gap_s": round(chance.uniform(0.2, 0.5), 2)}  # fmt: skip
        draw.process(f"request{number}", sleep(4 + number * 0.3), step)


STORIES: dict[str, Story] = {
    "growth": Story(tell=growth, well_load=(0.5, 0.8), sick_load=(1.4, 1.8), sick={"kills_min": 1}),
    "crowd": Story(tell=crowd, well_load=(0.4, 0.6), sick_load=(1.3, 1.6), sick={"allocstalls_min": 1}),
    "group": Story(tell=group, well_load=(0.4, 0.8), sick_load=(1.5, 2.0), sick={"kills_min": 1}),
    "working-set": Story(
        tell=working_set, well_load=(0.5, 0.75), sick_load=(1.5, 1.9), sick={"full_avg10_min_pct": 10}
    ),
    "unseen": Story(tell=unseen, well_load=(0.4, 0.7), sick_load=(1.3, 1.6), sick={"kills_min": 1}),
    "compressed": Story(
        tell=compressed, well_load=(0.4, 0.7), sick_load=(1.15, 1.3), sick={"full_avg10_min_pct": 10}
    ),
    "churn": Story(
        tell=churn, well_load=(0.4, 0.5), sick_load=(0.9, 1.0), sick={"allocstalls_min": 20}
    ),
}  # fmt: skip

WELL: Table = {"kills_max": 0, "full_avg10_max_pct": 5}


def draw_twins(seed: int, *, seconds: float = SECONDS) -> dict[str, Table]:
    """The two scenarios of a seed, by name; stories take turns."""
    name = list(STORIES)[seed % len(STORIES)]
    story, found = STORIES[name], {}
    for state, loads, expect in (
        ("well", story.well_load, WELL),
        ("sick", story.sick_load, story.sick),
    ):
        chance = random.Random(f"twins/{seed}")
        draw = machine_of(chance, f"twin-{name}-{state}", seconds, memory_mib=MEMORY_MIB)
        draw.table["description"] = f"{first_line(story.tell.__doc__)} The twin that is {state}."
        load = loads[0] + (loads[1] - loads[0]) * chance.random()
        story.tell(draw, load)
        draw.table["expect"] = expect
        found[f"twin-{name}-{seed:03d}-{state}"] = draw.tables()
    return found

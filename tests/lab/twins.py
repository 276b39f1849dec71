"""Twins: one machine, one story, once with room and once without.

The healthy twin must raise no alarm, the sick one must: a false alarm is a defect, and so is silence. Only
the load differs between them, so what tells them apart is what the tool has to see.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from lab.draw import SECONDS, Draw, Table, anon, first_line, jitter, machine_of, sleep, touch, wait


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
    draw.base(0.3)
    draw.reader(draw.usable_mib * 0.3, mib_per_s=8)
    draw.process("service", sleep(3), anon(size, size / (draw.seconds * 0.6)), wait())


def crowd(draw: Draw, load: float) -> None:
    """Several workers whose memory comes and goes, and a page cache that fills the rest."""
    count = draw.chance.randint(3, 5)
    draw.base(0.25)
    draw.reader(draw.usable_mib * 0.8, mib_per_s=20)
    for number in range(count):
        mib = draw.usable_mib * (load - 0.25) / count
        seed = draw.chance.randint(1, 9999)
        draw.process(f"worker{number}", sleep(2), anon(mib * 0.8, 20), jitter(mib * 0.4, 12, seed))


def group(draw: Draw, load: float) -> None:
    """A container that uses a part of its limit, or more than that."""
    limit = round(draw.usable_mib * 0.3)
    draw.table["cgroup"] = [{"path": "ctr", "memory_max_mib": limit, "memory_swap_max_mib": 0}]
    draw.base(0.25)
    steps = [sleep(3), anon(limit * load, limit / (draw.seconds * 0.5)), wait()]
    draw.process("contained", *steps, cgroup="ctr")


def working_set(draw: Draw, load: float) -> None:
    """All of its memory in use all the time, and a slow disk to swap to."""
    draw.table["swap"] = {"disk_mib": draw.memory_mib * 2, "disk_mib_per_s": 5}
    draw.sysctl.pop("vm.swappiness", None)
    draw.base(load * 0.55)
    draw.process("second", sleep(5), anon(draw.usable_mib * load * 0.45, 60), touch())


STORIES: dict[str, Story] = {
    "growth": Story(tell=growth, well_load=(0.5, 0.8), sick_load=(1.4, 1.8), sick={"kills_min": 1}),
    "crowd": Story(tell=crowd, well_load=(0.4, 0.6), sick_load=(1.3, 1.6), sick={"allocstalls_min": 1}),
    "group": Story(tell=group, well_load=(0.4, 0.8), sick_load=(1.5, 2.0), sick={"kills_min": 1}),
    "working-set": Story(
        tell=working_set, well_load=(0.5, 0.75), sick_load=(1.5, 1.9), sick={"full_avg10_min_pct": 30}
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
        draw = machine_of(chance, f"twin-{name}-{state}", seconds)
        draw.table["description"] = f"{first_line(story.tell.__doc__)} The twin that is {state}."
        load = loads[0] + (loads[1] - loads[0]) * chance.random()
        story.tell(draw, load)
        draw.table["expect"] = expect
        found[f"twin-{name}-{seed:03d}-{state}"] = draw.tables()
    return found

"""A scenario in the making: a guest of chance, how much of it a workload can have, and the steps of one.

Sizes are shares of what is usable, so that a story stays the same story on another machine. Rates are
modest: an emulated guest touches some 300 MiB/s.
"""

import random
from dataclasses import dataclass, field

KERNELS = ("5.10", "6.1", "6.12", "newest")
MEMORY_MIB = (256, 384, 512, 768, 1024, 1536)
TWO_NODES_MIN_MIB = 768
DEFAULT_MIN_FREE_MIB = 4  # what a guest of this size reserves untold, about
FILE_MIB = 256  # larger files take longer to make than to read
SECONDS = 60.0
ENDLESS_S = 3600  # a process that outlives the recording

Table = dict[str, object]
Steps = list[Table]


@dataclass(slots=True, kw_only=True)
class Draw:
    """One scenario in the making."""

    chance: random.Random
    table: Table
    seconds: float = SECONDS
    processes: list[Table] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    sysctl: Table = field(default_factory=dict)

    @property
    def memory_mib(self) -> int:
        """All memory of the guest."""
        machine = self.table["machine"]
        assert isinstance(machine, dict)
        return sum(machine.get("nodes_mib", ())) or int(machine["memory_mib"])

    @property
    def usable_mib(self) -> float:
        """What is left of it for processes and page cache once the kernel has its own."""
        reserve_kib = self.sysctl.get("vm.min_free_kbytes", 0)
        assert isinstance(reserve_kib, int)
        return self.memory_mib * 0.86 - 24 - max(0, reserve_kib / 1024 - DEFAULT_MIN_FREE_MIB)

    @property
    def swap_mib(self) -> float:
        """What swap adds; zram gives back about half of what it holds."""
        swap = self.table.get("swap", {})
        assert isinstance(swap, dict)
        return float(swap.get("disk_mib", 0)) + 0.5 * float(swap.get("zram_mib", 0))

    def process(self, name: str, *steps: Table, **settings: object) -> None:
        """Adds a process."""
        self.processes.append({"name": name, **settings, "steps": list(steps)})

    def base(self, share: float, *, mib_per_s: float = 60, touch_mib_per_s: float = 0) -> None:
        """The working set that is there all the time and always in use, as fast as a CPU can if not told."""
        use = touch(mib_per_s=touch_mib_per_s) if touch_mib_per_s else touch()
        self.process("base", anon(self.usable_mib * share, mib_per_s), use)

    def reader(self, mib: float, *, mib_per_s: float = 0, name: str = "reader") -> None:
        """Someone who reads the first MiB of a file of that size again and again."""
        size = max(8, round(mib))
        self.files["data"] = max(self.files.get("data", 0), size)
        self.process(
            name,
            {
                "do": "read",
                "file": "data",
                "mib": size,
                "mib_per_s": mib_per_s,
                "seconds": ENDLESS_S,
            },
        )

    def expect(self, **promises: float) -> None:
        """What has to come of it."""
        self.table["expect"] = promises

    def tables(self) -> Table:
        """The scenario as TOML's tables."""
        disk_mib = max(256, sum(self.files.values()) * 2 + 128)
        found = {
            "seconds": self.seconds,
            **self.table,
            "disk": {"mib": disk_mib, **_mapping(self.table.get("disk"))},
        }
        return {**found, "files": self.files, "sysctl": self.sysctl, "process": self.processes}


def _mapping(value: object) -> Table:
    return dict(value) if isinstance(value, dict) else {}


def sleep(seconds: float) -> Table:
    """Nothing, for a while."""
    return {"do": "sleep", "seconds": round(seconds, 1)}


def anon(mib: float, mib_per_s: float = 0, **more: object) -> Table:
    """Anonymous memory."""
    return {"do": "anon", "mib": max(1, round(mib)), "mib_per_s": round(mib_per_s, 2), **more}


def touch(**more: object) -> Table:
    """Writes to what is held, to the end."""
    return {"do": "touch", "seconds": ENDLESS_S, **more}


def wait() -> Table:
    """Holds what it has, to the end."""
    return sleep(ENDLESS_S)


def shm(mib: float, mib_per_s: float) -> Table:
    """Pages of tmpfs that no process maps."""
    return {"do": "shm", "mib": round(mib), "mib_per_s": round(mib_per_s, 2)}


def jitter(mib: float, mib_per_s: float, seed: int) -> Table:
    """Allocations of random size that come and go."""
    return {
        "do": "jitter",
        "mib": round(mib),
        "mib_per_s": round(mib_per_s, 1),
        "seconds": ENDLESS_S,
        "seed": seed,
    }


def machine_of(
    chance: random.Random, family: str, seconds: float, *, memory_mib: tuple[int, ...] = MEMORY_MIB
) -> Draw:
    """A guest of chance; a family that needs another changes it."""
    total_mib = chance.choice(memory_mib)
    machine: Table = {"memory_mib": total_mib, "cpus_count": 2}
    table: Table = {"family": family, "kernel": chance.choice(KERNELS), "machine": machine}
    draw = Draw(chance=chance, table=table, seconds=seconds)
    if total_mib >= TWO_NODES_MIN_MIB and chance.random() < 0.3:
        first_mib = int(total_mib * chance.choice((0.5, 0.35))) // 2 * 2
        del machine["memory_mib"]
        machine["nodes_mib"] = [first_mib, total_mib - first_mib]
        if chance.random() < 0.4:
            draw.sysctl["vm.zone_reclaim_mode"] = 1
    if table["kernel"] != "5.10" and chance.random() < 0.5:
        table["lru_gen"] = chance.choice(("y", "n"))
    _draw_swap(draw)
    _draw_settings(draw)
    return draw


def _draw_swap(draw: Draw) -> None:
    kind = draw.chance.random()
    if kind < 0.3:
        draw.table["swap"] = {"disk_mib": draw.chance.choice((128, 256, 512))}
    elif kind < 0.5:
        draw.table["swap"] = {"zram_mib": draw.chance.choice((128, 256))}


def _draw_settings(draw: Draw) -> None:
    """What an admin may have set; none of it is wrong by itself."""
    chance = draw.chance
    for name, share, values in (
        ("vm.swappiness", 0.4, (0, 1, 10, 60, 100, 150, 200)),
        ("vm.min_free_kbytes", 0.4, (1024, 4096, 8192, 16384, 32768)),
        ("vm.watermark_scale_factor", 0.3, (10, 50, 150, 300)),
    ):
        value = chance.choice(values)
        if chance.random() < share:
            draw.sysctl[name] = value


def plain_machine(draw: Draw, memory_mib: int) -> None:
    """One node of this size, no settings but the kernel's own: for stories that need their room exactly."""
    draw.table["machine"] = {"memory_mib": memory_mib, "cpus_count": 2}
    draw.table.pop("swap", None)
    draw.sysctl.clear()


def first_line(docstring: str | None) -> str:
    """What a story says of itself."""
    return (docstring or "").strip().splitlines()[0]

"""Pairs: one workload under several settings, several times over, to hold what-if against what happened.

    pairs-marks-003-wsf100-r2.toml      kind, seed, setting, repeat

Within a seed only the setting differs; repeats differ in nothing but chance in the guest. Every process
is paced: a guest that wants whole CPUs goes slower on a busy machine, and then the load differs as well. Written by
``python -m lab.pairs OUT_DIR`` from ``tests``, run like any other scenario.
"""

import argparse
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from lab import reserve_pairs
from lab.draw import ENDLESS_S, KERNELS, Steps, Table, anon, jitter, sleep, touch, wait
from lab.errors import LabError
from lab.scenario import load
from lab.toml_text import dump

SECONDS = 45.0
TOUCH_MIB_PER_S, READ_MIB_PER_S = 250, 80
REPEATS_COUNT = 3

Settings = dict[str, Table]
"""What differs, by the setting's short name: tables laid over the scenario's own."""


def _sysctl(**named: tuple[str, int] | None) -> Settings:
    return {name: {"sysctl": {one[0]: one[1]} if one else {}} for name, one in named.items()}


MARKS = _sysctl(
    default=None,
    mfk8M=("vm.min_free_kbytes", 8192),
    mfk32M=("vm.min_free_kbytes", 32768),
    wsf100=("vm.watermark_scale_factor", 100),
    wsf400=("vm.watermark_scale_factor", 400),
)
SWAPPINESS = {str(value): {"sysctl": {"vm.swappiness": value}} for value in (0, 60, 180)}
ZONE_RECLAIM = {str(value): {"sysctl": {"vm.zone_reclaim_mode": value}} for value in (0, 1)}
SIZES: Settings = {
    "default": {},
    "swap256M": {"swap": {"disk_mib": 256}},
    "zram256M": {"swap": {"zram_mib": 256}},
    "ram128M": {"machine": {"memory_mib": 512, "cpus_count": 2}},
}


def _process(name: str, *steps: Table, **more: object) -> Table:
    return {"name": name, **more, "steps": list(steps)}


def _read(mib: float, mib_per_s: float = 0) -> Table:
    return {"do": "read", "file": "data", "mib": mib, "mib_per_s": mib_per_s, "seconds": ENDLESS_S}


def _walk(chance: random.Random, base_mib: int, walk_mib: int) -> list[Table]:
    rate, seed = chance.randint(35, 65), chance.randint(1, 9999)
    return [
        _process("base", anon(base_mib, 60), touch(mib_per_s=TOUCH_MIB_PER_S)),
        _process("reader", _read(256, 40)),
        _process("worker", sleep(3), jitter(walk_mib, rate, seed)),
    ]


def marks(chance: random.Random) -> tuple[Table, Settings]:
    """Memory that comes and goes over a page cache in use: gaps of several widths."""
    return {"machine": _machine(384), "process": _walk(chance, 146, 126)}, MARKS


def squeezed(chance: random.Random) -> tuple[Table, Settings]:
    """The same with hardly any room left: a wider gap starves it."""
    base_mib = chance.randint(150, 175)
    return {"machine": _machine(384), "process": _walk(chance, base_mib, 126)}, MARKS


def swappiness(chance: random.Random) -> tuple[Table, Settings]:
    """Cold memory, hot memory and a file that is read again and again, with swap on a disk."""
    table: Table = {
        "machine": _machine(768),
        "swap": {"disk_mib": 384},
        "lru_gen": chance.choice("yn"),
        "process": [
            _process("cold", anon(260, 80), wait()),
            _process("hot", sleep(1), anon(220, 80), touch(mib_per_s=TOUCH_MIB_PER_S)),
            _process("reader", sleep(5), _read(250, READ_MIB_PER_S)),
        ],
    }
    return table, SWAPPINESS


def zone_reclaim(chance: random.Random) -> tuple[Table, Settings]:
    """Everyone on one of two nodes."""
    del chance
    local: Steps = [sleep(5), anon(420, 30), touch(mib_per_s=TOUCH_MIB_PER_S)]
    table: Table = {
        "machine": {"nodes_mib": [512, 512], "cpus_count": 2},
        "process": [
            _process("reader", _read(250, READ_MIB_PER_S), cpu=0),
            _process("local", *local, cpu=0),
        ],
    }
    return table, ZONE_RECLAIM


def sizes(chance: random.Random) -> tuple[Table, Settings]:
    """Cold memory that a swap would take in, beside memory that comes and goes: swap, zram, more RAM."""
    cold_mib = chance.randint(40, 90)
    cold = _process("cold", anon(cold_mib, 60), wait())
    walk = _walk(chance, 146 - cold_mib // 2, 126)
    return {"machine": _machine(384), "process": [cold, *walk]}, SIZES


def _machine(memory_mib: int) -> Table:
    return {"memory_mib": memory_mib, "cpus_count": 2}


KINDS: dict[str, Callable[[random.Random], tuple[Table, Settings]]] = {
    "marks": marks,
    "squeezed": squeezed,
    "swappiness": swappiness,
    "zone-reclaim": zone_reclaim,
    "sizes": sizes,
    "reserve-files": reserve_pairs.files,
    "reserve-swapped": reserve_pairs.swapped,
    "reserve-walk": reserve_pairs.walk,
    "reserve-nodes": reserve_pairs.nodes,
}


def draw_pairs(kind: str, seed: int) -> dict[str, Table]:
    """One workload of this kind under each of its settings, by the setting's name."""
    chance = random.Random(f"pairs/{kind}/{seed}")
    kernel = KERNELS[(seed + list(KINDS).index(kind)) % len(KERNELS)]
    told, settings = KINDS[kind](chance)
    if kernel == "5.10":
        told.pop("lru_gen", None)
    common: Table = {
        "family": f"pairs-{kind}",
        "kernel": kernel,
        "seconds": SECONDS,
        **{key: value for key, value in told.items() if key != "process"},
        "disk": {"mib": 640},
        "files": {"data": 256},
        "sysctl": {},
    }
    return {
        name: {**common, **changed, "process": told["process"]}
        for name, changed in settings.items()
    }


def write_pairs(
    out: Path, *, kinds: Iterable[str], seeds: Iterable[int], repeats_count: int = REPEATS_COUNT
) -> list[Path]:
    """Writes the scenarios; a seed's settings stand beside each other, repeat by repeat."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    wanted = list(kinds)
    for seed in seeds:
        for kind in wanted:
            tables = draw_pairs(kind, seed)
            for repeat in range(1, repeats_count + 1):
                for setting, table in tables.items():
                    path = out / f"pairs-{kind}-{seed:03d}-{setting}-r{repeat}.toml"
                    path.write_text(dump(table))
                    load(path)
                    written.append(path)
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes scenario files, and their names to standard output."""
    parser = argparse.ArgumentParser(prog="python -m lab.pairs", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--kind", action="append", choices=list(KINDS), help="default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1, help="seeds")
    parser.add_argument("--repeats", type=int, default=REPEATS_COUNT)
    options = parser.parse_args(arguments)
    try:
        written = write_pairs(
            options.out,
            kinds=options.kind or KINDS,
            seeds=range(options.seed, options.seed + options.count),
            repeats_count=options.repeats,
        )
    except LabError as error:
        parser.error(str(error))
    for path in written:
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Scenario files drawn from a seed: every family's, twins', and long ones.

Each is read back before it is handed out, so that a family cannot draw what cannot be run.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from lab.draw import SECONDS, Table
from lab.errors import LabError
from lab.families import FAMILIES, draw_one
from lab.scenario import load
from lab.toml_text import dump
from lab.twins import draw_twins

TWINS = "twins"
KINDS = (*FAMILIES, TWINS)


def write_drawn(
    out: Path,
    *,
    seed: int,
    count: int,
    only: Iterable[str] | None = None,
    seconds: float = SECONDS,
    interval_s: float | None = None,
) -> list[Path]:
    """Writes ``count`` scenarios of each family, and as many twins, numbered by their seed."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for family in only or KINDS:
        if family not in KINDS:
            raise LabError(f"no family {family!r}: known are {', '.join(KINDS)}")
        for number in range(seed, seed + count):
            for name, table in _drawn(family, number, seconds):
                path = out / f"{name}.toml"
                changed = {} if interval_s is None else {"interval_s": interval_s}
                path.write_text(dump({**table, **changed}))
                load(path)
                written.append(path)
    return written


def _drawn(family: str, number: int, seconds: float) -> Iterator[tuple[str, Table]]:
    if family == TWINS:
        yield from draw_twins(number, seconds=seconds).items()
    else:
        yield f"{family}-{number:03d}", draw_one(family, number, seconds=seconds)

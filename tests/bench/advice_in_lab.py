"""Advice proved: recordings in which a setting is wrong, and the same workload under the value that was advised.

    python tests/bench/advice_of_recordings.py --lines ADVICE.jsonl DIR...
    python tests/bench/advice_in_lab.py --lines ADVICE.jsonl DIR...

Recordings are named GROUP-SETTING-rN: in a group only the setting differs (``lab/pairs.py``). Of every
recording that ``advise`` wants to change, the repeats with the value nearest to the advised one are taken,
made in the same directory (a guest's pace is that of the machine that day), at most twice as much or half as
much (marks) or 40 from it (swappiness). Held against one another: what the
recording counted, what was foretold, the median and range of what those repeats counted. ``aim`` is the figure
that the advice foretells to fall most, whatever came of it; it counts as halved where the median is at most half
of what it was. Full-stall time is counted besides, whether anything was foretold of it or not.
"""

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from advice_of_recordings import SUFFIX, recordings
from whatif import Recording, read, settings_of

from vmadvisor.model.simulate.measured import measured

NEAR_MARKS_RATIO = 2.0
NEAR_SWAPPINESS = 40
S_PER_H = 3600.0
FIGURES = {
    "full_stall": ("full_stall_ratio", S_PER_H),
    "stalls": ("stalls_per_s", 1.0),
    "refaults_anon": ("refaults_anon_per_s", 1.0),
    "refaults_file": ("refaults_file_per_s", 1.0),
    "swapin": ("swapin_pages_per_s", 1.0),
    "node_reclaim_scan": ("node_reclaim_scan_pages_per_s", 1.0),
}
"""Names of effects, the simulation's names, and what the latter are multiplied by."""

KEYS = (
    "vm.watermark_scale_factor",
    "vm.min_free_kbytes",
    "vm.swappiness",
    "vm.zone_reclaim_mode",
)
LEAST = {"full_stall": 36.0, "stalls": 0.5}
LEAST_PAGES_PER_S = 50.0
"""Less than this was not bad before: a hundredth of the time, a stall in two seconds, 200 KiB/s."""


def group_of(path: Path) -> str:
    """The workload's name.

    >>> group_of(Path("pairs-marks-011-wsf100-r2.tar.zst"))
    'pairs-marks-011'
    """
    return re.sub(r"-r\d+$", "", path.name.removesuffix(SUFFIX)).rpartition("-")[0]


def describe(path: Path) -> Recording:
    """What it counted, without any simulation."""
    snapshot, moments = read(path)
    settings = settings_of(snapshot)
    found = measured(moments, zone_reclaim_mode=settings["vm.zone_reclaim_mode"])
    rates = (
        found.full_stall, found.stalls, found.refault_anon_pages, found.refault_file_pages,
        found.swap_in_pages, found.node_scan_pages,
    )  # fmt: skip
    names = [name for name, _ in FIGURES.values()]
    return Recording(
        path=path,
        group=group_of(path),
        settings=settings,
        counted={n: None if r is None else r.value for n, r in zip(names, rates, strict=True)},
        pace_s=0.0,
        ticks_ratio=1.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One recording's advice against what came of (nearly) that value."""

    name: str
    key: str
    current: int
    recommended: int
    tried: int
    repeats: tuple[Recording, ...]
    before: Recording
    predicted: dict[str, tuple[float, float, float]]

    def counted(self, figure: str) -> tuple[float, list[float]] | None:
        """(before, after in every repeat)."""
        name, factor = FIGURES[figure]
        before = self.before.counted[name]
        after = [one.counted[name] for one in self.repeats]
        if before is None or None in after:
            return None
        return before * factor, [value * factor for value in after if value is not None]


def _is_near(key: str, wanted: int, tried: int, current: int) -> bool:
    if tried == current:
        return False
    if key == "vm.swappiness":
        return abs(wanted - tried) <= NEAR_SWAPPINESS
    if key == "vm.zone_reclaim_mode":
        return wanted == tried
    ratio = max(wanted, tried, 1) / max(1, min(wanted, tried))
    return ratio <= NEAR_MARKS_RATIO and (tried > current) == (wanted > current)


def _others_alike(one: Recording, other: Recording, key: str) -> bool:
    """Only the setting differs; a gap that marks make may differ with it."""
    own = {"vm.min_free_kbytes", "ram", key}
    return all(value == other.settings[name] for name, value in one.settings.items() if name not in own) and (
        key == "vm.min_free_kbytes"
        or abs(one.settings["vm.min_free_kbytes"] - other.settings["vm.min_free_kbytes"])
        <= one.settings["vm.min_free_kbytes"] / 50
    )  # fmt: skip


def proofs(
    found: Sequence[Recording], lines: dict[str, list[dict[str, object]]]
) -> Iterator[Proof]:
    """Every piece of advice that a recording holds an answer to."""
    groups: dict[tuple[str, str], list[Recording]] = defaultdict(list)
    for one in found:
        groups[str(one.path.parent), one.group].append(one)
    for one in found:
        others = groups[str(one.path.parent), one.group]
        for advice in lines.get(str(one.path), ()):
            key = str(advice["key"]).removeprefix("sysctl:")
            if key not in KEYS:
                continue
            current, wanted = int(str(advice["current"])), int(str(advice["recommended"]))
            near = [
                other
                for other in others
                if _others_alike(one, other, key)
                and _is_near(key, wanted, other.settings[key], current)
            ]
            if not near:
                print(f"{one.path.name}: {key} {current} -> {wanted}: nobody tried that")
                continue
            tried = min({o.settings[key] for o in near}, key=lambda value: abs(value - wanted))
            yield Proof(
                name=one.path.name.removesuffix(SUFFIX),
                key=key,
                current=current,
                recommended=wanted,
                tried=tried,
                repeats=tuple(o for o in near if o.settings[key] == tried),
                before=one,
                predicted={
                    str(effect["name"]): (
                        effect["after"],
                        effect["after_low"],
                        effect["after_high"],
                    )
                    for effect in advice["predicted"]  # type: ignore[attr-defined]
                },
            )


def _was_bad(figure: str, before: float) -> bool:
    return before >= LEAST.get(figure, LEAST_PAGES_PER_S)


def aim_of(proof: Proof) -> str | None:
    """The figure that was foretold to fall most, of those that were bad before."""
    foretold = {}
    for figure in FIGURES:
        counted, told = proof.counted(figure), proof.predicted.get(figure)
        if counted is not None and told is not None and _was_bad(figure, counted[0]):
            foretold[figure] = told[0] / counted[0]
    return min(foretold, key=lambda figure: foretold[figure], default=None)


def halved(proof: Proof, figure: str | None) -> bool | None:
    """Whether the figure fell by half; ``None`` where it was not bad before."""
    counted = None if figure is None else proof.counted(figure)
    if figure is None or counted is None or not _was_bad(figure, counted[0]):
        return None
    return median(counted[1]) <= counted[0] / 2


def print_proof(proof: Proof) -> list[bool]:
    """One block; whether each repeat's figure lies inside what was foretold."""
    aim = aim_of(proof)
    tried = "" if proof.tried == proof.recommended else f" (tried: {proof.tried})"
    print(
        f"{proof.name}: {proof.key} {proof.current} -> {proof.recommended}{tried}, n = {len(proof.repeats)}"
    )
    inside = []
    for figure in FIGURES:
        counted, told = proof.counted(figure), proof.predicted.get(figure)
        if counted is None or not (counted[0] or any(counted[1])):
            continue
        before, after = counted
        text = f"  {figure:18} {before:9.1f} -> {median(after):9.1f} ({min(after):.1f} to {max(after):.1f})"
        if told is not None:
            hits = [told[1] <= value <= told[2] for value in after]
            inside += hits
            text += f"  foretold {told[0]:.1f} ({told[1]:.1f} to {told[2]:.1f}), inside {sum(hits)}/{len(hits)}"
        if figure == aim:
            text += f"  aim {'halved' if halved(proof, aim) else 'NOT halved'}"
        print(text)
    return inside


def _part(found: Sequence[bool | None]) -> str:
    known = [one for one in found if one is not None]
    return f"{sum(known)} of {len(known)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a block for every proof, then one line per key."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="+", type=Path)
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args(arguments)
    lines = {
        told["path"]: told["recommendations"]
        for told in map(json.loads, options.lines.read_text().splitlines())
    }
    wanted = {
        (Path(path).parent, group_of(Path(path)))
        for path, advised in lines.items()
        if any(str(advice["key"]).removeprefix("sysctl:") in KEYS for advice in advised)
    }
    paths = [p for p in recordings(options.places) if (p.parent, group_of(p)) in wanted]
    with ProcessPoolExecutor(options.workers) as pool:
        found = list(pool.map(describe, paths))
    tallies: dict[str, list[Proof]] = defaultdict(list)
    inside: dict[str, list[bool]] = defaultdict(list)
    for proof in proofs(found, lines):
        tallies[proof.key].append(proof)
        inside[proof.key] += print_proof(proof)
    print()
    for key, all_of in tallies.items():
        by_group: dict[str, list[bool | None]] = defaultdict(list)
        for proof in all_of:
            by_group[proof.before.group].append(halved(proof, aim_of(proof)))
        most = [sum(map(bool, values)) * 2 > len(values) for values in by_group.values()]
        print(
            f"{key}: aim halved in {_part([halved(p, aim_of(p)) for p in all_of])} recordings, in most of "
            f"{_part(most)} workloads; full stall halved in {_part([halved(p, 'full_stall') for p in all_of])}; "
            f"figures inside what was foretold: {_part(inside[key])}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

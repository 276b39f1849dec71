"""What came of advice: a recording's advice, and recordings of the same workload under the value advised."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from advice_of_recordings import SUFFIX
from whatif import Recording, read, settings_of, ticks_ratio

from vmadvisor.model.simulate.measured import measured

AS_ADVISED_RATIO = 0.01
"""What is advised of min_free_kbytes follows what a guest has left, which differs by this between repeats."""

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
        ticks_ratio=ticks_ratio(moments),
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

    @property
    def is_as_advised(self) -> bool:
        """Whether it was the advised value that was tried, not only one near it."""
        return is_as_advised(self.recommended, self.tried)

    def counted(self, figure: str) -> tuple[float, list[float]] | None:
        """(before, after in every repeat)."""
        name, factor = FIGURES[figure]
        before = self.before.counted[name]
        after = [one.counted[name] for one in self.repeats]
        if before is None or None in after:
            return None
        return before * factor, [value * factor for value in after if value is not None]


def is_as_advised(wanted: int, tried: int) -> bool:
    """Whether two repeats of one guest could have been told these two.

    >>> is_as_advised(15_000, 15_092), is_as_advised(15_000, 14_632), is_as_advised(0, 0)
    (True, False, True)
    """
    return abs(wanted - tried) <= AS_ADVISED_RATIO * wanted


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
            repeats = [o for o in near if is_as_advised(tried, o.settings[key])]
            yield Proof(
                name=one.path.name.removesuffix(SUFFIX),
                key=key,
                current=current,
                recommended=wanted,
                tried=tried,
                repeats=tuple(repeats),
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

"""What-if held against what happened: recordings of one workload under several settings, several times over.

    python tests/bench/whatif.py ../shared/recordings/whatif DIR_OF_PAIRS

Recordings whose names differ only behind the last hyphens (``-wsf100``, ``-wsf100-r2``) are a group; what
differs between two of its settings is read from the recordings themselves. From every recording the
others' figures are foretold. A pair differs clearly when all repeats agree in sign and the medians' ratio
is at least 2: then the sign and the ratio (within a factor 2) count, else that none is foretold.
``inside`` is how often the told interval holds what each repeat of the other setting counted. The last lines
say how far chance alone goes: how often the ratio of two single repeats of clear pairs agrees within a
factor 2 with that of all the others' medians.

A guest on a busy machine may get less CPU than its twin: then the load differs, not only the setting.
``--steady`` leaves such recordings out: those that took half as long again as the fastest of their group
to allocate half of memory (nothing is reclaimed by then), or lost more than a quarter of their ticks.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise, permutations
from math import inf, log2
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from vmadvisor.collect.recording_walk import walk
from vmadvisor.model.rates import rise
from vmadvisor.model.simulate.figures import Figures
from vmadvisor.model.simulate.observed import Observed, observed
from vmadvisor.model.simulate.settings import Change
from vmadvisor.model.simulate.whatif import what_if
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.swaps import Swaps
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zoneinfo import Zoneinfo

LEAST = {
    "stalls_per_s": 0.05,
    "full_stall_ratio": 0.005,
    "node_reclaim_scan_pages_per_s": 50.0,
    "refaults_anon_per_s": 20.0,
    "refaults_file_per_s": 50.0,
    "swapin_pages_per_s": 20.0,
    "kept_free_bytes": 2.0**20,
}
"""Added to both sides of a ratio: two stalls in a recording are not infinitely more than none."""

SLOWER_MAX_RATIO, TICKS_MIN_RATIO = 1.5, 0.75
NEAR_RATIO = 0.01
"""min_free_kbytes that the kernel chose differs by this between guests of one size."""

_REPEAT = re.compile(r"-r\d+$")
_LIKELY_SAME_KIB = 12_288
"""MemTotal of two guests of one size differs by less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recording: its group, the settings that tell it from the others, and what it counted."""

    path: Path
    group: str
    settings: dict[str, int]
    counted: dict[str, float | None]
    pace_s: float
    ticks_ratio: float


@dataclass(slots=True)
class Tally:
    """Outcomes of one key and figure."""

    signs: list[bool] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    same: list[float] = field(default_factory=list)
    inside: list[float] = field(default_factory=list)


def read(path: Path) -> tuple[Snapshot, list[Observed]]:
    """The last snapshot and all moments of a recording."""
    last, moments = None, []
    for last in walk(path):
        moment = observed(last)
        if moment is not None:
            moments.append(moment)
    assert last is not None
    return last, moments


def settings_of(snapshot: Snapshot) -> dict[str, int]:
    """What tells one recording of a group from another."""
    sysctl, info = snapshot.get(VmSysctl), snapshot.get(Meminfo)
    swaps = snapshot.get(Swaps)
    devices = () if swaps is None else swaps.devices
    assert sysctl is not None
    assert info is not None
    return {
        "vm.min_free_kbytes": sysctl.min_free_kib or 0,
        "vm.watermark_scale_factor": sysctl.watermark_scale_factor_permyriad or 0,
        "vm.swappiness": sysctl.swappiness_count or 0,
        "vm.zone_reclaim_mode": sysctl.zone_reclaim_mode or 0,
        "swap": sum(d.size_kib for d in devices if "zram" not in d.path),
        "zram": sum(d.size_kib for d in devices if "zram" in d.path),
        "ram": info.mem_total_kib or 0,
    }


def _values(figures: Figures) -> dict[str, float | None]:
    return {
        name: None if (found := getattr(figures, name)) is None else found.value for name in LEAST
    }


def describe(path: Path) -> Recording:
    """Reads a recording for what it counted."""
    snapshot, moments = read(path)
    present = what_if(moments, snapshot, ()).settings[0]
    stem = _REPEAT.sub("", path.name.removesuffix(".tar.zst"))
    return Recording(
        path=path,
        group=stem.rpartition("-")[0],
        settings=settings_of(snapshot),
        counted=_values(present.figures),
        pace_s=_pace_s(snapshot, moments),
        ticks_ratio=ticks_ratio(moments),
    )


def _pace_s(snapshot: Snapshot, moments: Sequence[Observed]) -> float:
    """Seconds until half of memory had been allocated once; infinite if it never was."""
    zoneinfo, first = snapshot.get(Zoneinfo), moments[0].sample
    assert zoneinfo is not None
    half = sum(zone.managed_pages for zone in zoneinfo.zones) / 2
    for moment in moments:
        taken = rise(first.vmstat.pgalloc_pages_total, moment.sample.vmstat.pgalloc_pages_total)
        if taken is not None and taken >= half:
            return moment.sample.time_s - first.time_s
    return inf


def ticks_ratio(moments: Sequence[Observed]) -> float:
    """Moments there are, of those there would be had every step been as short as the shortest tenth."""
    steps = sorted(b.sample.time_s - a.sample.time_s for a, b in pairwise(moments))
    usual_s = steps[len(steps) // 10]
    return usual_s * len(steps) / (moments[-1].sample.time_s - moments[0].sample.time_s)


def steady(recordings: Sequence[Recording]) -> list[Recording]:
    """Those whose guests ran as fast as the others of their group, and evenly."""
    fastest: dict[str, float] = {}
    for one in recordings:
        fastest[one.group] = min(fastest.get(one.group, inf), one.pace_s)
    return [
        one
        for one in recordings
        if one.pace_s <= SLOWER_MAX_RATIO * fastest[one.group]
        and one.ticks_ratio >= TICKS_MIN_RATIO
    ]


def difference(one: Recording, other: Recording) -> dict[str, int]:
    """What has to be set on ``one`` to make it ``other``, sizes as what is to be added in KiB."""
    changed = {}
    added = other.settings["ram"] - one.settings["ram"]
    if abs(added) > _LIKELY_SAME_KIB:
        return {"ram": added}
    for key, value in other.settings.items():
        if key in {"swap", "zram"}:
            if value != one.settings[key]:
                changed[key] = value - one.settings[key]
        elif key != "ram" and abs(value - one.settings[key]) > NEAR_RATIO * one.settings[key]:
            changed[key] = value
    return changed


def _change(wanted: dict[str, int]) -> Change | None:
    if len(wanted) != 1:
        return None
    ((key, value),) = wanted.items()
    if key in {"swap", "zram", "ram"}:
        return Change(pairs=((key, f"{value}K"),)) if value > 0 else None
    return Change(pairs=((key, str(value)),))


def foretell(job: tuple[Path, list[tuple[str, Change]]]) -> list[tuple[str, Figures]]:
    """From one recording, the figures under other settings."""
    path, wanted = job
    snapshot, moments = read(path)
    found = what_if(moments, snapshot, [change for _, change in wanted])
    return [
        (name, setting.figures)
        for (name, _), setting in zip(wanted, found.settings[1:], strict=True)
    ]


def _key(settings: dict[str, int]) -> str:
    ram, kib = settings["ram"] // 65_536, settings["vm.min_free_kbytes"]
    return repr(sorted((settings | {"ram": ram, "vm.min_free_kbytes": round(kib, -2)}).items()))


Groups = dict[str, dict[str, list[Recording]]]
"""Repeats, by group and setting."""


def grouped(paths: Sequence[Path], workers: int, *, only_steady: bool) -> Groups:
    """Reads all recordings for what they counted."""
    with ProcessPoolExecutor(workers) as pool:
        recordings = list(pool.map(describe, paths))
    if only_steady:
        recordings = steady(recordings)
        print(f"{len(recordings)} of {len(paths)} recordings are steady")
    groups: Groups = defaultdict(lambda: defaultdict(list))
    for recording in recordings:
        groups[recording.group][_key(recording.settings)].append(recording)
    return groups


def is_clear(before: Sequence[float], after: Sequence[float], least: float) -> bool:
    """Whether all repeats agree in sign, and the medians' ratio is at least 2."""
    ratios = [(b + least) / (a + least) for a in before for b in after]
    true = (median(after) + least) / (median(before) + least)
    return max(true, 1 / true) >= 2 and (all(r > 1 for r in ratios) or all(r < 1 for r in ratios))


def of_repeats(groups: Groups) -> dict[str, list[float]]:
    """By figure, how far a pair of repeats is off the others' medians (log2), of clear pairs."""
    found: dict[str, list[float]] = defaultdict(list)
    for by_setting in groups.values():
        for one, other in permutations(by_setting.values(), 2):
            if _change(difference(one[0], other[0])) is None:
                continue
            for figure, least in LEAST.items():
                before = [each.counted[figure] for each in one]
                after = [each.counted[figure] for each in other]
                if None not in before and None not in after:
                    found[figure].extend(_apart(before, after, least))  # type: ignore[arg-type]
    return found


def _apart(before: list[float], after: list[float], least: float) -> Iterator[float]:
    if min(len(before), len(after)) < 2 or not is_clear(before, after, least):
        return
    for place, own in enumerate(before):
        for at, its in enumerate(after):
            others = median(after[:at] + after[at + 1 :]) + least
            others /= median(before[:place] + before[place + 1 :]) + least
            yield abs(log2((its + least) / (own + least) / others))


def compare(
    groups: Groups, workers: int
) -> Iterator[tuple[str, str, str, float, float, bool, float]]:
    """(key, figure, pair, true ratio, foretold ratio, clear, share inside) of every forecast."""
    with ProcessPoolExecutor(workers) as pool:
        jobs, bases = [], []
        for by_setting in groups.values():
            for name, repeats in by_setting.items():
                for recording in repeats:
                    wanted = [
                        (other, change)
                        for other, found in by_setting.items()
                        if other != name
                        and (change := _change(difference(recording, found[0]))) is not None
                    ]
                    if wanted:
                        jobs.append((recording.path, wanted))
                        bases.append((recording, by_setting, name))
        answers = list(pool.map(foretell, jobs))
    for (recording, by_setting, name), answer, (_, wanted) in zip(
        bases, answers, jobs, strict=True
    ):
        for (other, figures), (_, change) in zip(answer, wanted, strict=True):
            for figure, least in LEAST.items():
                told = getattr(figures, figure)
                before = [one.counted[figure] for one in by_setting[name]]
                after = [one.counted[figure] for one in by_setting[other]]
                own = recording.counted[figure]
                if told is None or own is None or None in before or None in after:
                    continue
                true = (median(after) + least) / (median(before) + least)  # type: ignore[type-var, operator]
                clear = is_clear(before, after, least)  # type: ignore[arg-type]
                inside = sum(told.low <= one <= told.high for one in after) / len(after)  # type: ignore[operator]
                key = change.pairs[0][0]
                label = f"{recording.path.name.removesuffix('.tar.zst')} {key}={change.pairs[0][1]}"
                yield key, figure, label, true, (told.value + least) / (own + least), clear, inside


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints, per key and figure, how many forecasts were right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("places", nargs="+", type=Path, help="recordings, or directories of them")
    parser.add_argument("--only", help="a regular expression that names must match")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--each", action="store_true", help="print every forecast that counts")
    parser.add_argument("--steady", action="store_true", help="leave slowed guests out")
    options = parser.parse_args(arguments)
    paths = [
        path
        for place in options.places
        for path in (sorted(place.glob("*.tar.zst")) if place.is_dir() else [place])
        if not options.only or re.search(options.only, path.name)
    ]
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    groups = grouped(paths, options.workers, only_steady=options.steady)
    for key, figure, label, true, told, clear, inside in compare(groups, options.workers):
        tally = tallies[key, figure]
        error = abs(log2(told / true))
        tally.inside.append(inside)
        if clear:
            tally.signs.append((told > 1) == (true > 1) and abs(log2(told)) > 0.1)
            tally.ratios.append(error)
        else:
            tally.same.append(error)
        if options.each and (clear or error > 1):
            print(
                f"{label:60} {figure:30} true x{true:.3g} told x{told:.3g} {'clear' if clear else 'same'}"
            )
    print_table(tallies, len(paths))
    print_repeats(of_repeats(groups))
    return 0


def _part(right: int, count: int) -> str:
    return f"{right}/{count}" if count else "-"


def print_table(tallies: dict[tuple[str, str], Tally], paths_count: int) -> None:
    """One line per key and figure, and one for all."""
    print(
        f"{paths_count} recordings; clear pairs: sign right, ratio within 2; others: within 2; in interval"
    )
    whole = Tally()
    for (key, figure), tally in sorted(tallies.items()):
        _print_line(f"{key} {figure}", tally)
        for name in ("signs", "ratios", "same", "inside"):
            getattr(whole, name).extend(getattr(tally, name))
    _print_line("all", whole)
    stalls = Tally()
    for (_, figure), tally in tallies.items():
        if figure == "stalls_per_s":
            for name in ("signs", "ratios", "same", "inside"):
                getattr(stalls, name).extend(getattr(tally, name))
    _print_line("all stalls_per_s", stalls)


def print_repeats(found: dict[str, list[float]]) -> None:
    """How often repeats agree among themselves."""
    print("clear pairs: a single repeat of each setting within 2 of the others' medians")
    for figure, errors in [
        *sorted(found.items()),
        ("all", [e for es in found.values() for e in es]),
    ]:
        if errors:
            print(f"{figure:58} ratio {_part(sum(e <= 1 for e in errors), len(errors)):>7}")


def _print_line(name: str, tally: Tally) -> None:
    within = sum(error <= 1 for error in tally.ratios)
    spread = f"median off x{2 ** median(tally.ratios):.1f}" if tally.ratios else ""
    print(
        f"{name:58} sign {_part(sum(tally.signs), len(tally.signs)):>7} "
        f"ratio {_part(within, len(tally.ratios)):>7} {spread:16} "
        f"same {_part(sum(error <= 1 for error in tally.same), len(tally.same)):>9} "
        f"inside {_part(round(sum(tally.inside)), len(tally.inside)):>9}"
    )


if __name__ == "__main__":
    raise SystemExit(main())

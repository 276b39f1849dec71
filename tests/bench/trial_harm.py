"""How often ``trial``'s harm rule speaks where nothing was changed, and how soon where a setting does harm.

    python tests/bench/trial_harm.py DIR_OF_PAIRS...

Recordings of one workload under several settings, several times over (``lab/pairs.py``). One repeat stands for
the time before, another for the trial; the first seconds, in which the load builds up, are left out.
Nothing was changed where both are of one setting: every alarm is false. As recordings are short, trials of
minutes are drawn from blocks of all repeats of a setting as well. Harm was done where stalls under the other
setting are a twentieth of the time more, and twice as much: an alarm is then right.
"""

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from vmadvisor.collect.recording_walk import walk
from vmadvisor.model.outlook import outlook
from vmadvisor.model.sample import Sample, sample_of
from vmadvisor.model.track import Track
from vmadvisor.model.trial_harm import OOM_HORIZON_S, Harm, Step, harm_of, step_of

WARM_UP_S, STEP_S = 12.0, 1.0
BLOCK_STEPS, BEFORE_STEPS, TRIAL_STEPS, DRAWS_COUNT = 5, 60, 600, 200
HARM_MIN_RATIO, HARM_TIMES = 0.05, 2.0
_REPEAT = re.compile(r"-r\d+$")

Setting = tuple[str, str]
Repeats = dict[Setting, list[list[Step]]]


def steps_of(path: Path) -> list[Step]:
    """One step a second, warm-up left out."""
    track, last, found = Track(), None, []
    first_s: float | None = None
    for snapshot in walk(path):
        sample: Sample | None = sample_of(snapshot)
        if sample is None:
            continue
        first_s = sample.time_s if first_s is None else first_s
        track.add(sample)
        if last is not None and sample.time_s - last.time_s < STEP_S * 0.95:
            continue
        if last is not None and last.time_s >= first_s + WARM_UP_S:
            found.append(step_of(last, sample, outlook(track, (OOM_HORIZON_S,))))
        last = sample
    return found


def alarm(before: Sequence[Step], trial: Sequence[Step]) -> tuple[Harm, float] | None:
    """The first alarm and after how many seconds, as the trial would have had it."""
    for count in range(1, len(trial) + 1):
        found = harm_of(before, trial[:count], None)
        if found is not None:
            return found, sum(step.seconds_s for step in trial[:count])
    return None


def full(steps: Sequence[Step]) -> float:
    """Mean share of time in PSI full."""
    return sum((s.full_ratio or 0.0) * s.seconds_s for s in steps) / sum(s.seconds_s for s in steps)


def drawn(repeats: Sequence[Sequence[Step]], count: int, chance: random.Random) -> list[Step]:
    """Steps from blocks of the repeats."""
    blocks = [
        list(one[i : i + BLOCK_STEPS]) for one in repeats for i in range(len(one) - BLOCK_STEPS + 1)
    ]
    found: list[Step] = []
    while len(found) < count:
        found += chance.choice(blocks)
    return found[:count]


def unchanged(settings: Repeats) -> Iterator[tuple[str, Harm | None]]:
    """(kind, alarm) where nothing was changed."""
    chance = random.Random(5)
    for repeats in settings.values():
        for before, trial in permutations(repeats, 2):
            found = alarm(before, trial)
            yield "repeat against repeat", None if found is None else found[0]
        if sum(step.kills_count or 0 for one in repeats for step in one):
            continue  # a kill is harm by itself; drawn again it would be counted many times
        for _ in range(DRAWS_COUNT // len(settings) + 1):
            before = drawn(repeats, BEFORE_STEPS, chance)
            found = alarm_at_end(before, drawn(repeats, TRIAL_STEPS, chance))
            yield f"{TRIAL_STEPS} s drawn, {BEFORE_STEPS} s before", found


def alarm_at_end(before: Sequence[Step], trial: Sequence[Step]) -> Harm | None:
    """As ``alarm``, asked every tenth second only: whole minutes asked every second take too long."""
    for count in range(10, len(trial) + 1, 2):
        found = harm_of(before, trial[:count], None)
        if found is not None:
            return found
    return None


def harmful(settings: Repeats) -> Iterator[tuple[str, float | None]]:
    """(pair, seconds until the alarm) for every pair of settings of which the second does harm."""
    for (one, before), (other, trial) in permutations(settings.items(), 2):
        if one[0] != other[0]:
            continue
        lows, highs = [full(r) for r in before], [full(r) for r in trial]
        if min(highs) < max(max(lows) * HARM_TIMES, max(lows) + HARM_MIN_RATIO):
            continue
        for first in before:
            for second in trial:
                found = alarm(first, second)
                yield f"{one[0]} {one[1]} -> {other[1]}", None if found is None else found[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    settings: Repeats = defaultdict(list)
    for place in options.places:
        for path in sorted(place.glob("*.tar.zst")):
            stem = _REPEAT.sub("", path.name.removesuffix(".tar.zst"))
            group, _, setting = stem.rpartition("-")
            steps = steps_of(path)
            if len(steps) > BLOCK_STEPS:
                settings[f"{place.parent.name}/{place.name}/{group}", setting].append(steps)
    false: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, harm in unchanged(settings):
        false[kind]["quiet" if harm is None else harm.why] += 1
    for kind, counts in false.items():
        print(f"nothing changed, {kind}: n = {counts.total()}, {dict(counts)}")
    pairs: dict[str, list[float | None]] = defaultdict(list)
    for name, seconds_s in harmful(settings):
        pairs[name].append(seconds_s)
    told = [s for found in pairs.values() for s in found if s is not None]
    count = sum(map(len, pairs.values()))
    print(f"harm done: {len(pairs)} pairs of settings, n = {count}, seen in {len(told)}")
    if told:
        print(f"  after {median(told):.0f} s ({min(told):.0f} to {max(told):.0f})")
    for name, found in pairs.items():
        print(f"  {name}: {sum(s is not None for s in found)} of {len(found)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

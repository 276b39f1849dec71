"""What the verdict is some seconds before each OOM kill, and how often it warns where none comes.

    python tests/bench/before_kills.py [--before 10,3,1] [--pair] [--crosswise] [--instants] RECORDING ...

As ``check --root RECORDING --at T`` gives it, from all that the recording holds up to then; with ``--pair``
from two readings a second apart, as somebody's first ``check`` of a host has it. With ``--crosswise`` every
recording is judged by forests that have not seen it, known by its name behind ``--prefix``. The truth is read
as ``victims_named`` reads it. Printed are counts by scope and distance, and which kills were not seen coming.

``--instants`` counts, at the instants that a backtest judges, verdicts of WARNING and worse and those in which
VMA-FORESEEN-001 speaks of the host, of recordings without kills, and of these of the healthy ones.
"""

import argparse
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

from unseen import unseen
from victims_named import Kill, kills_of, truth_of

from vmadvisor.advise.finding import HOST, Severity
from vmadvisor.advise.report import Report, make_report
from vmadvisor.advise.rules import foreseen_kill
from vmadvisor.collect import Request, taken
from vmadvisor.collect.recording_walk import walk
from vmadvisor.collect.roots import open_root
from vmadvisor.errors import VmadvisorError
from vmadvisor.model.backtest.instants import is_instant
from vmadvisor.model.outlook import Asked, track_of
from vmadvisor.model.sample import sample_of
from vmadvisor.model.track import KEEP_S
from vmadvisor.replay.replay import name_of


def report_at(path: Path, at_s: float, *, is_pair: bool) -> Report | None:
    """``None`` where the recording holds no two readings then."""
    past_s = 0.0 if is_pair else KEEP_S
    request = Request(processes="shortlist", at_s=at_s, deadline_s=60.0, past_s=past_s)
    try:
        before, after, past = taken(open_root(str(path)), request)
    except VmadvisorError:
        return None
    if before is None:
        return None
    asked = Asked(track=track_of(past))
    return make_report(before, after, time_utc="", tool_version="", asked=asked)


def verdict_before(
    path: Path, kill: Kill, before_s: float, *, is_pair: bool = True
) -> Severity | None:
    """``None`` where nothing can be told, or only from after the kill."""
    found = report_at(path, kill.time_s - before_s, is_pair=is_pair)
    return None if found is None or found.snapshot_time_s > kill.time_s else found.status


def instants_s(path: Path) -> list[float]:
    """Times of the instants that a backtest judges."""
    samples = map(sample_of, walk(path, with_processes=False))
    times = sorted({sample.time_s for sample in samples if sample is not None})
    return [time_s for index, time_s in enumerate(times) if is_instant(index)]


def alarms(path: Path, *, is_pair: bool) -> Counter[str]:
    """Instants, verdicts of WARNING and worse, and those that foresee a kill of the host's."""
    counts: Counter[str] = Counter()
    for time_s in instants_s(path):
        found = report_at(path, time_s, is_pair=is_pair)
        if found is None:
            continue
        loud = {(one.id, one.scope) for one in found.loud}
        counts["instants"] += 1
        counts["warned"] += found.status >= Severity.WARNING
        counts["kill foreseen"] += (foreseen_kill.RULE.id, HOST) in loud
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("recordings", nargs="+", type=Path)
    parser.add_argument("--before", default="10,3,1", metavar="SECONDS,...")
    parser.add_argument("--pair", action="store_true")
    parser.add_argument("--crosswise", action="store_true")
    parser.add_argument("--instants", action="store_true")
    parser.add_argument("--prefix", default="", help="of the names by which the fit knew them")
    options = parser.parse_args()
    counts: dict[tuple[str, float], Counter[str]] = {}
    falsely: dict[str, Counter[str]] = {"without kills": Counter(), "healthy": Counter()}
    for path in options.recordings:
        try:
            kills = kills_of(truth_of(path))
        except (OSError, StopIteration):
            print(f"{path.name}: no truth beside it")
            continue
        name = name_of(str(path))
        with unseen(f"{options.prefix}{name}") if options.crosswise else nullcontext():
            for kill in kills:
                scope = "cgroup" if kill.is_group else "host"
                for before_s in map(float, options.before.split(",")):
                    found = verdict_before(path, kill, before_s, is_pair=options.pair)
                    if found is None:
                        continue
                    counts.setdefault((scope, before_s), Counter())[found.name] += 1
                    if found < Severity.WARNING:
                        print(f"{name}: {scope}, {before_s:g} s before {kill.time_s:.1f} s: {found.name}")  # fmt: skip
            if options.instants and not kills:
                told = alarms(path, is_pair=options.pair)
                falsely["without kills"].update(told)
                if "healthy" in name or name.endswith("-well"):
                    falsely["healthy"].update(told)
    for (scope, before_s), tally in sorted(counts.items()):
        seen = tally["WARNING"] + tally["CRITICAL"]
        print(f"{scope}, {before_s:g} s before: {seen} of {tally.total()} {dict(tally)}")
    for what, tally in falsely.items():
        if tally:
            print(f"{what}: {dict(tally)}")


if __name__ == "__main__":
    main()

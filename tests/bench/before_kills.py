"""What the verdict is from two readings a second apart, some seconds before each OOM kill.

    python tests/bench/before_kills.py [--before 10,3,1] RECORDING ...

As somebody's first ``check`` would have it: no longer look back, no history. The truth is read as
``victims_named`` reads it. Printed are counts by scope and distance, and which kills were not seen coming.
"""

import argparse
from collections import Counter
from pathlib import Path

from victims_named import Kill, kills_of, truth_of

from vmadvisor.advise.finding import Severity
from vmadvisor.advise.report import make_report
from vmadvisor.collect import Request, take
from vmadvisor.collect.roots import open_root
from vmadvisor.errors import VmadvisorError


def verdict_before(path: Path, kill: Kill, before_s: float) -> Severity | None:
    """``None`` where the recording holds no two readings then."""
    request = Request(processes="shortlist", at_s=kill.time_s - before_s, deadline_s=60.0)
    try:
        before, after = take(open_root(str(path)), request)
    except VmadvisorError:
        return None
    if before is None or after.time_s > kill.time_s:
        return None
    return make_report(before, after, time_utc="", tool_version="").status


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("recordings", nargs="+", type=Path)
    parser.add_argument("--before", default="10,3,1", metavar="SECONDS,...")
    options = parser.parse_args()
    counts: dict[tuple[str, float], Counter[str]] = {}
    for path in options.recordings:
        try:
            kills = kills_of(truth_of(path))
        except (OSError, StopIteration):
            print(f"{path.name}: no truth beside it")
            continue
        for kill in kills:
            scope = "cgroup" if kill.is_group else "host"
            for before_s in map(float, options.before.split(",")):
                found = verdict_before(path, kill, before_s)
                if found is None:
                    continue
                counts.setdefault((scope, before_s), Counter())[found.name] += 1
                if found < Severity.WARNING:
                    print(
                        f"{path.name}: {scope}, {before_s:g} s before {kill.time_s:.1f} s: {found.name}"
                    )
    for (scope, before_s), tally in sorted(counts.items()):
        seen = tally["WARNING"] + tally["CRITICAL"]
        print(f"{scope}, {before_s:g} s before: {seen} of {tally.total()} {dict(tally)}")


if __name__ == "__main__":
    main()

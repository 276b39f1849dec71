"""Advice about who is killed, proved: recordings that end in an OOM kill, and the same workload as advised.

    python tests/bench/spared_in_lab.py --scenarios DIR_OF_TOML --write RECORDINGS_DIR
    python tests/lab run DIR_OF_TOML/*-advised.toml RECORDINGS_DIR
    python tests/bench/spared_in_lab.py --scenarios DIR_OF_TOML RECORDINGS_DIR

``NAME-wrong.toml`` (``tests/lab/scenarios/spared``) is what was run first. ``advise`` is asked what it would have said from the last moments
before the kill; its first ``oom_score_adj`` or ``memory.high`` is laid into ``NAME-advised.toml``. The table has
who was killed before and after: who was killed wrongly has to be spared, or nobody killed at all.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab.toml_text import dump

from vmadvisor import __version__
from vmadvisor.advise.recommendation import ADJ, CGROUP, Recommendation
from vmadvisor.advise.report import make_report
from vmadvisor.collect.recording_walk import walk
from vmadvisor.model.simulate.observed import Observed, observed
from vmadvisor.model.simulate.watched import Watched
from vmadvisor.snapshot import Snapshot

WRONG, ADVISED = "-wrong", "-advised"
BEFORE_S, WATCH_S = 1.0, 30.0
LOOKED_BACK_S = (1.0, 2.0, 3.0, 5.0, 8.0)


def _until(path: Path, end_s: float) -> list[Snapshot]:
    return [s for s in walk(path) if end_s - WATCH_S <= s.time_s <= end_s]


def advised_at(path: Path, end_s: float) -> list[Recommendation]:
    """What ``advise`` says of the recording up to that moment."""
    snapshots = _until(path, end_s)
    scanned = [s for s in snapshots if s.processes is not None]
    if len(scanned) < 2:
        return []
    after = scanned[-1]
    before = next((s for s in reversed(scanned) if s.time_s <= after.time_s - BEFORE_S), None)
    moments: list[Observed] = [m for s in snapshots if (m := observed(s)) is not None]
    report = make_report(
        before, after, time_utc="", tool_version=__version__, given=[Watched(moments, after)]
    )
    return [one for one in report.recommendations if one.key.startswith((ADJ, CGROUP))]


def advice_before_kill(path: Path, kill_s: float) -> tuple[float, Recommendation] | None:
    """The latest moment before the kill at which there is such advice, and the first of it."""
    for earlier_s in LOOKED_BACK_S:
        found = advised_at(path, kill_s - earlier_s)
        if found:
            return earlier_s, found[0]
    return None


def laid_in(table: dict[str, object], advice: Recommendation) -> dict[str, object]:
    """The scenario as advised."""
    told = json.loads(json.dumps(table))
    kind, _, rest = advice.key.partition(":")
    if f"{kind}:" == ADJ:
        for process in told["process"]:
            if process["name"] == rest:
                process["oom_score_adj"] = advice.recommended
    else:
        path = rest.rpartition(":")[0].strip("/")
        for group in told["cgroup"]:
            if group["path"].strip("/") == path:
                group["memory_high_mib"] = int(advice.recommended) >> 20
    return told  # type: ignore[no-any-return]


def full_s(truth: Path) -> float:
    """Seconds of PSI full."""
    return float(json.loads(truth.read_text())["full_stall_s"])


def kills(truth: Path) -> list[tuple[float, str]]:
    """(when, whom) of every kill."""
    told = json.loads(truth.read_text())
    return [(kill["time_s"], kill["comm"]) for kill in told["oom_kills"]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes what was advised, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--scenarios", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    for path in sorted(options.scenarios.glob(f"*{WRONG}.toml")):
        name = path.stem.removesuffix(WRONG)
        recording = options.recordings / f"{path.stem}.tar.zst"
        truth = options.recordings / f"{path.stem}.truth.json"
        if not truth.exists():
            print(f"{name}: not recorded")
            continue
        struck = kills(truth)
        found = advice_before_kill(recording, struck[0][0]) if struck else None
        if found is None:
            print(f"{name}: killed {struck[:1]}, nothing advised")
            continue
        earlier_s, advice = found
        target = options.scenarios / f"{name}{ADVISED}.toml"
        if options.write:
            target.write_text(dump(laid_in(tomllib.loads(path.read_text()), advice)))
        later = options.recordings / f"{name}{ADVISED}.truth.json"
        after = kills(later) if later.exists() else None
        spared = "" if after is None else _verdict(struck, after)
        stalls = "" if after is None else f", PSI full {full_s(truth):.1f} -> {full_s(later):.1f} s"
        print(
            f"{name}: {advice.key} {advice.current} -> {advice.recommended}, advised {earlier_s:g} s before the kill; "
            f"killed {[comm for _, comm in struck]} -> "
            f"{'not run yet' if after is None else [comm for _, comm in after]} {spared}{stalls}"
        )
    return 0


def _verdict(struck: list[tuple[float, str]], after: list[tuple[float, str]]) -> str:
    first = struck[0][1]
    return "SPARED" if first not in {comm for _, comm in after} else "NOT spared"


if __name__ == "__main__":
    raise SystemExit(main())

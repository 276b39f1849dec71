"""Advice proved: recordings in which a setting is wrong, and the same workload under the value that was advised.

    python tests/bench/advice_of_recordings.py --lines ADVICE.jsonl DIR...
    python tests/bench/advice_in_lab.py --lines ADVICE.jsonl DIR...
    python tests/bench/advice_in_lab.py --lines ADVICE.jsonl --write DIR...     the README's tables

Recordings are named GROUP-SETTING-rN: in a group only the setting differs (``lab/pairs.py``). Of every
recording that ``advise`` wants to change, the repeats with the advised value are taken (``advised_scenarios.py``
writes them), or where nobody made any those with the nearest,
made in the same directory (a guest's pace is that of the machine that day), at most twice as much or half as
much (marks) or 40 from it (swappiness). Held against one another: what the
recording counted, what was foretold, the median and range of what those repeats counted. ``aim`` is the figure
that the advice foretells to fall most, whatever came of it; it counts as halved where the median is at most half
of what it was. Full-stall time is counted besides, whether anything was foretold of it or not.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from advice_of_recordings import recordings
from proof_table import README, tables, written
from proofs import FIGURES, KEYS, Proof, aim_of, describe, group_of, halved, proofs


def print_proof(proof: Proof) -> list[bool]:
    """One block; whether each repeat's figure lies inside what was foretold."""
    aim = aim_of(proof)
    tried = "" if proof.is_as_advised else f" (tried: {proof.tried})"
    kept = ", ".join(f"{one.ticks_ratio:.2f}" for one in (proof.before, *proof.repeats))
    print(
        f"{proof.name}: {proof.key} {proof.current} -> {proof.recommended}{tried}, "
        f"n = {len(proof.repeats)}, of the ticks kept: {kept}"
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a block for every proof, then the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="+", type=Path)
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="the tables into the README")
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
    made = tables(tallies, inside)
    print(f"\n{made}", end="")
    if options.write:
        README.write_text(written(README.read_text(encoding="utf-8"), made), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

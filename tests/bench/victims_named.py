"""Is the victim named at the last snapshot before each OOM kill the one that was killed?

    python tests/bench/victims_named.py RECORDING ...

A recording's truth lies in ``index.json`` beside it, or in ``NAME.truth.json``. A kill counts once for each
of its recording; the order is that of the newest snapshot from before it, of the host or, for a kill at a
cgroup's limit, of the nearest group with a limit above the process. A scan that already shows the killed one
without memory was made while it died, whatever the console's clock says: then the scan before it counts.
"""

import argparse
import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vmadvisor.collect.recording_walk import walk
from vmadvisor.errors import VmadvisorError
from vmadvisor.kernel.oom import HOST_SCOPE, domain_of, victims
from vmadvisor.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Kill:
    time_s: float
    pid: int
    comm: str
    is_group: bool


@dataclass(frozen=True, kw_only=True)
class Named:
    """What the order said: ``rank`` of the killed one (0: not in it), how old the scan was, the first's name."""

    kill: Kill
    rank: int
    age_s: float
    first: str


def kills_of(truth: Mapping[str, object]) -> list[Kill]:
    """From either form of truth."""
    found = truth.get("oom_kills", truth.get("kills"))
    return [
        Kill(
            time_s=one["time_s"],
            pid=one["pid"],
            comm=one["comm"],
            is_group=one.get("scope") == "memcg",
        )
        for one in (found if isinstance(found, list) else [])
    ]


def truth_of(path: Path) -> Mapping[str, object]:
    name = path.name.split(".")[0]
    own = path.with_name(f"{name}.truth.json")
    if own.exists():
        found: Mapping[str, object] = json.loads(own.read_text())
        return found
    listed = json.loads(path.with_name("index.json").read_text())
    return next(one["truth"] for one in listed if one["name"] == name)


def said_before(snapshot: Snapshot, kill: Kill) -> Named:
    """Of the newest snapshot before the kill."""
    orders = victims(snapshot)
    scan = snapshot.processes
    scope = HOST_SCOPE
    if kill.is_group and scan is not None and kill.pid in scan.details:
        scope = domain_of(scan.details[kill.pid].cgroup_path or "", orders)
    order = [one for one in orders.get(scope, ()) if one.killable]
    ranks = [rank for rank, one in enumerate(order, 1) if one.pid_id == kill.pid]
    return Named(
        kill=kill,
        rank=ranks[0] if ranks else 0,
        age_s=kill.time_s - (scan.time_s if scan is not None else snapshot.time_s),
        first=order[0].comm if order else "nobody",
    )


def judged(path: Path) -> Iterator[Named]:
    """One for each kill that a snapshot precedes."""
    left = sorted(kills_of(truth_of(path)), key=lambda kill: kill.time_s)
    scans: deque[Snapshot] = deque(maxlen=2)
    for snapshot in walk(path) if left else ():
        while left and snapshot.time_s >= left[0].time_s:
            yield from _before(scans, left.pop(0))
        if snapshot.processes is None:
            continue
        if scans and scans[-1].processes is snapshot.processes:
            scans.pop()  # the same scan beside newer host files
        scans.append(snapshot)
    for kill in left:
        yield from _before(scans, kill)


def _before(scans: Sequence[Snapshot], kill: Kill) -> Iterator[Named]:
    """From the newest scan in which the process had not begun to die."""
    for snapshot in reversed(scans):
        found = said_before(snapshot, kill)
        scan = snapshot.processes
        if found.rank or scan is None or kill.pid not in scan.details:
            yield found
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("recordings", nargs="+", type=Path)
    counts: Counter[tuple[str, str]] = Counter()
    for path in parser.parse_args().recordings:
        try:
            for one in judged(path):
                scope = "cgroup" if one.kill.is_group else "host"
                how = {1: "named", 0: "unseen"}.get(one.rank, "other")
                counts[scope, how] += 1
                if how != "named":
                    print(
                        f"{path.name}: {scope}, {one.kill.comm} at {one.kill.time_s:.2f} s was rank {one.rank},"
                        f" first {one.first}, scan {one.age_s:.2f} s before"
                    )
        except (VmadvisorError, OSError, StopIteration, KeyError) as error:
            print(f"{path.name}: left out: {type(error).__name__} {error}")
    for scope in ("host", "cgroup"):
        named, total = counts[scope, "named"], sum(n for (s, _), n in counts.items() if s == scope)
        if total:
            print(f"{scope}: {named} of {total} named ({named / total:.1%})")


if __name__ == "__main__":
    main()

"""What guest/fire.c told of vmadvisor in a guest in trouble, as a table, against what was promised.

    check 3 at=81.204 wall=5.412 own=4.890 exit=2 signal=0 rss=21408 ... said=CRITICAL partial=1
    killed 3 at=86.010 pid=230 by=kernel

The promise: of the runs of ``check`` 95 % end with a verdict, or a partial one that says so, within 5 s of its
first own instruction and in no more than twice the time of ``ps aux``; it is never the OOM killer's victim;
its peak RSS stays below 40 MiB and its own oom_score_adj as it was.
"""

import json
import re
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError

RUNS_MIN_SHARE = 0.95
OWN_MAX_S = 5.0
PS_MAX_RATIO = 2.0
RSS_MAX_KIB = 40 * 1024
VERDICTS = frozenset({"OK", "WARNING", "CRITICAL", "UNKNOWN"})
COMMANDS = ("ps", "python", "check")
_LINE = re.compile(r"(ps|python|check|killed) (\d+) (at=.*)")
_KILLED_AFTER_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One start of one command; ``own_s`` is ``None`` where no first instruction was seen."""

    command: str
    number: int
    at_s: float
    wall_s: float
    own_s: float | None
    signal: int
    rss_kib: int
    major_faults: int
    full_avg10_pct: float
    adj: int
    pid: int
    said: str
    is_partial: bool

    @property
    def has_verdict(self) -> bool:
        """It came to its end and said one, whole or partial."""
        return not self.signal and self.said in VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """All starts, and when the hog of the round of each check was killed, where there was one."""

    runs: tuple[Run, ...]
    kills_s: tuple[float, ...]

    def of(self, command: str) -> list[Run]:
        """The starts of one command."""
        return [run for run in self.runs if run.command == command]

    def before_kill_s(self) -> list[float]:
        """How long before the next kill each check was started."""
        return [
            min(later) - run.at_s
            for run in self.of("check")
            if (later := [kill_s for kill_s in self.kills_s if kill_s > run.at_s])
        ]


def read(text: str) -> Fire:
    """Every whole line of fire.c's; what the commands themselves printed is passed over."""
    runs, kills_s = [], []
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        values = dict(pair.partition("=")[::2] for pair in match[3].split())
        if match[1] == "killed":
            kills_s.append(float(values["at"]))
        elif "partial" in values:
            runs.append(_run(match[1], int(match[2]), values))
    return Fire(runs=tuple(runs), kills_s=tuple(kills_s))


def _run(command: str, number: int, values: dict[str, str]) -> Run:
    own_s = float(values["own"])
    return Run(
        command=command,
        number=number,
        at_s=float(values["at"]),
        wall_s=float(values["wall"]),
        own_s=own_s if own_s >= 0 else None,
        signal=int(values["signal"]),
        rss_kib=int(values["rss"]),
        major_faults=int(values["majflt"]),
        full_avg10_pct=float(values["full"]),
        adj=int(values["adj"]),
        pid=int(values["pid"]),
        said=values["said"],
        is_partial=values["partial"] == "1",
    )


def spread(values: Iterable[float], digits: int = 2) -> str:
    """Median and (least to most).

    >>> spread([3, 1, 2])
    '2.00 (1.00 to 3.00)'
    """
    known = sorted(values)
    if not known:
        return "-"
    middle = statistics.median(known)
    return f"{middle:.{digits}f} ({known[0]:.{digits}f} to {known[-1]:.{digits}f})"


def table(fire: Fire) -> Iterator[str]:
    """Medians and ranges of each command."""
    yield f"{'':8} {'n':>3}  {'total s':26} {'own s':24} {'major faults':22} peak RSS MiB"
    for command in COMMANDS:
        runs = fire.of(command)
        if runs:
            own = [run.own_s for run in runs if run.own_s is not None]
            yield (
                f"{command:8} {len(runs):>3}  {spread(run.wall_s for run in runs):26} "
                f"{spread(own):24} {spread((run.major_faults for run in runs), 0):22} "
                f"{max(run.rss_kib for run in runs) / 1024:.1f}"
            )


def judged(fire: Fire, victims: list[tuple[float, int]]) -> Iterator[str]:
    """Each promise: met or MISSED, with the figure. ``victims``: (when, pid) of every OOM kill."""
    checks = fire.of("check")
    if not checks:
        yield "no check was started"
        return
    told = [run for run in checks if run.has_verdict]
    partial = sum(run.is_partial for run in told)
    yield _shared(f"a verdict ({len(told) - partial} whole, {partial} partial)", len(told), checks)
    in_time = sum(run.own_s is not None and run.own_s <= OWN_MAX_S for run in told)
    yield _shared(f"told within {OWN_MAX_S:g} s of the first own instruction", in_time, checks)
    yield from _against_ps(fire)
    largest = max(run.rss_kib for run in checks)
    yield _said(
        largest <= RSS_MAX_KIB, f"peak RSS {largest / 1024:.1f} MiB, at most {RSS_MAX_KIB >> 10}"
    )
    killed = [run for run in checks if _is_victim(run, victims)]
    yield _said(
        not killed, f"{len(killed)} of them fell to the OOM killer, of {len(victims)} kills"
    )
    touched = [run for run in checks if run.adj]
    yield _said(not touched, f"oom_score_adj changed in {len(touched)}")


def _against_ps(fire: Fire) -> Iterator[str]:
    checks, ps = fire.of("check"), {run.number: run.wall_s for run in fire.of("ps")}
    if not ps:
        return
    usual_s = statistics.median(ps.values())
    within = sum(run.wall_s <= PS_MAX_RATIO * usual_s for run in checks)
    yield _shared(f"within {PS_MAX_RATIO:g} x the median of ps aux", within, checks)
    ratios = [run.wall_s / ps[run.number] for run in checks if run.number in ps]
    pairs = sum(ratio <= PS_MAX_RATIO for ratio in ratios)
    yield _shared(
        f"within {PS_MAX_RATIO:g} x the ps aux of its own round: {spread(ratios)} x", pairs, checks
    )
    python = fire.of("python")
    if python:
        bare = sum(run.wall_s <= PS_MAX_RATIO * usual_s for run in python)
        yield f"        (python3 -c pass: {bare} of {len(python)} within that median's)"


def _is_victim(run: Run, victims: list[tuple[float, int]]) -> bool:
    end_s = run.at_s + run.wall_s + _KILLED_AFTER_S
    return any(pid == run.pid and run.at_s <= at_s <= end_s for at_s, pid in victims)


def _shared(what: str, count: int, runs: list[Run]) -> str:
    return _said(count >= RUNS_MIN_SHARE * len(runs), f"{what}: {count} of {len(runs)}")


def _said(is_met: bool, what: str) -> str:
    return f"{'met' if is_met else 'MISSED':7} {what}"


def told(output: Path) -> Iterator[str]:
    """The whole account of one run's output; its truth lies beside it."""
    try:
        fire = read(output.read_text(errors="replace"))
        truth = json.loads(output.with_suffix(".truth.json").read_text())
    except (OSError, json.JSONDecodeError) as error:
        raise LabError(f"{output}: {error}") from None
    victims = [(kill["time_s"], kill["pid"]) for kill in truth["oom_kills"]]
    checks = fire.of("check")
    yield f"{output.stem}: Linux {truth['kernel_release']}"
    yield f"full avg10 when check was started: {spread(run.full_avg10_pct for run in checks)} %"
    if fire.kills_s:
        yield f"check was started {spread(fire.before_kill_s(), 1)} s before a kill"
    yield from table(fire)
    yield from judged(fire, victims)

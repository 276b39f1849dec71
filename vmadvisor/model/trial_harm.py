"""When a trial does harm: one rule, asked every second, of what was seen before the write and since.

1. The OOM killer struck.
2. An OOM kill within ten seconds became likely (one in three) for three seconds on end, and was never likely
   before the write.
3. Tasks stall clearly more: seconds of PSI full beyond a level are added up as a run that what stays below the
   level pays off (Page's CUSUM); the level is the larger of the time before and of what was foretold at most,
   and a twentieth on top, the project's measure of harm. The run is harm when it is longer than
   ``RUN_MIN_S``, and than twice the longest that the time before would have had.

How often the third speaks where nothing was changed is measured by ``tests/bench/trial_harm.py``.
"""

from collections.abc import Sequence

from vmadvisor.model.events import OOM_GLOBAL, STALL_MIN_RATIO, full_stall_s
from vmadvisor.model.forecast import Outlook
from vmadvisor.model.rates import rise
from vmadvisor.model.sample import Sample
from vmadvisor.records import dataclass

OOM_HORIZON_S = 10.0
OOM_LIKELY_RATIO = 1 / 3
"""More than the verdict's alarm, ``KILL_NEAR_WARNING_RATIO``: a false one costs the trial, not only a look."""

OOM_LIKELY_COUNT = 3
"""Seconds on end; a forecast that rests on one second's growth is gone with the next."""

RUN_MIN_S = 2.0
RUN_TIMES_BEFORE = 2.0

KILLED, KILL_LIKELY, STALLS = "oom_kill", "oom_kill_likely", "full_stall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step of a trial, a second or so, showed. ``None`` where the kernel or the model cannot tell."""

    seconds_s: float
    full_ratio: float | None
    kills_count: int | None
    oom_ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """Why a trial ends: ``why`` is one of this module's names, ``value`` in ``unit`` passed ``limit``."""

    why: str
    value: float
    limit: float
    unit: str


def step_of(before: Sample, after: Sample, told: Outlook | None) -> Step:
    """From one sample to the next, and what the forecast says at its end."""
    seconds_s = after.time_s - before.time_s
    stalled_s = full_stall_s(before, after)
    return Step(
        seconds_s=seconds_s,
        full_ratio=None if stalled_s is None or seconds_s <= 0 else min(1.0, stalled_s / seconds_s),
        kills_count=rise(before.vmstat.oom_kill_total, after.vmstat.oom_kill_total),
        oom_ratio=None if told is None else _oom_ratio(told),
    )


def _oom_ratio(told: Outlook) -> float | None:
    for one in told.forecasts:
        if (one.event, one.scope, one.horizon_s) == (OOM_GLOBAL, "host", OOM_HORIZON_S):
            return one.probability_ratio
    return None


def unseen(steps: Sequence[Step]) -> tuple[str, ...]:
    """Of ``KILLED``, ``KILL_LIKELY``, ``STALLS`` those that none of the steps could have shown."""
    told = {
        KILLED: any(step.kills_count is not None for step in steps),
        KILL_LIKELY: any(step.oom_ratio is not None for step in steps),
        STALLS: any(step.full_ratio is not None for step in steps),
    }
    return tuple(why for why, is_told in told.items() if not is_told)


def harm_of(
    before: Sequence[Step],
    since: Sequence[Step],
    full_high_ratio: float | None,
    *,
    is_throttle: bool = False,
) -> Harm | None:
    """The first of the three that holds; ``full_high_ratio`` is the upper end of what was foretold.

    ``is_throttle``: the setting puts tasks of one control group to sleep (``mem_cgroup_handle_over_high``),
    which PSI counts as their stall, and the host's; what was meant is no harm, and the third is not asked.
    """
    kills = sum(step.kills_count or 0 for step in since)
    if kills:
        return Harm(why=KILLED, value=kills, limit=0, unit="count")
    likely = _kill_likely(before, since)
    if likely is not None or is_throttle:
        return likely
    return _stalls(before, since, full_high_ratio)


def _kill_likely(before: Sequence[Step], since: Sequence[Step]) -> Harm | None:
    last = [step.oom_ratio for step in since[-OOM_LIKELY_COUNT:]]
    known = [ratio for ratio in last if ratio is not None and ratio >= OOM_LIKELY_RATIO]
    if len(known) < OOM_LIKELY_COUNT:
        return None
    if any((step.oom_ratio or 0.0) >= OOM_LIKELY_RATIO for step in before):
        return None
    return Harm(why=KILL_LIKELY, value=known[-1], limit=OOM_LIKELY_RATIO, unit="ratio")


def _stalls(
    before: Sequence[Step], since: Sequence[Step], full_high_ratio: float | None
) -> Harm | None:
    usual = _mean_full(before)
    if usual is None:
        return None
    level = max(usual, full_high_ratio or 0.0) + STALL_MIN_RATIO
    limit_s = max(RUN_MIN_S, RUN_TIMES_BEFORE * max(_runs(before, level), default=0.0))
    run_s = _runs(since, level)
    if not run_s or run_s[-1] <= limit_s:
        return None
    return Harm(why=STALLS, value=run_s[-1], limit=limit_s, unit="s")


def _mean_full(steps: Sequence[Step]) -> float | None:
    known = [(step.full_ratio, step.seconds_s) for step in steps if step.full_ratio is not None]
    seconds_s = sum(seconds for _, seconds in known)
    return sum(ratio * seconds for ratio, seconds in known) / seconds_s if seconds_s else None


def _runs(steps: Sequence[Step], level: float) -> list[float]:
    """Seconds beyond the level so far, after every step."""
    run_s, found = 0.0, []
    for step in steps:
        if step.full_ratio is not None:
            run_s = max(0.0, run_s + (step.full_ratio - level) * step.seconds_s)
        found.append(run_s)
    return found

"""Moments in, frames out: the track behind the forecast, and what is looked at more rarely because it costs.

A verdict asks every rule, which costs as much as ten moments. On a quiet host it is made every few seconds;
once anything stalls, reclaims directly or is foreseen, as often as its share of a CPU allows.
"""

import time
from collections.abc import Callable, Sequence

from vmadvisor import __version__
from vmadvisor.advise.report import make_report
from vmadvisor.kernel import oom
from vmadvisor.live.moment import Moment
from vmadvisor.model.events import MEMORY_STALL, OOM, OOM_GLOBAL
from vmadvisor.model.forecast import Outlook
from vmadvisor.model.outlook import NEVER_RATIO, Asked, outlook
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.sample import Sample, sample_of
from vmadvisor.model.track import Track
from vmadvisor.records import dataclass, replace
from vmadvisor.render.forecast_text import drivers_line
from vmadvisor.render.live.frame import (
    Extras,
    Frame,
    Ranked,
    Verdict,
    Waits,
    frame_of,
    ranked_of,
    verdict_of,
)
from vmadvisor.snapshot import Gap, Snapshot

HORIZONS_S = (10.0, 30.0)
"""The two that recordings back with a calibrated probability."""

DRIVERS_MIN_RATIO = 0.1
VICTIMS_MAX_COUNT = 40
DRIVERS_EVERY_S = 5.0
"""What drives a forecast costs ten times the forecast."""

VERDICT_CPU_RATIO = 0.003
QUIET_S = 15.0
BUSY_S = 2.0
LIKELY_MIN_RATIO = 0.2

_GRAVE = (OOM_GLOBAL, OOM, MEMORY_STALL)
_EARLY_RATIO = 0.1  # of the interval: a moment that comes this much too early counts as due

OwnOf = Callable[[Snapshot], tuple[OwnMap | None, Gap | None]]
WaitsOf = Callable[[Snapshot], Waits]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``interval_s`` between two frames; the lines want neither verdicts nor processes."""

    interval_s: float
    has_verdict: bool
    has_processes: bool
    given: tuple[object, ...] = ()


def no_own_map(_snapshot: Snapshot) -> tuple[OwnMap | None, Gap | None]:
    """The forecast as it is shipped."""
    return None, None


class Watcher:
    """``add`` every moment in order. What lies between two frames still counts for the forecast."""

    def __init__(
        self, wanted: Wanted, *, own_of: OwnOf = no_own_map, waits_of: WaitsOf | None = None
    ) -> None:
        self._wanted = wanted
        self._own_of = own_of
        self._waits_of = waits_of
        self._track = Track()
        self._own: OwnMap | None = None
        self._own_gap: Gap | None = None
        self._before: Snapshot | None = None
        self._sample: Sample | None = None
        self._ranked: Ranked | None = None
        self._ranked_time_s: float | None = None
        self._verdict: Verdict | None = None
        self._judged_s = 0.0
        self._because: str | None = None
        self._because_s = float("-inf")
        self._judging_s = 0.0
        self._notes: tuple[str, ...] = ()

    def add(self, moment: Moment) -> Frame | None:
        """The frame; ``None`` where the moment comes before the interval is over, or tells nothing new."""
        snapshot = moment.snapshot
        if self._before is None:
            self._own, self._own_gap = self._own_of(snapshot)
        if self._own_gap is not None:
            snapshot = replace(snapshot, gaps=(*snapshot.gaps, self._own_gap))
        self._notes += moment.notes
        sample = sample_of(snapshot)
        is_new = sample is not None and (
            not len(self._track) or sample.time_s > self._track.last.time_s
        )
        if sample is not None and is_new:
            self._track.add(sample)
        if sample is not None and not is_new:
            return None
        if self._before is not None:
            passed_s = snapshot.time_s - self._before.time_s
            if passed_s < (1 - _EARLY_RATIO) * self._wanted.interval_s:
                return None
        frame = self._frame(snapshot, sample, moment.time_utc_s)
        self._before, self._sample, self._notes = snapshot, sample, ()
        return frame

    def _frame(self, after: Snapshot, sample: Sample | None, time_utc_s: float | None) -> Frame:
        found: Outlook | None = None
        if sample is not None:
            found = self._foresee(sample.time_s)
        extras = Extras(
            because=self._because,
            ranked=self._rank(after),
            waits=None if self._waits_of is None else self._waits_of(after),
            time_utc_s=time_utc_s,
            notes=self._notes,
        )
        frame = frame_of(self._before, after, (self._sample, sample), found, extras)
        if not self._wanted.has_verdict:
            return frame
        if self._is_verdict_due(frame):
            self._judge(after, found, is_live=time_utc_s is not None)
        return replace(frame, extras=replace(extras, verdict=self._verdict))

    def _foresee(self, now_s: float) -> Outlook:
        """The forecast; now and then what drives it."""
        is_due = self._wanted.has_verdict and now_s - self._because_s >= DRIVERS_EVERY_S
        least_ratio = DRIVERS_MIN_RATIO if is_due else NEVER_RATIO
        found = outlook(self._track, HORIZONS_S, self._own, least_ratio)
        if is_due:
            self._because = drivers_line(found)
            self._because_s = now_s if self._because is not None else self._because_s
        return found

    def _rank(self, after: Snapshot) -> Ranked | None:
        """The order, made anew where there is a new scan."""
        scan = after.processes
        if scan is None or not self._wanted.has_processes:
            return None
        if scan.time_s != self._ranked_time_s:
            self._ranked_time_s = scan.time_s
            self._ranked = ranked_of(oom.victims(after), after, VICTIMS_MAX_COUNT)
        return self._ranked

    def _is_verdict_due(self, frame: Frame) -> bool:
        if self._before is None:
            return False  # with one reading rates are averages since boot
        if self._verdict is None:
            return True
        rest_s = max(BUSY_S, self._judging_s / VERDICT_CPU_RATIO)
        rest_s = rest_s if is_busy(frame) else max(rest_s, QUIET_S)
        return frame.time_s - self._judged_s >= rest_s

    def _judge(self, after: Snapshot, found: Outlook | None, *, is_live: bool) -> None:
        began_s = time.thread_time()
        given: Sequence[object] = (
            self._wanted.given if found is None else (found, *self._wanted.given)
        )
        report = make_report(
            self._before,
            after,
            time_utc=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            tool_version=__version__,
            asked=Asked(horizons_s=()),
            given=given,
        )
        # The first one loads what rules need, which says nothing of the next one's cost; a recording's host
        # pays for none, and its replay is the same on every machine.
        is_first = self._verdict is None
        self._judging_s = time.thread_time() - began_s if is_live and not is_first else 0.0
        self._verdict, self._judged_s = verdict_of(report), after.time_s


def is_busy(frame: Frame) -> bool:
    """Whether anything happens, or is foreseen, that a verdict may turn on."""
    now, stall = frame.activity, frame.stall
    happened = (
        now is not None and (now.allocstall_per_s or now.oom_kill_count),
        stall is not None and stall.memory_full_ratio,
        any(group.is_at_limit or group.limit_hit_count for group in frame.groups),
    )
    if any(happened):
        return True
    chances = (frame.probability_ratio(event, h) for event in _GRAVE for h in HORIZONS_S)
    return any((chance or 0.0) >= LIKELY_MIN_RATIO for chance in chances)

"""Predicted against measured: a trial's time before the write and since, beside what the model foretold.

A load changes by itself. ``demand`` is what tasks asked for, in pages allocated less those that only came
back (refaults, swap-ins): where it differs by more than twofold the two halves tell nothing of the setting.
"""

from collections.abc import Sequence

from vmadvisor.advise.recommendation import Effect
from vmadvisor.model.rates import rise
from vmadvisor.model.simulate.figures import Figure, as_measured, scaled
from vmadvisor.model.simulate.measured import Measured, Rate, measured
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.model.trial_harm import Harm
from vmadvisor.records import dataclass

COMPARABLE_RATIO = 2.0
DEMAND_FLOOR_PAGES_PER_S = 256.0
"""A MiB a second (of 4 KiB pages): below that a host is as good as idle, and twice of nothing is nothing."""

S_PER_H = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure: before the write, foretold, since the write. ``None`` where it was not, or cannot be."""

    name: str
    unit: str
    before: Figure | None
    predicted: Figure | None
    after: Figure | None

    @property
    def is_inside(self) -> bool | None:
        """Whether what was measured lies within what was foretold; ``None`` where one of them is missing."""
        if self.predicted is None or self.after is None:
            return None
        return self.predicted.low <= self.after.value <= self.predicted.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``before_s`` and ``after_s`` are how long each half was watched."""

    before_s: float
    after_s: float
    lines: tuple[Line, ...]
    demand_before_pages_per_s: float | None
    demand_after_pages_per_s: float | None

    @property
    def is_comparable(self) -> bool | None:
        """Whether tasks asked for about as much in both halves; ``None`` where that is not known."""
        before, after = self.demand_before_pages_per_s, self.demand_after_pages_per_s
        if before is None or after is None:
            return None
        less, more = sorted(max(one, DEMAND_FLOOR_PAGES_PER_S) for one in (before, after))
        return more <= COMPARABLE_RATIO * less


def outcome(
    before: Sequence[Observed],
    after: Sequence[Observed],
    predicted: Sequence[Effect],
    *,
    mode_before: int,
    mode_after: int,
    ranks: tuple[int | None, int | None] = (None, None),
) -> Outcome:
    """Every figure that can be measured, then those that were foretold and cannot.

    ``ranks`` is where a process under trial stood in the OOM killer's order. The modes are ``vm.zone_reclaim_mode`` in each half: only with it on does ``pgscan_direct`` tell node reclaim.
    """
    halves = [_half(before, mode_before), _half(after, mode_after)]
    told = {effect.name: effect for effect in predicted}
    lines = []
    for name, unit in _UNITS.items():
        spans = [None if half is None else half.get(name) for half in halves]
        effect = told.pop(name, None)
        told_after = None if effect is None else _after(effect)
        known = [span for span in (*spans, told_after) if span is not None]
        if any(span.value for span in known):  # nothing, foretold as nothing, is not worth a line
            lines.append(
                Line(
                    name=name,
                    unit=unit,
                    before=spans[0],
                    predicted=told_after,
                    after=spans[1],
                )
            )
    for name, effect in told.items():
        before_rank, after_rank = ranks if name == RANK else (None, None)
        if effect.is_change:
            lines.append(
                Line(
                    name=name,
                    unit=effect.unit,
                    before=_exactly(before_rank),
                    predicted=_after(effect),
                    after=_exactly(after_rank),
                )
            )
    return Outcome(
        before_s=_seconds(before),
        after_s=_seconds(after),
        lines=tuple(lines),
        demand_before_pages_per_s=_demand(before),
        demand_after_pages_per_s=_demand(after),
    )


_UNITS = {
    "full_stall": "s_per_h",
    "stalls": "per_s",
    "node_reclaim_scan": "pages_per_s",
    "refaults_anon": "pages_per_s",
    "refaults_file": "pages_per_s",
    "swapin": "pages_per_s",
    "memory_held_free": "bytes",
    "oom_kills": "count",
}
"""As ``tuning._foretold`` names them."""

RANK = "rank"
"""As ``rules._oom_order`` names it; 0: it is never chosen."""


def full_high_ratio(predicted: Sequence[Effect]) -> float | None:
    """The most of the time without progress that was foretold under the setting."""
    return next((one.after_high / S_PER_H for one in predicted if one.name == "full_stall"), None)


def _exactly(value: int | None) -> Figure | None:
    return None if value is None else Figure(value=value, low=value, high=value)


def _after(effect: Effect) -> Figure:
    return Figure(value=effect.after, low=effect.after_low, high=effect.after_high)


def _half(moments: Sequence[Observed], mode: int) -> dict[str, Figure] | None:
    if len(moments) < 2:  # noqa: PLR2004 - a rate takes two
        return None
    counted = measured(moments, zone_reclaim_mode=mode)
    page_bytes = moments[0].sample.page_size_bytes
    rates = _rates(counted, page_bytes)
    found = {
        name: scaled(figure, factor)
        for name, (rate, factor) in rates.items()
        if (figure := as_measured(rate)) is not None
    }
    if moments[-1].sample.vmstat.oom_kill_total is None:
        return found  # before 4.13 nobody counts them
    kills = float(counted.kills_count)
    return {**found, "oom_kills": Figure(value=kills, low=kills, high=kills)}


def _rates(counted: Measured, page_bytes: int) -> dict[str, tuple[Rate | None, float]]:
    return {
        "full_stall": (counted.full_stall, S_PER_H),
        "stalls": (counted.stalls, 1.0),
        "node_reclaim_scan": (counted.node_scan_pages, 1.0),
        "refaults_anon": (counted.refault_anon_pages, 1.0),
        "refaults_file": (counted.refault_file_pages, 1.0),
        "swapin": (counted.swap_in_pages, 1.0),
        "memory_held_free": (counted.mean_free_pages, float(page_bytes)),
    }


def _seconds(moments: Sequence[Observed]) -> float:
    return moments[-1].sample.time_s - moments[0].sample.time_s if moments else 0.0


def _demand(moments: Sequence[Observed]) -> float | None:
    """Pages a second that tasks asked for anew."""
    if len(moments) < 2:  # noqa: PLR2004 - a rate takes two
        return None
    first, last = moments[0].sample, moments[-1].sample
    asked = rise(first.vmstat.pgalloc_pages_total, last.vmstat.pgalloc_pages_total)
    seconds_s = last.time_s - first.time_s
    if asked is None or seconds_s <= 0:
        return None
    again = sum(
        rise(getattr(first.vmstat, name), getattr(last.vmstat, name)) or 0
        for name in (
            "workingset_refault_anon_pages_total",
            "workingset_refault_file_pages_total",
        )
    )
    return max(0, asked - again) / seconds_s


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialReport:
    """A trial from its plan to its end. ``ended`` says why it ended; ``taken_back`` what came of the undo.

    ``written`` and ``taken_back`` are ``None`` where it ended before anything was written; ``stands`` is what
    is in the file afterwards. ``no_timer`` says why there was no second net.
    """

    key: str
    rule_id: str | None
    path: str
    previous: str
    value: str
    written: str | None
    seconds_s: float
    ended: str
    harm: Harm | None
    taken_back: str | None
    stands: str | None
    no_timer: str | None
    outcome: Outcome | None
    remark: str | None

    @property
    def is_whole(self) -> bool:
        """Whether the setting stood for the whole time, without harm, and is taken back."""
        return self.ended == OVER and self.taken_back in {RESTORED, UNTOUCHED, VANISHED}


OVER, HARM, CHANGED, UNWATCHED, GONE = "over", "harm", "changed", "unwatched", "gone"
"""How a trial ends, beside the names of signals."""

RESTORED, UNTOUCHED, VANISHED = "restored", "untouched", "vanished"
"""Of what came of the undo, those after which nothing of the trial is in force."""

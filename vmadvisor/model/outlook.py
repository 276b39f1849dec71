"""The forecast of one instant, from the track that ends there: probabilities, times, what drives them.

Signals of the path from demand to stall go through forests fitted on recordings, then through a map from
said to seen frequency; what seen growth cannot reach is bounded (``stock_bound``). A cgroup's OOM is forecast at its own limit; ``oom`` of the host is its own or any
group's. Plain Python: no array library on the way of a ``check``.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from math import exp

from vmadvisor.model import fitted
from vmadvisor.model.drivers import drivers
from vmadvisor.model.events import DIRECT_RECLAIM, EVENTS, MEMORY_STALL, OOM, OOM_GLOBAL
from vmadvisor.model.forecast import CHECK_HORIZONS_S, HORIZONS_S, HOST, Forecast, Outlook
from vmadvisor.model.group_signals import group_signals, limited_signals
from vmadvisor.model.group_stall_signals import group_stall_signals, limited_ahead
from vmadvisor.model.group_times import group_times
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.sample import GroupSample, Sample, sample_of
from vmadvisor.model.signals import Signals, horizon_signals, state_signals
from vmadvisor.model.stock_bound import most_odds
from vmadvisor.model.times import times
from vmadvisor.model.track import Track
from vmadvisor.model.trees import probability, total
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot

GROUP_OOM, GROUP_STALL = "group_oom", "group_stall"
LEAST_ONSETS_COUNT = 20
"""A horizon with fewer onsets in the recordings behind the fit has no calibrated probability."""

YOUNG_S = 3.0
"""Tracks shorter than this have their own map: two readings know little."""

DRIVERS_LEAST_RATIO = 0.01
"""Below it nothing drives a forecast that anybody would ask about, and to find out takes most of the time."""

NEVER_RATIO = 2.0
"""In its place where nobody is shown what drives a forecast."""

_CONFIDENCE = 1.645  # of a normal distribution: 90 % within
_LEAST_SPAN_S = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a forecast is wanted for: the horizons, and this host's own map where it was calibrated.

    ``track`` are the samples up to the newer snapshot, where more are known than two: the forecast rests on
    them. ``told`` is one that was already made of such a track: it is taken as it is.
    """

    horizons_s: tuple[float, ...] = CHECK_HORIZONS_S
    own: OwnMap | None = None
    track: Track | None = None
    told: Outlook | None = None


def _refusal(track: Track) -> str | None:
    if len(track) < 2:  # noqa: PLR2004 - a rate needs two readings
        return "one reading only: nothing is known of what grows"
    if track.span_s < _LEAST_SPAN_S:
        return f"two readings {track.span_s:.2f} s apart are too near to each other for a rate"
    if not track.last.nodes:
        return "no zones are seen"
    return None


def _unsaid(event: str, scope: str, horizon_s: float, reason: str) -> Forecast:
    return Forecast(
        event=event,
        scope=scope,
        horizon_s=horizon_s,
        probability_ratio=None,
        low_ratio=None,
        high_ratio=None,
        reason=reason,
    )


def _unbacked(event: str, horizon_s: float) -> str | None:
    """Why there is no calibrated probability at this horizon; ``None`` where there is one.

    Between two horizons that are backed a third is; the signals scale with it.
    """
    backed = [h for h, count in fitted.ONSETS.get(event, {}).items() if count >= LEAST_ONSETS_COUNT]
    if backed and min(backed) <= horizon_s <= max(backed):
        return None
    return (
        f"fewer than {LEAST_ONSETS_COUNT} onsets at a horizon of {horizon_s:g} s in the recordings"
    )


def backed_horizons(horizons_s: Sequence[float]) -> tuple[float, ...]:
    """Those at which any event has a calibrated probability."""
    return tuple(h for h in horizons_s if any(_unbacked(event, h) is None for event in EVENTS))


def _said(
    event: str,
    scope: str,
    horizon_s: float,
    signals: Signals,
    own: OwnMap | None,
    track: Track,
    drivers_min_ratio: float = DRIVERS_LEAST_RATIO,
) -> Forecast:
    names, forests = fitted.NAMES[event], fitted.FORESTS[event]
    values = [signals.get(name) for name in names]
    bases = fitted.BASES[event]
    raw = [base + total(trees, values) for base, trees in zip(bases, forests, strict=True)]
    shift, scale, spread = fitted.MAPS[event]["young" if track.span_s < YOUNG_S else "grown"]
    mean = sum(raw) / len(raw)
    most = most_odds(event, horizon_s, signals)
    bounded = mean if most is None else min(mean, (most - shift) / scale)
    if own is not None and scope == HOST:
        shift, scale, spread = own.joined(event, shift, scale, spread)
    odds = shift + scale * bounded
    # What leaving out a fifth of the recordings changes (delete-group jackknife), and how far hosts differ.
    count = len(raw)
    variance = (count - 1) / count * sum((scale * (one - mean)) ** 2 for one in raw) + spread**2
    width = _CONFIDENCE * variance**0.5
    likely = probability(odds)
    is_told = scope == HOST and likely >= drivers_min_ratio
    return Forecast(
        event=event,
        scope=scope,
        horizon_s=horizon_s,
        probability_ratio=likely,
        low_ratio=probability(odds - width),
        high_ratio=probability(odds + width),
        reason=None,
        drivers=drivers(names, forests, values, track, horizon_s) if is_told else (),
    )


def _either(horizon_s: float, host: Forecast, groups: Sequence[Forecast]) -> Forecast:
    """The host's own OOM or any group's, as if independent."""
    parts = [host, *groups]
    reason = host.reason or _unbacked(OOM, horizon_s)
    if reason is not None:
        return _unsaid(OOM, HOST, horizon_s, reason)

    def joined(values: Sequence[float | None]) -> float:
        none = 1.0
        for value in values:
            none *= 1 - (value or 0.0)
        return 1 - none

    worst = max(parts, key=lambda part: part.probability_ratio or 0.0)
    likeliest = joined([part.probability_ratio for part in parts])
    return Forecast(
        event=OOM,
        scope=HOST,
        horizon_s=horizon_s,
        probability_ratio=likeliest,
        low_ratio=max(part.low_ratio or 0.0 for part in parts),
        high_ratio=max(likeliest, joined([part.high_ratio for part in parts])),
        reason=None,
        drivers=worst.drivers,
    )


def _group(track: Track, group: GroupSample, horizon_s: float) -> Forecast:
    """A group's OOM at its own limit; a part of the host's ``oom`` also where it is not printed alone."""
    signals = group_signals(track, group, horizon_s)
    return _as_event(OOM, _said(GROUP_OOM, group.path, horizon_s, signals, None, track))


def _group_stall(track: Track, group: GroupSample, horizon_s: float) -> Forecast:
    """A group's own stalls, at memory.max or memory.high."""
    reason = (
        "this cgroup gives no PSI (memory.pressure)"
        if group.full_us_total is None
        else _unbacked(GROUP_STALL, horizon_s)
    )
    if reason is not None:
        return _unsaid(MEMORY_STALL, group.path, horizon_s, reason)
    signals = group_stall_signals(track, group, horizon_s)
    found = _said(GROUP_STALL, group.path, horizon_s, signals, None, track)
    return _as_event(MEMORY_STALL, found)


def _as_event(event: str, found: Forecast) -> Forecast:
    """A forecast under the name that the event has outside."""
    return Forecast(
        event=event,
        scope=found.scope,
        horizon_s=found.horizon_s,
        probability_ratio=found.probability_ratio,
        low_ratio=found.low_ratio,
        high_ratio=found.high_ratio,
        reason=None,
    )


def _printed(group: Forecast) -> Forecast:
    """The group's forecast, or why it is not said by itself."""
    reason = _unbacked(GROUP_OOM, group.horizon_s)
    if reason is None:
        return group
    return _unsaid(OOM, group.scope, group.horizon_s, reason)


def _host(
    event: str,
    track: Track,
    horizon_s: float,
    signals: Signals,
    own: OwnMap | None,
    drivers_min_ratio: float,
) -> Forecast:
    sample = track.last
    if event == MEMORY_STALL and sample.memory_full_us_total is None:
        return _unsaid(event, HOST, horizon_s, "this kernel gives no PSI (/proc/pressure/memory)")
    if event == DIRECT_RECLAIM and sample.vmstat.allocstall_total is None:
        return _unsaid(event, HOST, horizon_s, "/proc/vmstat has no allocstall")
    reason = _unbacked(event, horizon_s)
    if reason is not None:
        return _unsaid(event, HOST, horizon_s, reason)
    return _said(event, HOST, horizon_s, signals, own, track, drivers_min_ratio)


def outlook(
    track: Track,
    horizons_s: Sequence[float] = HORIZONS_S,
    own: OwnMap | None = None,
    drivers_min_ratio: float = DRIVERS_LEAST_RATIO,
) -> Outlook:
    """What the samples so far say about the next ``horizons_s`` seconds; ``own`` is this host's own map.

    What drives a forecast costs several times the forecast: only from ``drivers_min_ratio`` on is it asked.
    """
    refusal = _refusal(track)
    if refusal is not None:
        unsaid = [_unsaid(e, HOST, h, refusal) for h in horizons_s for e in EVENTS]
        return Outlook(
            time_s=track.last.time_s, span_s=track.span_s, samples_count=len(track),
            forecasts=tuple(unsaid), times=(),
            full_stall_s_by_horizon=(), refusal=refusal,
        )  # fmt: skip
    state = {**state_signals(track), **limited_signals(track)}
    limited = [group for group in track.last.groups if group.is_hard]
    found: list[Forecast] = []
    stalled: list[tuple[float, float | None]] = []
    for horizon_s in horizons_s:
        signals = {**state, **horizon_signals(track, horizon_s), **limited_ahead(track, horizon_s)}
        by_event = {
            event: _host(event, track, horizon_s, signals, own, drivers_min_ratio)
            for event in (DIRECT_RECLAIM, MEMORY_STALL, OOM_GLOBAL)
        }
        groups = [_group(track, group, horizon_s) for group in limited]
        found += [
            by_event[DIRECT_RECLAIM], by_event[MEMORY_STALL],
            _either(horizon_s, by_event[OOM_GLOBAL], groups), by_event[OOM_GLOBAL], *map(_printed, groups),
            *(_group_stall(track, group, horizon_s) for group in track.last.groups),
        ]  # fmt: skip
        stalled.append((horizon_s, _full_stall_s(by_event[MEMORY_STALL], signals, horizon_s)))
    return Outlook(
        time_s=track.last.time_s,
        span_s=track.span_s,
        samples_count=len(track),
        forecasts=tuple(found),
        times=(*times(track), *group_times(track)),
        full_stall_s_by_horizon=tuple(stalled),
        refusal=None,
    )


def track_of(snapshots: Iterable[Snapshot], earlier: Iterable[Sample] = ()) -> Track:
    """The samples of snapshots of one boot, oldest first, behind ``earlier`` ones.

    A snapshot without a vmstat of its own is no sample: nothing moves in it.
    """
    track = Track()
    for sample in chain(earlier, map(sample_of, snapshots)):
        if sample is not None and (not len(track) or sample.time_s > track.last.time_s):
            track.add(sample)
    return track


def outlook_of(snapshots: Sequence[Snapshot], asked: Asked) -> Outlook | None:
    """What these snapshots of one boot, oldest first, foresee; ``None`` where none can be told."""
    if asked.told is not None:
        return asked.told
    track = track_of(snapshots)
    if asked.track is not None and len(asked.track) > len(track):
        track = asked.track
    return outlook(track, asked.horizons_s, asked.own) if len(track) else None


def _full_stall_s(forecast: Forecast, signals: Signals, horizon_s: float) -> float | None:
    """Expected seconds in which nobody works: the share that stalls had, times their probability."""
    share = signals.get("full_mean")
    if forecast.probability_ratio is None or share is None:
        return None
    typical, persistence = fitted.STALL_SHARES[MEMORY_STALL]
    # full_mean is log((share + 0.003) / 0.05); a stall as now, or as stalls usually are.
    now = 0.05 * exp(share)
    given = min(1.0, max(0.05, typical + persistence * now))
    return forecast.probability_ratio * given * horizon_s

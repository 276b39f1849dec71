"""The forecast of one instant, from the track that ends there: probabilities, times, what drives them.

Signals of the path from demand to stall become calibrated probabilities (``calibrated``); cgroups at limits of
their own have theirs (``group_outlook``). Plain Python: no array library on the way of a ``check``.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from math import exp

from vmadvisor.model import fitted
from vmadvisor.model.calibrated import DRIVERS_LEAST_RATIO, said, unbacked, unsaid
from vmadvisor.model.events import DIRECT_RECLAIM, EVENTS, MEMORY_STALL, OOM_GLOBAL
from vmadvisor.model.forecast import CHECK_HORIZONS_S, HORIZONS_S, HOST, Forecast, Outlook
from vmadvisor.model.group_outlook import GroupOutlook, either
from vmadvisor.model.group_signals import limited_signals
from vmadvisor.model.group_times import group_times
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.sample import Sample, sample_of
from vmadvisor.model.signals import Signals, horizon_signals, state_signals
from vmadvisor.model.times import times
from vmadvisor.model.track import Track
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot

NEVER_RATIO = 2.0
"""In its place where nobody is shown what drives a forecast."""

NEAR_MAX_S = 30.0
"""Up to here the recordings hold many onsets; what is foretold of later is at least what is foretold of then."""

_HOST_EVENTS = (DIRECT_RECLAIM, MEMORY_STALL, OOM_GLOBAL)
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
        return unsaid(event, HOST, horizon_s, "this kernel gives no PSI (/proc/pressure/memory)")
    if event == DIRECT_RECLAIM and sample.vmstat.allocstall_total is None:
        return unsaid(event, HOST, horizon_s, "/proc/vmstat has no allocstall")
    reason = unbacked(event, horizon_s)
    if reason is not None:
        return unsaid(event, HOST, horizon_s, reason)
    return said(event, HOST, horizon_s, signals, own, track, drivers_min_ratio)


def _nearer(track: Track, state: Signals, own: OwnMap | None) -> dict[str, Forecast]:
    """The host's forecasts at the last near horizon, where nobody asked for them."""
    signals = {**state, **horizon_signals(track, NEAR_MAX_S)}
    return {
        event: _host(event, track, NEAR_MAX_S, signals, own, NEVER_RATIO) for event in _HOST_EVENTS
    }


def _at_least(found: Forecast, nearer: Forecast) -> Forecast:
    """What rises within the nearer horizon rises within this one."""
    if found.probability_ratio is None or nearer.probability_ratio is None:
        return found
    if nearer.probability_ratio <= found.probability_ratio:
        return found
    return Forecast(
        event=found.event,
        scope=found.scope,
        horizon_s=found.horizon_s,
        probability_ratio=nearer.probability_ratio,
        low_ratio=max(found.low_ratio or 0.0, nearer.low_ratio or 0.0),
        high_ratio=max(found.high_ratio or 0.0, nearer.high_ratio or 0.0),
        reason=None,
        drivers=found.drivers,
    )


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
        refused = [unsaid(e, HOST, h, refusal) for h in horizons_s for e in EVENTS]
        return Outlook(
            time_s=track.last.time_s, span_s=track.span_s, samples_count=len(track),
            forecasts=tuple(refused), times=(),
            full_stall_s_by_horizon=(), refusal=refusal,
        )  # fmt: skip
    state = {**state_signals(track), **limited_signals(track)}
    groups = GroupOutlook(track)
    told: dict[float, dict[str, Forecast]] = {}
    found: list[Forecast] = []
    stalled: list[tuple[float, float | None]] = []
    for horizon_s in horizons_s:
        signals = {**state, **horizon_signals(track, horizon_s)}
        by_event = {
            event: _host(event, track, horizon_s, signals, own, drivers_min_ratio)
            for event in _HOST_EVENTS
        }
        if horizon_s > NEAR_MAX_S and unbacked(OOM_GLOBAL, horizon_s) is None:
            nearer = told.get(NEAR_MAX_S) or _nearer(track, state, own)
            for event in (DIRECT_RECLAIM, OOM_GLOBAL):
                by_event[event] = _at_least(by_event[event], nearer[event])
        told[horizon_s] = by_event
        kills = groups.kills(horizon_s)
        found += [
            by_event[DIRECT_RECLAIM], by_event[MEMORY_STALL],
            either(horizon_s, by_event[OOM_GLOBAL], kills), by_event[OOM_GLOBAL],
            *groups.forecasts(kills, horizon_s),
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

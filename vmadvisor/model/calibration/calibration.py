"""What a calibration found: a map and its error by event, the host's physical parameters, whom it is for.

Plain Python: ``check`` reads it without the array library.
"""

from collections.abc import Mapping
from typing import Final

from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.calibration.model_id import model_id
from vmadvisor.model.own_map import OwnEvent, OwnMap
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.records import dataclass, field, replace

CALIBRATED: Final = ("direct_reclaim", "memory_stall", "oom_global")
"""Events with a map of their own; ``oom`` joins the last with the cgroups' own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure and its 90 % interval; ``None`` where it cannot be told."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


UNTOLD: Final = Interval()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFit:
    """One event's own map and how it did on instants it was not fitted on.

    ``shift_spread`` and ``scale_spread`` are standard deviations of the two numbers; ``spread`` is that of
    the host's log-odds around the map. ``brier_*`` and ``skill_*`` (against the base rate of the same
    instants) are of the shipped forecast (``before``) and the own map's (``after``); ``gain_ratio`` is what
    the second's Brier score gains on the first's. ``groups_count`` parts of the recordings were each left out
    in turn. ``reason``: why the shipped map stands; ``None`` where the own one is used.
    """

    event: str
    instants_count: int
    onsets_count: int
    groups_count: int
    shift: float = 0.0
    shift_spread: float = 0.0
    scale_ratio: float = 1.0
    scale_spread: float = 0.0
    spread: float = 0.0
    brier_before: Interval = UNTOLD
    brier_after: Interval = UNTOLD
    skill_before_ratio: Interval = UNTOLD
    skill_after_ratio: Interval = UNTOLD
    gain_ratio: Interval = UNTOLD
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFigure:
    """A physical parameter: the median of the recordings that show it.

    ``spread_ratio`` is the standard deviation of its logarithm between them; ``None`` of a single one.
    """

    value: float
    spread_ratio: float | None
    recordings_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """All that is kept, and when (``fitted_utc``) and on which recordings it was fitted."""

    fitted_utc: str
    model_id: str
    host: HostIdentity
    horizons_s: tuple[float, ...]
    recordings: tuple[str, ...]
    events: tuple[EventFit, ...]
    physics: Mapping[str, OwnFigure] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[EventFit, ...]:
        """Events whose own map is used."""
        return tuple(one for one in self.events if one.reason is None)

    def own_map(self) -> OwnMap:
        """As the forecast takes it."""
        return OwnMap(
            fitted_utc=self.fitted_utc,
            model_id=self.model_id,
            events={
                one.event: OwnEvent(
                    shift=one.shift,
                    scale_ratio=one.scale_ratio,
                    spread=one.spread,
                    instants_count=one.instants_count,
                    onsets_count=one.onsets_count,
                    skill_ratio=one.gain_ratio.value or 0.0,
                )
                for one in self.kept
            },
        )

    def own_physics(self) -> Physics:
        """The usual parameters, with this host's in their place."""
        return replace(Physics(), **{name: one.value for name, one in self.physics.items()})

    def unfit_for(self, host: HostIdentity) -> str | None:
        """Why it cannot serve this host with this program's model; ``None`` where it can."""
        if self.model_id != model_id():
            return f"it was fitted for another model ({self.model_id}, this is {model_id()})"
        other = self.host.difference(host)
        return None if other is None else f"it is of another host: {other}"

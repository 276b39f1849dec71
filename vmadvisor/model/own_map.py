"""One host's own correction of the shipped forecast: what its recordings and history showed."""

from collections.abc import Mapping

from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvent:
    """For one event: log-odds become ``shift + scale · said``; ``spread`` replaces that between hosts.

    ``skill_ratio`` is how much better than the shipped forecast it did on the host's own instants that
    it was not fitted on.
    """

    shift: float
    scale_ratio: float
    spread: float
    instants_count: int
    onsets_count: int
    skill_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMap:
    """Fitted by ``vmadvisor calibrate``, dated; events that had too few onsets are absent."""

    fitted_utc: str
    model_id: str
    events: Mapping[str, OwnEvent]

    def joined(
        self, event: str, shift: float, scale: float, spread: float
    ) -> tuple[float, float, float]:
        """The shipped map followed by this host's."""
        found = self.events.get(event)
        if found is None:
            return shift, scale, spread
        return (
            found.shift + found.scale_ratio * shift,
            found.scale_ratio * scale,
            min(spread, found.spread),
        )

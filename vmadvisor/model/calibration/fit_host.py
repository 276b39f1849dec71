"""All of a host's calibration, from its recordings' forecasts, outcomes and parameters."""

from collections.abc import Sequence

from vmadvisor.model.backtest.trial import Trials
from vmadvisor.model.calibration.calibration import CALIBRATED, Calibration
from vmadvisor.model.calibration.fit_event import fit_event
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.calibration.model_id import model_id
from vmadvisor.model.calibration.physics_of_host import own_physics
from vmadvisor.model.simulate.physics import Physics


def calibrated(
    recordings: Sequence[Trials],
    physics: Sequence[Physics],
    *,
    host: HostIdentity,
    fitted_utc: str,
    horizons_s: tuple[float, ...],
) -> Calibration:
    """Fits every event; the same recordings give the same figures."""
    return Calibration(
        fitted_utc=fitted_utc,
        model_id=model_id(),
        host=host,
        horizons_s=horizons_s,
        recordings=tuple(one.name for one in recordings),
        events=tuple(fit_event(event, recordings) for event in CALIBRATED),
        physics=own_physics(physics),
    )

"""What one run adds to the history."""

from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.past import PastVerdict, Point, Said
from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """``since_boot_s`` is the reading's time on the boot's own clock, which nobody sets.

    ``point`` is ``None`` where too little could be read for one, ``verdict`` of a run that gave none;
    ``model_id`` says which fit of the forecast ``said`` comes of.
    """

    time_utc_s: float
    host: HostIdentity = HostIdentity()
    since_boot_s: float | None = None
    point: Point | None = None
    said: tuple[Said, ...] = ()
    model_id: str | None = None
    verdict: PastVerdict | None = None

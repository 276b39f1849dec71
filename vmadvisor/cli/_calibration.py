"""This host's own calibration as commands are told of it: a file named, or the one that lies at its place."""

from vmadvisor.collect.state_file import read_state, readable_paths
from vmadvisor.errors import ParseError, StateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.model.calibration.calibration import Calibration
    from vmadvisor.model.own_map import OwnMap
    from vmadvisor.snapshot import Gap, Snapshot

NAME = "calibration.json"
COST = "the forecast is the shipped one, not corrected for this host"
_SIZE_MAX_BYTES = 256 * 1024
"""As ``stored.SIZE_MAX_BYTES``, whose module a check without a file need not load."""


def stored(path: str) -> "Calibration | None":
    """The calibration in the file; ``None`` where there is no file. ``StateError`` in one sentence."""
    text = read_state(path, _SIZE_MAX_BYTES)
    if text is None:
        return None
    from vmadvisor.model.calibration.stored import calibration_of

    try:
        return calibration_of(text)
    except ParseError as error:
        raise StateError(str(error)) from None


def required(path: str) -> "Calibration":
    """The calibration in the file, fit for this program's model; else ``StateError`` with the path."""
    from vmadvisor.model.calibration.host_identity import HostIdentity

    try:
        found = stored(path)
    except StateError as error:
        raise StateError(f"{path}: {error}") from None
    if found is None:
        raise StateError(f"{path}: no such file; vmadvisor calibrate RECORDING... writes one")
    reason = found.unfit_for(HostIdentity())
    if reason is not None:
        raise StateError(f"{path}: {reason}")
    return found


def own_map(snapshot: "Snapshot", named: str | None) -> "tuple[OwnMap | None, Gap | None]":
    """(the map to forecast this host with, why there is none although there is a file).

    A file that was not asked for counts for the running system alone, and need not be there.
    """
    if named is None and not snapshot.host.is_live:
        return None, None
    paths = readable_paths(NAME) if named is None else [named]
    for path in paths:
        try:
            found = stored(path)
        except StateError as error:
            return None, _gap(path, str(error))
        if found is not None:
            return _fit(found, snapshot, path)
    return None, None if named is None else _gap(named, "no such file")


def _fit(
    found: "Calibration", snapshot: "Snapshot", path: str
) -> "tuple[OwnMap | None, Gap | None]":
    from vmadvisor.model.calibration.host_identity import identity_of

    reason = found.unfit_for(identity_of(snapshot))
    return (found.own_map(), None) if reason is None else (None, _gap(path, reason))


def _gap(path: str, reason: str) -> "Gap":
    from vmadvisor.snapshot import Gap

    return Gap(path=path, reason=reason, cost=COST)

"""Forecasts that the history kept, with what came of them, for ``calibrate``."""

from collections.abc import Iterator

from vmadvisor.errors import StateError
from vmadvisor.model.backtest.trial import Trials
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.calibration.model_id import model_id
from vmadvisor.model.past_trials import EventOutcomes, outcomes_by_event, past_trials
from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryTrials:
    """``outcomes`` counts all forecasts, ``trials`` holds those that a map may be fitted on."""

    path: str
    host: HostIdentity
    trials: tuple[Trials, ...]
    outcomes: tuple[EventOutcomes, ...]

    def words(self) -> Iterator[str]:
        """What is known and what is not, one sentence for an event."""
        for one in self.outcomes:
            left_out = (
                ": it is left out, for what came is among the unknown" if one.is_lopsided else ""
            )
            yield (
                f"{self.path}: {one.event}: {one.known_count} outcomes known, {one.came_count} came, "
                f"{one.unknown_count} unknown{left_out}"
            )


def history_trials(named: str, horizons_s: tuple[float, ...]) -> HistoryTrials:
    """Those of this program's model for the host that was kept last; ``StateError`` without any."""
    from vmadvisor.history.place import readable_path
    from vmadvisor.history.store import open_store

    path = named or readable_path()
    with open_store(path, is_readonly=True) as store:
        hosts = store.hosts()
        if not hosts:
            raise StateError(f"{path}: no run of a host is kept in it")
        found = [
            pair
            for pair in store.said_for(model_id(), hosts[-1])
            if pair[0].horizon_s in horizons_s
        ]
        points = [point for point in store.past().points if point.origin in {"check", "sample"}]
    outcomes = outcomes_by_event(found)
    lopsided = {one.event for one in outcomes if one.is_lopsided}
    said = [one for one, _ in found if one.event not in lopsided]
    return HistoryTrials(
        path=path,
        host=hosts[-1],
        trials=tuple(past_trials(said, points)),
        outcomes=outcomes,
    )

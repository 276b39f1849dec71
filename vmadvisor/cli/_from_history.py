"""Forecasts that the history kept, with what came of them, for ``calibrate``."""

from collections.abc import Iterator

from vmadvisor.errors import StateError
from vmadvisor.history.rows import PCP
from vmadvisor.model.backtest.trial import Trials
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.calibration.model_id import model_id
from vmadvisor.model.past import Said
from vmadvisor.model.past_trials import EventOutcomes, outcomes_by_event, past_trials
from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryTrials:
    """``outcomes`` counts all forecasts, ``trials`` holds those that a map may be fitted on.

    ``replayed`` counts those that were made of PCP's records, beside the runs' own.
    """

    path: str
    host: HostIdentity
    trials: tuple[Trials, ...]
    outcomes: tuple[EventOutcomes, ...]
    replayed: tuple[EventOutcomes, ...]

    def words(self) -> Iterator[str]:
        """What is known and what is not, one sentence for an event."""
        yield from _words(self.path, self.outcomes)
        yield from _words(f"{self.path}, of PCP's records", self.replayed)


def _words(path: str, outcomes: tuple[EventOutcomes, ...]) -> Iterator[str]:
    for one in outcomes:
        left_out = ": it is left out, for what came is among the unknown" if one.is_lopsided else ""
        yield (
            f"{path}: {one.event}: {one.known_count} outcomes known, {one.came_count} came, "
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
        points = store.past().points
        told = [
            _Told.of(store.said_for(model_id(), hosts[-1], is_replayed=is_replayed), horizons_s)
            for is_replayed in (False, True)
        ]
    own, replayed = told
    trials = past_trials(
        own.fit, [point for point in points if point.origin in {"check", "sample"}]
    )
    trials += past_trials(replayed.fit, [point for point in points if point.origin == PCP])
    return HistoryTrials(
        path=path,
        host=hosts[-1],
        trials=tuple(trials),
        outcomes=own.outcomes,
        replayed=replayed.outcomes,
    )


class _Told:
    """Forecasts of one kind: how many of each event, and those that a map may be fitted on."""

    def __init__(self, outcomes: tuple[EventOutcomes, ...], fit: list[Said]) -> None:
        self.outcomes = outcomes
        self.fit = fit

    @classmethod
    def of(cls, pairs: list[tuple[Said, bool]], horizons_s: tuple[float, ...]) -> "_Told":
        found = [pair for pair in pairs if pair[0].horizon_s in horizons_s]
        outcomes = outcomes_by_event(found)
        lopsided = {one.event for one in outcomes if one.is_lopsided}
        return cls(outcomes, [one for one, _ in found if one.event not in lopsided])

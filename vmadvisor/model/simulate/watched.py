"""A host that was watched for a while, and what its load would have met under other settings.

Rules ask for the same settings more than once; each is simulated once. ``base`` is the present setting
run like any other: its kills are the model's, as those of the others are, not what was counted.
"""

from collections.abc import Sequence

from vmadvisor.model.events import OOM
from vmadvisor.model.outlook import outlook
from vmadvisor.model.simulate.going_on import going_on
from vmadvisor.model.simulate.hypothetical import track_under
from vmadvisor.model.simulate.machine import Machine, machine_of
from vmadvisor.model.simulate.measured import Measured
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.model.simulate.settings import ZONE_RECLAIM, Change, SettingError
from vmadvisor.model.simulate.whatif import Prepared, Setting, prepared, setting_of
from vmadvisor.snapshot import Snapshot

RISK_HORIZON_S = 30.0
"""The farthest horizon at which recordings back a probability of an OOM kill."""

Pairs = tuple[tuple[str, str], ...]


class Watched:
    """Moments in time order and the last snapshot; ``machine`` is ``None`` where none can be made of it.

    ``goes_on``: figures are those of the same load once it has settled under a setting (``going_on``).
    """

    __slots__ = (
        "_counted", "_found", "_longer", "_prepared", "_risks", "goes_on", "machine", "moments", "snapshot",
    )  # fmt: skip

    def __init__(
        self, moments: Sequence[Observed], snapshot: Snapshot, *, longer: Prepared | None = None
    ) -> None:
        self.moments, self.snapshot = tuple(moments), snapshot
        self.machine = machine_of(snapshot)
        self._found: dict[Pairs, Setting | None] = {}
        self._risks: dict[object, float | None] = {}
        self._counted: Measured | None = None
        self._prepared = longer
        self._longer: Watched | None = None
        self.goes_on = longer is not None

    @property
    def longer(self) -> "Watched | None":
        """The same load, going on until what a setting moves has moved; ``None`` where it would not go on."""
        if self._longer is None and self.present is not None and self._prepared is not None:
            found = going_on(self._prepared)
            if found is not None:
                self._longer = Watched(self.moments, self.snapshot, longer=found)
        return self._longer

    @property
    def seconds_s(self) -> float:
        """How long was watched."""
        if not self.moments:
            return 0.0
        return self.moments[-1].sample.time_s - self.moments[0].sample.time_s

    @property
    def counted(self) -> Measured | None:
        """What the kernel counted meanwhile; ``None`` where nothing can be simulated."""
        if self.present is None:
            return None
        return self._counted

    @property
    def present(self) -> Setting | None:
        """The present settings, as measured."""
        self.under([])
        return self._found.get(())

    @property
    def base(self) -> Setting | None:
        """The present settings, as simulated."""
        own = self.under(self._own())
        return own[0] if own else None

    def _own(self) -> list[Pairs]:
        """The present settings as a change of nothing: one of their own values set again."""
        if self.machine is None:
            return []
        return [((ZONE_RECLAIM, str(self.machine.zone_reclaim_mode)),)]

    def under(self, wanted: Sequence[Pairs]) -> list[Setting | None]:
        """A setting for each of ``wanted``; ``None`` for one that this kernel or the model refuses."""
        needed = dict.fromkeys((*wanted, *self._own(), ()))
        self._simulate([pairs for pairs in needed if pairs not in self._found])
        return [self._found[pairs] for pairs in wanted]

    def _simulate(self, missing: Sequence[Pairs]) -> None:
        if not missing:
            return
        try:
            if self._prepared is None:
                self._prepared = prepared(self.moments, self.snapshot)
        except SettingError:
            self._found.update(dict.fromkeys(missing))
            return
        self._counted = self._prepared.counted
        self._found[()] = self._prepared.present
        for pairs in missing:
            if pairs:
                self._found[pairs] = self._run(self._prepared, pairs)

    @staticmethod
    def _run(found: Prepared, pairs: Pairs) -> Setting | None:
        try:
            return setting_of(found, Change(pairs=pairs))
        except SettingError:
            return None

    def oom_probability(self, machine: Machine) -> float | None:
        """The forecast's probability of an OOM kill, had the host these marks; ``None`` if not said."""
        key = machine.nodes
        if key not in self._risks:
            told = outlook(track_under(self.moments, machine, self.machine), (RISK_HORIZON_S,))
            self._risks[key] = next(
                (f.probability_ratio for f in told.forecasts if f.event == OOM), None
            )
        return self._risks[key]

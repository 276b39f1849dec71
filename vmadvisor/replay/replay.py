"""One recording as if live: a forecast at each instant, made of nothing later; then what came.

The forecast is asked for when the walk is at its instant, with a track that ends there. What came is read
off the counters once the recording is at its end.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from vmadvisor.collect.recording_walk import walk
from vmadvisor.errors import RootError
from vmadvisor.model.backtest.baselines import BASELINES
from vmadvisor.model.backtest.course import Course
from vmadvisor.model.backtest.guess import Guess
from vmadvisor.model.backtest.instants import is_instant
from vmadvisor.model.backtest.trial import Trial
from vmadvisor.model.events import EVENTS
from vmadvisor.model.forecast import HOST, Forecast
from vmadvisor.model.outlook import outlook
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.sample import sample_of
from vmadvisor.model.track import Track
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot

ENDINGS: Final = (".tar.zst", ".tar.gz", ".tar.xz", ".tgz", ".txz", ".tar")
_LOSS_PATH: Final = "/"
"""A gap with this path tells what befell the recording, not what one file lacks."""


_NO_DRIVERS_RATIO = 2.0
"""What drives a forecast is asked of none: a backtest has no use for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """``losses`` say in words what the recording lost, to damage or late ticks."""

    name: str
    samples_count: int
    losses: tuple[str, ...]
    trials: tuple[Trial, ...]


def name_of(path: str) -> str:
    """The recording's name: its file's, without endings.

    >>> name_of("/tmp/001-leak.tar.zst"), name_of("dir/host.v2/")
    ('001-leak', 'host.v2')
    """
    name = Path(path).name
    ending = next((ending for ending in ENDINGS if name.endswith(ending)), "")
    return name.removesuffix(ending)


def replay(
    path: str,
    horizons_s: Sequence[float],
    own: OwnMap | None = None,
    also: Callable[[Snapshot], None] | None = None,
) -> Replay:
    """Walks the recording; raises ``RootError`` where there is none, or nothing to forecast from.

    ``own`` is the host's own map of the forecast; ``also`` is shown every snapshot on the way.
    """
    live = _Live(horizons_s, own)
    losses: dict[str, None] = {}
    for snapshot in walk(Path(path)):
        live.add(snapshot)
        if also is not None:
            also(snapshot)
        losses |= dict.fromkeys(gap.reason for gap in snapshot.gaps if gap.path == _LOSS_PATH)
    if not live.samples_count:
        raise RootError(f"{path}: it lacks vmstat, meminfo, zoneinfo or the page size")
    return Replay(
        name=name_of(path),
        samples_count=live.samples_count,
        losses=tuple(losses),
        trials=tuple(live.trials()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Instant:
    """What was said at one instant; the simple rules' answers by horizon."""

    time_s: float
    forecasts: tuple[Forecast, ...]
    guesses: dict[float, tuple[Guess, ...]]


class _Live:
    """A recording as far as it has been walked."""

    def __init__(self, horizons_s: Sequence[float], own: OwnMap | None) -> None:
        self._horizons_s = horizons_s
        self._own = own
        self._track = Track()
        self._course = Course()
        self._instants: list[_Instant] = []
        self.samples_count = 0

    def add(self, snapshot: Snapshot) -> None:
        """Takes a tick in. One without a vmstat of its own is no sample: nothing moves in it."""
        sample = sample_of(snapshot)
        if sample is None or (self.samples_count and sample.time_s <= self._track.last.time_s):
            return
        self._track.add(sample)
        self._course.add(sample)
        if is_instant(self.samples_count):
            self._instants.append(self._ask(snapshot.time_s))
        self.samples_count += 1

    def _ask(self, time_s: float) -> _Instant:
        said = outlook(self._track, self._horizons_s, self._own, _NO_DRIVERS_RATIO).forecasts
        told = {(one.event, one.horizon_s) for one in said if one.scope == HOST}
        unsaid = tuple(
            _nothing(event, horizon_s)
            for event in EVENTS
            for horizon_s in self._horizons_s
            if (event, horizon_s) not in told
        )
        guesses = {
            horizon_s: tuple(baseline.ask(self._track, horizon_s) for baseline in BASELINES)
            for horizon_s in self._horizons_s
        }
        return _Instant(time_s=time_s, forecasts=said + unsaid, guesses=guesses)

    def trials(self) -> Iterator[Trial]:
        """Every forecast beside what came, once all is walked."""
        times_s = [instant.time_s for instant in self._instants]
        steps_s = [after - before for before, after in pairwise(times_s)]
        steps_s += steps_s[-1:] or [0.0]  # the last stands for as long as the one before
        for instant, step_s in zip(self._instants, steps_s, strict=False):
            for said in instant.forecasts:
                yield self._trial(instant, step_s, said)

    def _trial(self, instant: _Instant, step_s: float, said: Forecast) -> Trial:
        return Trial(
            time_s=instant.time_s,
            step_s=step_s,
            event=said.event,
            scope=said.scope,
            horizon_s=said.horizon_s,
            probability_ratio=said.probability_ratio,
            low_ratio=said.low_ratio,
            high_ratio=said.high_ratio,
            outcome=self._course.outcome(said.event, said.scope, instant.time_s, said.horizon_s),
            guesses=instant.guesses[said.horizon_s] if said.scope == HOST else (),
        )


def _nothing(event: str, horizon_s: float) -> Forecast:
    """A line stands for every event and horizon, also where nothing was said."""
    return Forecast(
        event=event,
        scope=HOST,
        horizon_s=horizon_s,
        probability_ratio=None,
        low_ratio=None,
        high_ratio=None,
        reason=None,
    )

"""Forecasts that would have been made of another program's readings, none looking ahead, and what came of them.

Only where readings lie so near to each other that they tell what came: a horizon holds two of them at least. One
instant of each five minutes, by the clock alone: to choose those near a burst would tell a calibration that
bursts are usual.
"""

from collections.abc import Iterator
from typing import Final

from vmadvisor.model.calibrated import backed_horizons
from vmadvisor.model.forecast import CHECK_HORIZONS_S
from vmadvisor.model.outcomes import outcome_of
from vmadvisor.model.outlook import outlook
from vmadvisor.model.past import Point, Replayed, Said
from vmadvisor.model.said import said_of
from vmadvisor.model.sample import Sample
from vmadvisor.model.track import Track
from vmadvisor.records import replace

INSTANT_STEP_S: Final = 300.0
_READINGS_COUNT: Final = 2
"""Of a horizon: what rose between the last one within it and the next may have come in time or too late."""

_SPAN_MIN_S: Final = 5.0
"""A forecast has seen some past, as in a backtest."""

_NO_DRIVERS_RATIO: Final = 2.0


class Replay:
    """Readings in, oldest first; forecasts out as soon as what came of them is known, or never will be."""

    def __init__(self) -> None:
        self._horizons_s = backed_horizons(CHECK_HORIZONS_S)
        self._track = Track()
        self._boot_id: str | None = None
        self._stretch = -1
        self._open: list[tuple[Said, Point]] = []

    def add(self, point: Point, sample: Sample | None) -> Iterator[Replayed]:
        """What this reading settles."""
        if point.boot_id != self._boot_id:
            yield from self.end()
            self._boot_id = point.boot_id
        yield from self._settled(point)
        if sample is None:
            return
        step_s = sample.time_s - self._track.last.time_s if len(self._track) else 0.0
        self._track.add(sample)
        horizons_s = [h for h in self._horizons_s if 0 < step_s <= h / _READINGS_COUNT]
        stretch = int(point.time_utc_s // INSTANT_STEP_S)
        if horizons_s and stretch != self._stretch and self._track.span_s >= _SPAN_MIN_S:
            self._stretch = stretch
            found = outlook(self._track, horizons_s, drivers_min_ratio=_NO_DRIVERS_RATIO)
            self._open += [(said, point) for said in said_of(found, time_utc_s=point.time_utc_s)]

    def end(self) -> Iterator[Replayed]:
        """Nothing of this boot follows: what is open stays unknown."""
        for said, _ in self._open:
            yield Replayed(said=said, is_unsure=False)
        self._open.clear()
        self._track = Track()

    def _settled(self, point: Point) -> Iterator[Replayed]:
        still_open = []
        for said, made in self._open:
            came, is_final = outcome_of(said, made, [point])
            if is_final:
                yield Replayed(said=replace(said, came=came), is_unsure=came is None)
            else:
                still_open.append((said, made))
        self._open = still_open

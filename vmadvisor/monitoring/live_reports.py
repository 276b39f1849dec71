"""Reports of this host one after the other: each reading is the next one's beginning.

A forecast rests on samples a second apart, as the recordings had them that it was fitted on: steps of a
scrape's length would look like bursts. So between readings ``sample`` takes five small files; nothing else
is asked of a host until its next reading.
"""

import time
from collections.abc import Callable

from vmadvisor import __version__
from vmadvisor.advise.report import Report, make_report
from vmadvisor.collect import Request
from vmadvisor.collect.live import take_live, take_next, take_sample
from vmadvisor.model.calibrated import backed_horizons
from vmadvisor.model.forecast import CHECK_HORIZONS_S, Outlook
from vmadvisor.model.outlook import NEVER_RATIO, Asked, outlook
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.sample import sample_of
from vmadvisor.model.track import KEEP_S, Track
from vmadvisor.records import replace
from vmadvisor.snapshot import Gap, Snapshot

FIRST_INTERVAL_S = 1.0
BEFORE_MAX_S = KEEP_S
"""An earlier reading than that is not the beginning of an interval: what happens now would be lost in it."""

Calibrated = Callable[[Snapshot], tuple[OwnMap | None, Gap | None]]


class LiveReports:
    """``own`` gives this host's own calibration, ``given`` the admin's facts; both are asked at each reading."""

    __slots__ = ("_before", "_deadline_s", "_given", "_own", "_track")

    def __init__(
        self, *, deadline_s: float, own: Calibrated, given: Callable[[], tuple[object, ...]]
    ) -> None:
        self._deadline_s = deadline_s
        self._own = own
        self._given = given
        self._track = Track()
        self._before: Snapshot | None = None

    @property
    def samples_count(self) -> int:
        """Samples that the next forecast can look back at."""
        return len(self._track)

    def sample(self) -> None:
        """One more sample for the forecast."""
        self._add(take_sample())

    def read(self) -> Report:
        """The host now; the first time, or after a long pause, by two readings a second apart."""
        given = self._given()
        before, now = self._taken()
        own, gap = self._own(now)
        if gap is not None:
            now = replace(now, gaps=(*now.gaps, gap))
        self._before = now
        return make_report(
            before,
            now,
            time_utc=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            tool_version=__version__,
            asked=Asked(own=own, told=self._foreseen(own)),
            given=given,
        )

    def _taken(self) -> tuple[Snapshot | None, Snapshot]:
        before = self._before
        request = Request(interval_s=FIRST_INTERVAL_S, deadline_s=self._deadline_s)
        if before is None or time.monotonic() - before.time_s > BEFORE_MAX_S:
            before, now = take_live(request)
            if before is not None:
                self._add(before)
        else:
            now = take_next(request, before.processes)
        self._add(now)
        return before, now

    def _add(self, snapshot: Snapshot) -> None:
        sample = sample_of(snapshot)
        if sample is not None:
            self._track.add(sample)

    def _foreseen(self, own: OwnMap | None) -> Outlook | None:
        if not len(self._track):
            return None
        # Nobody is served what has no probability, nor what drives a forecast.
        return outlook(self._track, backed_horizons(CHECK_HORIZONS_S), own, NEVER_RATIO)

"""A recording as the past of its host: what was there, what would have been said of it then, what came.

Forecasts and verdicts are asked for while the walk is at their instant, of nothing later; whether they came
true is filled in at the end. Times are seconds since the recording's first moment.
"""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vmadvisor import __version__
from vmadvisor.advise.report import Report, make_report
from vmadvisor.collect.recording_walk import walk
from vmadvisor.model.backtest.course import Course
from vmadvisor.model.backtest.instants import is_instant
from vmadvisor.model.forecast import Outlook
from vmadvisor.model.outlook import Asked, outlook
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.past import Past, PastVerdict, Point, Said, point_of, setting_changes
from vmadvisor.model.said import said_of
from vmadvisor.model.sample import Sample, sample_of
from vmadvisor.model.track import Track
from vmadvisor.records import dataclass, replace
from vmadvisor.replay.halved import Halved
from vmadvisor.replay.recorded_kills import RecordedKills
from vmadvisor.snapshot import Snapshot

HORIZONS_S: Final = (10.0, 30.0)
"""Those that recordings back with a probability; longer ones do not fit into most."""

INSTANTS_MAX_COUNT: Final = 240
VERDICTS_MAX_COUNT: Final = 30
POINTS_MAX_COUNT: Final = 10_000
PAIR_S: Final = 1.0
"""A verdict rests on two readings so far apart, as ``check`` takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Instant:
    time_s: float
    outlook: Outlook


class _Walked:
    """A recording as far as it has been walked."""

    def __init__(self, own: OwnMap | None, given: tuple[object, ...]) -> None:
        self._own = own
        self._given = given
        self._track = Track()
        self._course = Course()
        self._kills = RecordedKills()
        self._instants: Halved[_Instant] = Halved(INSTANTS_MAX_COUNT)
        self._verdicts: Halved[tuple[float, Report]] = Halved(VERDICTS_MAX_COUNT)
        self._points: Halved[Point] = Halved(POINTS_MAX_COUNT)
        self._recent: deque[Snapshot] = deque()
        self._samples_count = 0
        self._first_s = 0.0
        self.hostname: str | None = None

    def add(self, snapshot: Snapshot) -> None:
        sample = sample_of(snapshot)
        if sample is None or (self._samples_count and sample.time_s <= self._track.last.time_s):
            return
        if not self._samples_count:
            self._first_s = snapshot.time_s
        self.hostname = snapshot.host.hostname or self.hostname
        self._track.add(sample)
        self._course.add(sample)
        self._kills.add(sample)
        self._recent.append(snapshot)
        while len(self._recent) > 2 and snapshot.time_s - self._recent[1].time_s >= PAIR_S:  # noqa: PLR2004 - itself, and one before it
            self._recent.popleft()
        if self._points.is_wanted():
            self._keep(snapshot)
        if is_instant(self._samples_count):
            self._ask(snapshot, sample)
        self._samples_count += 1

    def _keep(self, snapshot: Snapshot) -> None:
        time_s = snapshot.time_s - self._first_s
        point = point_of(snapshot, time_utc_s=time_s, origin="recording")
        if point is not None:
            self._points.keep(point)

    def _ask(self, snapshot: Snapshot, sample: Sample) -> None:
        if self._instants.is_wanted():
            told = outlook(self._track, HORIZONS_S, self._own)
            self._instants.keep(_Instant(time_s=sample.time_s, outlook=told))
        if self._verdicts.is_wanted():
            report = make_report(
                self._recent[0],
                snapshot,
                time_utc="",
                tool_version=__version__,
                asked=Asked(own=self._own, track=self._track),
                given=self._given,
            )
            self._verdicts.keep((snapshot.time_s, report))

    def past(self) -> Past:
        """All of it, once the walk is at its end."""
        said = tuple(self._outcomes())
        return Past(
            hostname=self.hostname,
            points=tuple(self._points.kept),
            said=said,
            verdicts=tuple(
                verdict_of(report, time_s - self._first_s) for time_s, report in self._verdicts.kept
            ),
            changes=tuple(setting_changes(self._points.kept)),
            kills=self._kills.kills(said, self._first_s),
        )

    def _outcomes(self) -> Iterator[Said]:
        for instant in self._instants.kept:
            for one in said_of(
                instant.outlook, time_utc_s=instant.time_s - self._first_s, own=self._own
            ):
                outcome = self._course.outcome(one.event, one.scope, instant.time_s, one.horizon_s)
                yield replace(one, came=outcome.came)


def verdict_of(report: Report, time_utc_s: float) -> PastVerdict:
    """What is kept of a verdict."""
    loud = report.loud
    return PastVerdict(
        time_utc_s=time_utc_s,
        status=report.status.name,
        finding_ids=tuple(dict.fromkeys(finding.id for finding in loud)),
        headline=loud[0].title if loud else "",
    )


def recorded_past(
    path: str,
    *,
    at_s: float | None = None,
    own: OwnMap | None = None,
    given: tuple[object, ...] = (),
) -> Past:
    """Walks the recording up to ``at_s``, in its own seconds; ``RootError`` where there is none.

    ``own`` is the host's own map of the forecast, ``given`` the admin's targets and exceptions.
    """
    walked = _Walked(own, given)
    for snapshot in walk(Path(path)):
        if at_s is not None and snapshot.time_s > at_s:
            break
        walked.add(snapshot)
    return walked.past()


def since(past: Past, start_utc_s: float) -> Past:
    """The part of it that begins then."""
    return replace(
        past,
        points=tuple(one for one in past.points if one.time_utc_s >= start_utc_s),
        said=tuple(one for one in past.said if one.time_utc_s >= start_utc_s),
        verdicts=tuple(one for one in past.verdicts if one.time_utc_s >= start_utc_s),
        changes=tuple(one for one in past.changes if one.time_utc_s >= start_utc_s),
        kills=tuple(one for one in past.kills if one.time_utc_s >= start_utc_s),
    )

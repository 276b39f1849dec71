"""The newest reading and the past behind it, for commands that show both: one place knows where a past is."""

import time
from collections import Counter

from vmadvisor import __version__
from vmadvisor.advise.report import Report, make_report
from vmadvisor.cli._calibration import own_map
from vmadvisor.cli._output import opened
from vmadvisor.cli._settings import given_settings
from vmadvisor.collect import Request, taken
from vmadvisor.collect.roots import STANDARD_INPUT, LiveRoot
from vmadvisor.errors import RootError, StateError
from vmadvisor.model.forecast import CHECK_HORIZONS_S
from vmadvisor.model.outlook import Asked, track_of
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.past import Past, Point, point_of
from vmadvisor.model.track import KEEP_S
from vmadvisor.records import replace
from vmadvisor.replay.recorded_past import recorded_past, since
from vmadvisor.snapshot import Gap, Snapshot

HISTORY_S = 7 * 86_400.0
GAPS_MAX_COUNT = 10
_NO_PAST = "no past: the report is of one moment"
_ONCE = "standard input can be read once only"


def reported(
    root: str,
    *,
    at_s: float | None,
    since_s: float | None,
    history: str | None,
    interval_s: float,
    deadline_s: float,
    config: str | None,
    calibration: str | None,
) -> tuple[Report, Past]:
    """The report of the newest moment, and the past up to it.

    Raises ``RootError`` where nothing can be read. A history that cannot be read is a gap of the report.
    """
    source = opened(root)
    is_live = isinstance(source, LiveRoot)
    given = given_settings(config, is_live=is_live)
    request = Request(
        processes="shortlist",
        interval_s=interval_s,
        at_s=at_s,
        deadline_s=deadline_s,
        past_s=KEEP_S if interval_s > 0 else 0.0,
    )
    before, after, earlier = taken(source, request)
    own, unfit = own_map(after, calibration)
    gaps = [unfit] if unfit is not None else []
    report = make_report(
        before,
        after,
        time_utc=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        tool_version=__version__,
        asked=Asked(horizons_s=CHECK_HORIZONS_S, own=own, track=track_of(earlier)),
        given=given,
    )
    if is_live or history is not None:
        past = _kept(before, after, since_s, history, gaps)
    else:
        past = _recorded(root, before, after, at_s, since_s, own, tuple(given), gaps)
    return replace(report, gaps=(*report.gaps, *gaps)), past


def _kept(
    before: Snapshot | None,
    after: Snapshot,
    since_s: float | None,
    history: str | None,
    gaps: list[Gap],
) -> Past:
    """What the history keeps of this host, and the reading that was taken now.

    Raises ``StateError`` where a history that was asked for cannot be read; the one at its place is a gap.
    """
    from vmadvisor.history.place import readable_path
    from vmadvisor.history.store import open_store

    now_utc_s = time.time()
    start_utc_s = now_utc_s - (HISTORY_S if since_s is None else since_s)
    path = readable_path() if history is None else history
    try:
        with open_store(path, is_readonly=True) as store:
            past = store.past(start_utc_s, now_utc_s)
            gaps += _missed(path, store.gaps(start_utc_s, now_utc_s))
    except StateError as error:
        if history is not None:
            raise
        gaps.append(Gap(path=path, reason=str(error).removeprefix(f"{path}: "), cost=_NO_PAST))
        return _moments(before, after, now_utc_s, "check")
    if not past.points:
        gaps.append(Gap(path=path, reason="nothing of this time is kept", cost=_NO_PAST))
        return replace(past, points=_moments(before, after, now_utc_s, "check").points)
    newest = _moments(None, after, now_utc_s, "check").points
    return replace(past, points=(*past.points, *newest))


def _missed(path: str, told: list[tuple[float, str]]) -> list[Gap]:
    """What the history says it lacks, each reason once."""
    counts = Counter(reason for _, reason in told)
    return [
        Gap(path=path, reason=reason, cost=f"of the period this is missing, {count:,} times")
        for reason, count in counts.most_common(GAPS_MAX_COUNT)
    ]


def _recorded(
    root: str,
    before: Snapshot | None,
    after: Snapshot,
    at_s: float | None,
    since_s: float | None,
    own: OwnMap | None,
    given: tuple[object, ...],
    gaps: list[Gap],
) -> Past:
    """A recording's own past; of a tree that is none, its one moment."""
    past: Past | None = None
    if root == STANDARD_INPUT:
        gaps.append(Gap(path="/", reason=_ONCE, cost="the past of a recording: give it as a file"))
    else:
        try:
            past = recorded_past(root, at_s=at_s, own=own, given=given)
        except RootError:
            past = None  # no recording, but a captured tree, which take() has read
    if past is None or not past.points:
        return _moments(before, after, 0.0, "recording")
    return past if since_s is None else since(past, past.points[-1].time_utc_s - since_s)


def _moments(before: Snapshot | None, after: Snapshot, end_utc_s: float, origin: str) -> Past:
    found: list[Point] = []
    for snapshot in (before, after):
        if snapshot is not None:
            time_s = end_utc_s - (after.time_s - snapshot.time_s)
            point = point_of(snapshot, time_utc_s=time_s, origin=origin)
            found += [] if point is None else [point]
    return Past(hostname=after.host.hostname, points=tuple(found))

"""``vmadvisor sample``: what a check reads and foretells, kept without a verdict: for a timer."""

import time
from collections.abc import Iterator

import click

from vmadvisor.cli._calibration import own_map
from vmadvisor.cli._options import (
    DURATION,
    calibration_option,
    config_option,
    deadline_option,
    emit,
    history_options,
    interval_option,
    opened,
)
from vmadvisor.cli._remember import Seen, kept
from vmadvisor.cli._settings import given_settings, keep_s_of
from vmadvisor.collect import Request, taken
from vmadvisor.collect.live import take_sample
from vmadvisor.errors import StateError
from vmadvisor.model.forecast import CHECK_HORIZONS_S
from vmadvisor.model.outlook import Asked, outlook_of, track_of
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.vmstat import Vmstat

_BEFORE_S, _AFTER_S = 0.2, 0.05
"""Around a horizon's end: what rose before it came in time, what had not by then did not."""


def _followed(after: Snapshot, follow_s: float) -> Iterator[Snapshot]:
    """Readings around the end of each horizon up to ``follow_s`` after the forecast's own."""
    start_s = after.time_of_s(Vmstat) or after.time_s
    for horizon_s in (one for one in CHECK_HORIZONS_S if one <= follow_s):
        for at_s in (horizon_s - _BEFORE_S, horizon_s + _AFTER_S):
            time.sleep(max(0.0, start_s + at_s - time.monotonic()))
            yield take_sample(with_kills=True)


@click.command(
    epilog="""\b
Examples:
  vmadvisor sample                one more point in the history
  vmadvisor sample --follow 30s   and what came of its forecasts, up to 30 s
  vmadvisor sample --interval 0   one reading: counters, no forecast
  vmadvisor sample --verbose --history /srv/vm/history.sqlite

The forecasts are those that check would make: of two readings, one second apart
unless --interval says otherwise.
Nothing is judged and nothing printed; what could not be kept is an error.
With --follow five small files are read again just before and just after each
horizon up to there: what came of the forecasts is known, and calibrate
--history can learn from it."""
)
@interval_option
@deadline_option
@calibration_option
@config_option
@history_options
@click.option(
    "--follow",
    "follow_s",
    type=DURATION,
    metavar="DURATION",
    help="Stay for so long to see what comes of the forecasts.  [default: do not]",
)
@click.option("--verbose", is_flag=True, help="Say what was kept.")
def command(
    *,
    interval_s: float,
    deadline_s: float,
    calibration: str | None,
    config: str | None,
    history: str | None,
    keep_s: float | None,
    follow_s: float | None,
    verbose: bool,
) -> None:
    """Add one point and its forecasts to the history, and say nothing."""
    given = given_settings(config, is_live=True)
    request = Request(interval_s=interval_s, deadline_s=deadline_s / 2)
    before, after, past = taken(opened("/"), request)
    own, _ = own_map(after, calibration)
    snapshots = [after] if before is None else [before, after]
    asked = Asked(horizons_s=CHECK_HORIZONS_S, own=own, track=track_of(past))
    outlook = outlook_of(snapshots, asked)
    seen = [Seen(after=after, own=own, outlook=outlook)]
    seen += [Seen(after=one, own=None, outlook=None) for one in _followed(after, follow_s or 0.0)]
    end_s = time.monotonic() + deadline_s
    keep_s = keep_s_of(given) if keep_s is None else keep_s
    words = kept(seen, history, keep_s=keep_s, end_s=end_s, origin="sample")
    if words:
        raise StateError(f"history: {words}")
    if verbose:
        count = sum(
            one.probability_ratio is not None for one in (outlook.forecasts if outlook else ())
        )
        emit(f"kept: points {len(seen)}, forecasts {count}\n")

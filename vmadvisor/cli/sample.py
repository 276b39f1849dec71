"""``vmadvisor sample``: what a check reads and foretells, kept without a verdict: for a timer."""

import time

import click

from vmadvisor.cli._calibration import own_map
from vmadvisor.cli._check_options import INTERVAL_S, SECONDS_MAX
from vmadvisor.cli._options import (
    Seconds,
    calibration_option,
    deadline_option,
    emit,
    history_options,
    opened,
)
from vmadvisor.cli._remember import Seen, kept
from vmadvisor.collect import Request, take
from vmadvisor.errors import StateError
from vmadvisor.model.forecast import CHECK_HORIZONS_S
from vmadvisor.model.outlook import Asked, outlook_of


@click.command(
    epilog="""\b
Examples:
  vmadvisor sample                one more point in the history
  vmadvisor sample --interval 0   one reading: counters, no forecast
  vmadvisor sample --verbose --history /srv/vm/history.sqlite

The forecasts are those that check would make: two readings, one second apart.
Nothing is judged and nothing printed; what could not be kept is an error."""
)
@click.option(
    "--interval",
    "interval_s",
    type=Seconds(min=0, max=SECONDS_MAX),
    default=INTERVAL_S,
    show_default=True,
    metavar="SECONDS",
    help="Time between the two readings.",
)
@deadline_option
@calibration_option
@history_options
@click.option("--verbose", is_flag=True, help="Say what was kept.")
def command(
    *,
    interval_s: float,
    deadline_s: float,
    calibration: str | None,
    history: str | None,
    keep_s: float | None,
    verbose: bool,
) -> None:
    """Add one point and its forecasts to the history, and say nothing."""
    end_s = time.monotonic() + interval_s + deadline_s
    request = Request(interval_s=interval_s, deadline_s=deadline_s / 2)
    before, after = take(opened("/"), request)
    own, _ = own_map(after, calibration)
    snapshots = [after] if before is None else [before, after]
    outlook = outlook_of(snapshots, Asked(horizons_s=CHECK_HORIZONS_S, own=own))
    seen = Seen(after=after, own=own, outlook=outlook)
    words = kept(seen, history, keep_s=keep_s, end_s=end_s, origin="sample")
    if words:
        raise StateError(f"history: {words}")
    if verbose:
        count = sum(
            one.probability_ratio is not None for one in (outlook.forecasts if outlook else ())
        )
        emit(f"kept: a point and {count} forecasts\n")

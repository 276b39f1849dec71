"""``vmadvisor backtest``: walk recordings as if live, hold the forecasts against what came."""

from collections.abc import Iterable
from functools import partial
from typing import TextIO

import click

from vmadvisor.cli._calibration import required
from vmadvisor.cli._options import Number, calibration_option, emit, stdout_style
from vmadvisor.cli._progress import shown
from vmadvisor.cli._quantities import parse_horizons
from vmadvisor.errors import RootError
from vmadvisor.model.backtest.trial import Trials
from vmadvisor.model.calibration.calibration import Calibration
from vmadvisor.render.escape import terminal
from vmadvisor.replay.forecast_lines import line
from vmadvisor.replay.host_replay import host_replay
from vmadvisor.replay.replay import Replay, name_of, replay
from vmadvisor.replay.workers import each

FORMATS = ("text", "json", "markdown")
"""Those of ``render.backtest``, which loads numpy."""

DEFAULT_THRESHOLD_RATIO = 0.5
"""As ``metrics.THRESHOLD_RATIO``, whose module loads numpy."""


def _require_distinct(paths: Iterable[str]) -> None:
    """A line names its recording by the file alone: two of one name could not be told apart."""
    seen: dict[str, str] = {}
    for path in paths:
        name = name_of(path)
        if name in seen:
            message = f"{terminal(seen[name])} and {terminal(path)} would have the same name in it"
            raise click.BadParameter(message, param_hint="--forecasts")
        seen[name] = path


def _walked(path: str, horizons_s: tuple[float, ...], own: Calibration | None) -> Replay:
    """``RootError`` where the recording is not of the host that the calibration is for."""
    if own is None:
        return replay(path, horizons_s)
    found = host_replay(path, horizons_s, own)
    reason = own.unfit_for(found.host)
    if reason is not None:
        raise RootError(f"{path}: the calibration does not serve it: {reason}")
    return found.replay


def _say(path: str, result: Replay | str) -> None:
    """What was not as it should be, on standard error."""
    if isinstance(result, str):
        click.echo(f"vmadvisor: {terminal(result)}; it is left out", err=True)
        return
    for loss in result.losses:
        click.echo(f"vmadvisor: {terminal(path)}: {terminal(loss)}", err=True)
    if not result.trials:
        click.echo(f"vmadvisor: {terminal(path)}: too short to hold an instant", err=True)


@click.command(
    epilog="""\b
Examples:
  vmadvisor backtest recordings/*.tar.zst
  vmadvisor backtest *.tar.zst --horizons 10,30,1m --format markdown
  vmadvisor backtest *.tar.zst --forecasts said.jsonl --format json

\b
Instants are every fifth sample from the 26th on; one counts for a horizon
only if its recording lasts that long after it. Forecasts see nothing later
than their instant. A recording that cannot be read is named and left out; one
that breaks off is used as far as it goes."""
)
@click.argument("recordings", nargs=-1, required=True, metavar="RECORDING...", type=click.Path())
@click.option(
    "--horizons",
    default="10,30",
    show_default=True,
    metavar="SECONDS,...",
    help="How far ahead: seconds, or 90s, 10m, 1h.",
)
@click.option(
    "--forecasts",
    type=click.File("w", encoding="ascii", lazy=False),
    metavar="OUT.jsonl",
    help="Also write every forecast, one JSON object a line.",
)
@click.option(
    "--threshold",
    "threshold_ratio",
    type=Number(0, 1, min_open=True),
    default=DEFAULT_THRESHOLD_RATIO,
    show_default=True,
    metavar="P",
    help="The probability from which on a forecast counts as an alarm.",
)
@calibration_option
@click.option(
    "--jobs",
    "jobs_count",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="How many recordings at once.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Output format.",
)
def command(
    *,
    recordings: tuple[str, ...],
    horizons: str,
    forecasts: TextIO | None,
    threshold_ratio: float,
    calibration: str | None,
    jobs_count: int,
    format_: str,
) -> None:
    """Walk recordings as if live and say how good the forecasts were, beside simple rules."""
    horizons_s = parse_horizons(horizons, "--horizons")
    if forecasts is not None:
        _require_distinct(recordings)
    own = None if calibration is None else required(calibration)
    results = each(partial(_walked, horizons_s=horizons_s, own=own), recordings, jobs_count)
    read: list[Trials] = []
    for path, result in zip(recordings, shown(results, len(recordings), "walked"), strict=True):
        _say(path, result)
        if isinstance(result, Replay):
            read.append(Trials(name=result.name, trials=result.trials))
            if forecasts is not None:
                forecasts.writelines(line(result.name, trial) for trial in result.trials)
    if not read:
        raise RootError(f"none of {len(recordings)} recordings could be read")
    # numpy is loaded here, after the workers were forked.
    from vmadvisor.model.backtest.evaluation import evaluation
    from vmadvisor.render import backtest as output

    figures = evaluation(read, threshold_ratio=threshold_ratio)
    if not figures.sections:
        raise RootError("no recording lasts a whole horizon after an instant")
    emit(output.FORMATS[format_](figures, stdout_style()))

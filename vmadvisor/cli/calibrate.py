"""``vmadvisor calibrate``: fit this host's own correction of the forecast, or hold it against what came."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import click

from vmadvisor.cli._calibration import NAME, required
from vmadvisor.cli._from_history import HistoryTrials, history_trials
from vmadvisor.cli._options import emit, stdout_style
from vmadvisor.cli._progress import shown
from vmadvisor.cli._quantities import parse_horizons
from vmadvisor.collect.state_file import read_state, readable_paths, replace_state, writable_path
from vmadvisor.errors import RootError, StateError
from vmadvisor.model.backtest.trial import Trials
from vmadvisor.model.calibration.calibration import Calibration
from vmadvisor.model.calibration.host_identity import joined
from vmadvisor.model.calibration.stored import SIZE_MAX_BYTES, file_text, is_ours
from vmadvisor.render.escape import terminal
from vmadvisor.replay.host_replay import HostReplay, host_replay, other_boots, stranger
from vmadvisor.replay.workers import each

FORMATS = ("text", "json")
"""Those of ``render.calibration``, which loads numpy."""

Found = list[tuple[str, HostReplay]]


def _say(sentence: str) -> None:
    click.echo(f"vmadvisor: {terminal(sentence)}", err=True)


def _walked(paths: Sequence[str], horizons_s: tuple[float, ...], jobs_count: int) -> Found:
    """Every recording that can be read; what cannot, or is damaged, is said."""
    found: Found = []
    results = each(partial(host_replay, horizons_s=horizons_s), paths, jobs_count)
    for path, result in zip(paths, shown(results, len(paths), "walked"), strict=True):
        if isinstance(result, str):
            _say(f"{result}; it is left out")
            continue
        for loss in result.replay.losses:
            _say(f"{path}: {loss}")
        if not result.replay.trials:
            _say(f"{path}: too short to hold an instant")
        found.append((path, result))
    if not found:
        raise RootError(f"none of {len(paths)} recordings could be read")
    return found


def _of_one_host(found: Found) -> None:
    words = stranger(found)
    if words is not None:
        raise click.UsageError(f"{terminal(words)}. A calibration is for one host")
    for words in other_boots(found):
        _say(words)


def _trials(found: Found) -> list[Trials]:
    return [Trials(name=one.replay.name, trials=one.replay.trials) for _, one in found]


def _require_ours(path: str) -> None:
    """``StateError`` where something else lies at the path."""
    try:
        text = read_state(path, SIZE_MAX_BYTES)
    except StateError as error:
        raise StateError(f"{path} is not overwritten: {error}") from None
    if text is not None and not is_ours(text):
        raise StateError(f"{path} is not overwritten: it is no calibration of ours")


def _told(named: str, horizons_s: tuple[float, ...], found: Found) -> HistoryTrials:
    """What the history tells, said; a usage error where the recordings are another host's."""
    told = history_trials(named, horizons_s)
    for words in told.words():
        _say(words)
    for path, one in found:
        reason = told.host.difference(one.host)
        if reason is not None:
            raise click.UsageError(
                f"{terminal(path)} is of another host than the history: {reason}"
            )
    return told


def _require_maps(fitted: Calibration) -> None:
    """``StateError`` where a history was too short: it grows, a file that holds nothing helps nobody."""
    if not fitted.kept:
        reasons = "; ".join(f"{one.event}: {one.reason}" for one in fitted.events)
        raise StateError(f"the history tells too little, nothing is written: {reasons}")


def _fit(found: Found, horizons_s: tuple[float, ...], told: HistoryTrials | None) -> Calibration:
    from vmadvisor.model.calibration.fit_host import calibrated

    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return calibrated(
        _trials(found) + ([] if told is None else list(told.trials)),
        [one.physics for _, one in found if one.physics is not None],
        host=joined([one.host for _, one in found] + ([] if told is None else [told.host])),
        fitted_utc=now,
        horizons_s=horizons_s,
    )


def _stored_path(named: str | None) -> str:
    """The file to hold against recordings: the one named, or the first that lies at its place."""
    if named is not None:
        return named
    paths = readable_paths(NAME)
    return next((path for path in paths if read_state(path, SIZE_MAX_BYTES) is not None), paths[0])


def _hold(
    path: str, found: Found, format_: str, stored: Calibration, told: HistoryTrials | None
) -> None:
    """Prints what the stored map said of these recordings, and what came."""
    whose = [(name, one.host) for name, one in found]
    whose += [] if told is None else [(told.path, told.host)]
    for name, host in whose:
        reason = stored.unfit_for(host)
        if reason is not None:
            raise click.UsageError(
                f"{terminal(path)} cannot be held against {terminal(name)}: {reason}"
            )
    from vmadvisor.model.calibration.holding import holding
    from vmadvisor.render import calibration as output

    trials = _trials(found) + ([] if told is None else list(told.trials))
    emit(output.HELD[format_](holding(stored, trials), path, stdout_style()))


@click.command(
    epilog="""\b
Examples:
  vmadvisor calibrate recordings/*.tar.zst
  vmadvisor calibrate monday.tar.zst tuesday.tar.zst --output host.json
  vmadvisor calibrate --check wednesday.tar.zst
  vmadvisor calibrate --history            from what check and sample kept
  vmadvisor backtest wednesday.tar.zst --calibration host.json

\b
Recordings are of this one host; of another kernel series or MemTotal they are
refused. An event gets a map of its own if it had onsets enough and the map
does better on recordings (of a single one: stretches of time) that it was not
fitted on. check finds the file at its place; with --output it takes
--calibration FILE.
The place: /var/lib/vmadvisor for root, $XDG_STATE_HOME/vmadvisor for others."""
)
@click.argument("recordings", nargs=-1, metavar="RECORDING...", type=click.Path())
@click.option(
    "--history",
    is_flag=False,
    flag_value="",
    metavar="[PATH]",
    help="Take the forecasts that the history kept too, where what came is known.",
)
@click.option(
    "--output",
    "--calibration",
    "file",
    type=click.Path(),
    metavar="FILE",
    help="The file to write, or with --check to hold.  [default: calibration.json at its place]",
)
@click.option(
    "--check",
    is_flag=True,
    help="Fit nothing: hold the stored file against these recordings.",
)
@click.option(
    "--horizons",
    default="10,30",
    show_default=True,
    metavar="SECONDS,...",
    help="How far ahead: seconds, or 90s, 10m, 1h.",
)
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
    history: str | None,
    file: str | None,
    check: bool,
    horizons: str,
    jobs_count: int,
    format_: str,
) -> None:
    """Fit this host's own correction of the forecast from its recordings, or re-check it."""
    horizons_s = parse_horizons(horizons, "--horizons")
    paths = tuple(dict.fromkeys(recordings))
    if not paths and history is None:
        raise click.UsageError("Missing argument 'RECORDING...', or --history")
    if check:
        path = _stored_path(file)
        stored = required(path)
        found = _walked(paths, horizons_s, jobs_count) if paths else []
        _of_one_host(found)
        told = None if history is None else _told(history, horizons_s, found)
        _hold(path, found, format_, stored, told)
        return
    path = writable_path(NAME) if file is None else file
    _require_ours(path)
    found = _walked(paths, horizons_s, jobs_count) if paths else []
    _of_one_host(found)
    told = None if history is None else _told(history, horizons_s, found)
    fitted = _fit(found, horizons_s, told)
    if told is not None:
        _require_maps(fitted)
    replace_state(path, file_text(fitted))
    from vmadvisor.render import calibration as output

    emit(output.FITTED[format_](fitted, path, stdout_style()))

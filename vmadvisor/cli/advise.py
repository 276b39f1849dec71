"""``vmadvisor advise``: what to change on this host, with the effect that the model foretells."""

import time
from collections.abc import Sequence
from pathlib import Path

import click

from vmadvisor import __version__
from vmadvisor.advise.report import Report, make_report
from vmadvisor.advise.targets import FULL_STALL_DEFAULT_S_PER_H, Targets
from vmadvisor.cli._options import Seconds, config_option, emit, opened, stdout_style
from vmadvisor.cli._settings import given_settings
from vmadvisor.cli._watch import moments_of
from vmadvisor.collect import Request, Taken, taken
from vmadvisor.collect.roots import LiveRoot
from vmadvisor.model.outlook import Asked, track_of
from vmadvisor.model.sample import Sample
from vmadvisor.model.simulate.observed import observed
from vmadvisor.model.simulate.watched import Watched
from vmadvisor.model.track import KEEP_S, Track
from vmadvisor.render.advice import FORMATS
from vmadvisor.snapshot import Snapshot

SECONDS_MAX = 3600


def report_of(
    root: str,
    *,
    seconds_s: float,
    last_s: float,
    target_s_per_h: float | None = None,
    config: str | None = None,
) -> Report:
    """Watches, takes the two readings that ``check`` takes, judges; a target given here overrules the file's."""
    return report_and_watch(
        root, seconds_s=seconds_s, last_s=last_s, target_s_per_h=target_s_per_h, config=config
    )[0]


def report_and_watch(
    root: str,
    *,
    seconds_s: float,
    last_s: float,
    target_s_per_h: float | None = None,
    config: str | None = None,
) -> tuple[Report, Snapshot, Watched | None]:
    """The report, the last snapshot, and the load that was watched, where it can be simulated."""
    settings = given_settings(config, is_live=isinstance(opened(root), LiveRoot))
    request = Request(processes="shortlist", cgroups=True, configuration=True, past_s=KEEP_S)
    moments = moments_of(root, seconds_s, last_s)
    found = taken(opened(root), request)
    before, after = found.before, found.after
    asked = Asked(track=_track(found, [moment.sample for moment in moments]))
    if len(moments) < 2 and before is not None:  # noqa: PLR2004 - a captured pair is a short watch
        pair = (observed(before), observed(after))
        moments = [moment for moment in pair if moment is not None]
    given: list[object] = [*settings]
    if target_s_per_h is not None:
        given.append(Targets(full_stall_s_per_h=target_s_per_h))
    watched = Watched(moments, after) if len(moments) > 1 else None
    if watched is not None:
        given.append(watched)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    report = make_report(
        before, after, time_utc=now, tool_version=__version__, asked=asked, given=given
    )
    return report, after, watched


def _track(found: Taken, watched: Sequence[Sample]) -> Track:
    """A recording's own past; of this host what was watched, and the two readings after it."""
    if not found.after.host.is_live:
        return track_of(found.past)
    return track_of([one for one in (found.before, found.after) if one is not None], watched)


@click.command(
    epilog="""\b
Examples:
  vmadvisor advise                          this host, watched for 20 seconds
  vmadvisor advise --root rec.tar.zst       a recording's last half minute
  vmadvisor advise --write plan/            files to look through and install
  vmadvisor advise --format ansible         a play that does the same

Nothing is applied. Every recommendation has its command, its undo and what
the model foretells; without such an effect there is none."""
)
@click.option(
    "--root",
    type=click.Path(),
    default="/",
    show_default=True,
    metavar="PATH",
    help="A recording, or / for this host, which is watched for --seconds.",
)
@click.option(
    "--seconds",
    "seconds_s",
    type=Seconds(min=1, max=SECONDS_MAX),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to watch this host.",
)
@click.option(
    "--last",
    "last_s",
    type=Seconds(min=1, max=SECONDS_MAX),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How much of a recording's end to judge by.",
)
@click.option(
    "--target",
    "target_s_per_h",
    type=Seconds(min=0, max=SECONDS_MAX),
    default=None,
    metavar="SECONDS",
    help="Seconds an hour in which no task may get on for want of memory.  "
    f"[default: the configuration's, else {FULL_STALL_DEFAULT_S_PER_H:g}]",
)
@config_option
@click.option(
    "--write",
    "directory",
    type=click.Path(),
    metavar="DIR",
    help="Also write the plan there: settings, drop-ins, undo; foreign files stay.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(tuple(FORMATS)),
    default="text",
    show_default=True,
    help="Output format.",
)
def command(
    *,
    root: str,
    seconds_s: float,
    last_s: float,
    target_s_per_h: float | None,
    config: str | None,
    directory: str | None,
    format_: str,
) -> None:
    """Say what to change, what it would do, and how to take it back; changes nothing."""
    report = report_of(
        root, seconds_s=seconds_s, last_s=last_s, target_s_per_h=target_s_per_h, config=config
    )
    if directory is not None:
        from vmadvisor.cli._write_plan import write_plan

        write_plan(report, Path(directory))
    emit(FORMATS[format_](report, stdout_style()))

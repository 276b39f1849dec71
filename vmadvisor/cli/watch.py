"""``vmadvisor watch``: this host, or a recording, as it goes: a full screen, or lines like ``sar -B``."""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec

import click

from vmadvisor.cli._calibration import own_map
from vmadvisor.cli._check_options import SECONDS_MAX
from vmadvisor.cli._options import Seconds, calibration_option, config_option
from vmadvisor.cli._output import emit, stdout_style
from vmadvisor.cli._settings import given_settings
from vmadvisor.collect.roots import LIVE
from vmadvisor.errors import RootError
from vmadvisor.live.feed import Feed
from vmadvisor.live.host_moments import HostMoments
from vmadvisor.live.recording_moments import RecordingMoments
from vmadvisor.live.stream import stream
from vmadvisor.live.waits import NOT_ASKED, RECORDED, WaitSampler
from vmadvisor.live.watcher import Wanted, Watcher
from vmadvisor.render.live.frame import Waits
from vmadvisor.snapshot import Snapshot

FORMATS = ("text", "json")
SPEED_MAX = 1000.0
TOP_COUNT = 24
SCREEN_PROCESSES_EVERY_S = 3.0
LINES_PROCESSES_EVERY_S = 5.0
NO_TEXTUAL = "vmadvisor: the full screen needs textual (pip install 'vmadvisor[tui]'); here are lines instead"


@click.command(
    epilog="""\b
Examples:
  vmadvisor watch                              a full screen, until q
  vmadvisor watch --lines                      lines like those of sar -B 1
  vmadvisor watch --interval 5 --count 12 | tee host.txt
  vmadvisor watch --format json | jq .memory_full_ratio
  sudo vmadvisor watch --delays                who waits for memory, too
  vmadvisor watch --root rec.tar.zst --speed 4
  vmadvisor watch --root rec.tar.zst --at 40   paused at second 40

\b
Columns: low+MiB free above the low marks; availMiB MemAvailable; pages a
second scanned by kswapd (pgscank) and by tasks (pgscand), freed (pgsteal);
%vmeff freed/scanned; allocst direct reclaims; rfanon, rffile refaults;
pswpin, pswpout pages swapped; %some, %full memory stalls (PSI); %stall, %oom
the probability of a stall and of an OOM kill within 10 s. A dash is a number
that is not known. Keys of the screen: ? shows them. NO_COLOR is honoured."""
)
@click.option(
    "--interval",
    "interval_s",
    type=Seconds(min=0.1, max=SECONDS_MAX),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="Time between two moments.",
)
@click.option(
    "--count", type=click.IntRange(min=1), metavar="N", help="End after N lines (means --lines)."
)
@click.option("--lines", is_flag=True, help="Lines, also on a terminal.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="json: one object a line (means --lines).",
)
@click.option(
    "--root",
    type=click.Path(),
    default=LIVE,
    show_default=True,
    metavar="PATH",
    help="/ (this host), or a recording to replay.",
)
@click.option(
    "--at",
    "at_s",
    type=Seconds(min=0),
    metavar="SECONDS",
    help="Replay up to this moment at once, in the recording's seconds, and pause.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0, max=SPEED_MAX),
    metavar="X",
    help="How fast to replay; 0: without waiting.  [default: 1 on a screen, 0 for lines]",
)
@click.option(
    "--delays",
    is_flag=True,
    help="On the screen, ask taskstats who waits; takes CAP_NET_ADMIN.",
)
@calibration_option
@config_option
def command(
    *,
    interval_s: float,
    count: int | None,
    lines: bool,
    format_: str,
    root: str,
    at_s: float | None,
    speed: float | None,
    delays: bool,
    calibration: str | None,
    config: str | None,
) -> None:
    """Watch this host, or a recording, as it goes: reclaim, stalls, forecasts, victims."""
    is_live = not os.path.normpath(root).strip(LIVE) if root else False
    if is_live and (at_s is not None or speed is not None):
        raise click.UsageError(
            "--at and --speed are for a recording (--root): this host has no past"
        )
    is_screen = not lines and count is None and format_ == "text" and _has_terminal()
    if is_screen and find_spec("textual") is None:
        click.echo(NO_TEXTUAL, err=True)
        is_screen = False
    wanted = Wanted(
        interval_s=interval_s,
        has_verdict=is_screen,
        has_processes=is_screen,
        given=given_settings(config, is_live=is_live) if is_screen else (),
    )
    with ExitStack() as stack:
        waits_of = _waits(stack, is_live=is_live, is_asked=delays) if is_screen else None
        watcher = Watcher(wanted, own_of=lambda one: own_map(one, calibration), waits_of=waits_of)
        feed = Feed(watcher, is_recording=not is_live, until_s=at_s)
        if is_live:
            moments: HostMoments | RecordingMoments = HostMoments(
                interval_s,
                top_count=TOP_COUNT,
                processes_every_s=SCREEN_PROCESSES_EVERY_S
                if is_screen
                else LINES_PROCESSES_EVERY_S,
                sleep=feed.sleep,
            )
        else:
            default_speed = 1.0 if is_screen else 0.0
            moments = RecordingMoments(
                root,
                speed=default_speed if speed is None else speed,
                until_s=at_s,
                sleep=feed.sleep,
            )
        stack.callback(moments.close)
        if is_screen:
            _on_screen(feed, moments)
        else:
            _as_lines(moments, watcher, format_, count)


def _has_terminal() -> bool:
    """Whether a screen can be drawn: textual reads keys from standard input and draws on standard error."""
    streams = (sys.stdout, sys.stdin, sys.stderr)
    is_terminal = all(stream is not None and stream.isatty() for stream in streams)
    return is_terminal and os.environ.get("TERM") != "dumb"


def _waits(stack: ExitStack, *, is_live: bool, is_asked: bool) -> Callable[[Snapshot], Waits]:
    if not is_live:
        return lambda _: RECORDED
    if not is_asked:
        return lambda _: NOT_ASKED
    sampler = WaitSampler()
    stack.callback(sampler.close)
    return sampler


def _on_screen(feed: Feed, moments: HostMoments | RecordingMoments) -> None:
    from vmadvisor.live.screen import run_screen

    why = run_screen(feed, moments, is_unicode=stdout_style().is_unicode)
    if why is not None:
        raise RootError(why)


def _as_lines(
    moments: HostMoments | RecordingMoments, watcher: Watcher, format_: str, count: int | None
) -> None:
    """A reader that left, or Ctrl-C, is how it ends."""
    try:
        stream(moments, watcher, _write, format_=format_, count=count)
    except KeyboardInterrupt:
        return
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(text: str) -> None:
    emit(text)
    sys.stdout.flush()

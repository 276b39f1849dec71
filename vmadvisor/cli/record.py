"""``vmadvisor record``: a recording of this host, or a flight recorder."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from vmadvisor.cli._options import emit
from vmadvisor.cli._quantities import seconds_s, size_bytes
from vmadvisor.errors import RecordingError
from vmadvisor.recording.cost import Cost
from vmadvisor.recording.flight_recorder import Flight, fly
from vmadvisor.recording.recorder import record
from vmadvisor.recording.rotation import DAY_S, KEEP_MIN_BYTES, Keep
from vmadvisor.recording.sampler import Plan
from vmadvisor.recording.samples import SIZE_MIN_BYTES
from vmadvisor.recording.watch import KINDS

F = TypeVar("F", bound=Callable[..., Any])
N = TypeVar("N", int, float)

INTERVAL_S, FLIGHT_INTERVAL_S = 1.0, 0.2
INTERVAL_MIN_S = 0.01
TOP_COUNT, FLIGHT_TOP_COUNT = 10, 32
"""All of 500 idle processes would take 9 MB an hour, 10 take 0.4; memory costs less than a disk."""


def parsed(parse: Callable[[str], N], *, at_least: float = 0) -> Callable[..., N | None]:
    """An option's callback: its text as a number that is large enough."""

    def callback(ctx: click.Context, param: click.Parameter, text: str | None) -> N | None:
        del ctx, param
        if text is None:
            return None
        number = parse(text)
        if number < at_least:
            raise click.BadParameter(f"{text!r}: at least {at_least:g}")
        return number

    return callback


def kinds_of(ctx: click.Context, param: click.Parameter, text: str) -> tuple[str, ...]:
    """``pressure,stall`` as its words."""
    del ctx, param
    words = tuple(word.strip() for word in text.split(",") if word.strip())
    unknown = [word for word in words if word not in KINDS]
    if unknown or not words:
        raise click.BadParameter(f"{text!r}: expected some of {', '.join(KINDS)}, with commas")
    return words


def sampling_options(function: F) -> F:
    """What is read, and how often."""
    for decorate in (
        click.option(
            "--cgroups/--no-cgroups", default=True, help="Control groups too.  [default: yes]"
        ),
        click.option(
            "--top",
            "top_count",
            type=click.IntRange(min=0),
            metavar="K",
            help="Processes: the first K in the OOM killer's order and the K largest, and kswapd. "
            f"0 takes all of them.  [default: {TOP_COUNT}; {FLIGHT_TOP_COUNT} with --ring]",
        ),
        click.option(
            "--processes-every",
            "processes_every_s",
            callback=parsed(seconds_s, at_least=INTERVAL_MIN_S),
            default="5s",
            show_default=True,
            metavar="TIME",
            help="Time between two scans of processes and control groups.",
        ),
        click.option(
            "--duration",
            "duration_s",
            callback=parsed(seconds_s),
            metavar="TIME",
            help="Stop after this long.  [default: on SIGTERM or SIGINT]",
        ),
        click.option(
            "--interval",
            "interval_s",
            callback=parsed(seconds_s, at_least=INTERVAL_MIN_S),
            metavar="TIME",
            help=f"Time between two ticks.  [default: {INTERVAL_S:g}s; {FLIGHT_INTERVAL_S:g}s with --ring]",
        ),
    ):
        function = decorate(function)
    return function


def keeping_options(function: F) -> F:
    """How much stays on the disk."""
    function = click.option(
        "--keep-days",
        type=click.FloatRange(min=0, min_open=True),
        metavar="DAYS",
        help="Remove files that were last written to longer ago.",
    )(function)
    return click.option(
        "--keep-size",
        "keep_bytes",
        callback=parsed(size_bytes, at_least=KEEP_MIN_BYTES),
        metavar="SIZE",
        help="Remove the oldest files so that all together take no more. With either of these OUT is "
        "a pattern: OUT.20260131T235959Z.tar.zst, a new file every day or every eighth of SIZE.",
    )(function)


def flight_options(function: F) -> F:
    """When, and how much, the flight recorder writes."""
    for decorate in (
        click.option(
            "--pause",
            "pause_s",
            callback=parsed(seconds_s),
            default="5m",
            show_default=True,
            metavar="TIME",
            help="Least time between two recordings; what happens meanwhile is written after it.",
        ),
        click.option(
            "--after",
            "after_s",
            callback=parsed(seconds_s),
            default="10s",
            show_default=True,
            metavar="TIME",
            help="How long a recording goes on after the event.",
        ),
        click.option(
            "--stall-rate",
            "stall_per_s",
            type=click.FloatRange(min=0, min_open=True),
            default=100.0,
            show_default=True,
            metavar="RATE",
            help="stall: allocations per second that had to reclaim for themselves.",
        ),
        click.option(
            "--pressure",
            "pressure_pct",
            type=click.FloatRange(min=0.1, max=100),
            default=10.0,
            show_default=True,
            metavar="PERCENT",
            help="pressure: share of 2 s in which nothing ran for want of memory (PSI full).",
        ),
        click.option(
            "--ring-size",
            "ring_bytes",
            callback=parsed(size_bytes, at_least=SIZE_MIN_BYTES),
            default="8M",
            show_default=True,
            metavar="SIZE",
            help="Memory for samples, all taken at the start; the oldest make room.",
        ),
        click.option("--to", "directory", metavar="DIR", help="Where recordings go."),
        click.option(
            "--on",
            "kinds",
            callback=kinds_of,
            default=",".join(KINDS),
            show_default=True,
            metavar="EVENTS",
            help="What to write a recording for; SIGUSR1 always asks for one.",
        ),
        click.option(
            "--ring",
            "ring_s",
            callback=parsed(seconds_s, at_least=1),
            metavar="TIME",
            help="Be a flight recorder: keep this much in memory, write nothing until something happens.",
        ),
    ):
        function = decorate(function)
    return function


@click.command(
    epilog="""\b
Examples:
  vmadvisor record host.tar.zst --duration 15m
  vmadvisor record /var/log/vm/host.tar.zst --keep-size 500M --keep-days 14
  vmadvisor record --ring 10m --on pressure,stall,oom --to /var/log/vm
  vmadvisor check --root host.tar.zst --at 5852.5

A recording is a tar of <seconds of CLOCK_MONOTONIC>/<path> members; each tick
is flushed, so what was recorded before a crash can be read. SIGTERM and SIGINT
end it; a full disk ends it (exit 3) with all ticks so far."""
)
@click.argument("out", required=False, type=click.Path(dir_okay=False))
@sampling_options
@keeping_options
@flight_options
def command(
    *,
    out: str | None,
    interval_s: float | None,
    duration_s: float | None,
    processes_every_s: float,
    top_count: int | None,
    cgroups: bool,
    keep_bytes: int | None,
    keep_days: float | None,
    ring_s: float | None,
    kinds: tuple[str, ...],
    directory: str | None,
    ring_bytes: int,
    pressure_pct: float,
    stall_per_s: float,
    after_s: float,
    pause_s: float,
) -> None:
    """Record this host into OUT, or keep the last minutes in memory for when something happens."""
    if (out is None) == (ring_s is None) or (ring_s is None) != (directory is None):
        raise click.UsageError("give OUT to record into, or --ring TIME and --to DIR")
    is_flight = ring_s is not None
    if top_count is None:
        top_count = FLIGHT_TOP_COUNT if is_flight else TOP_COUNT
    plan = Plan(
        interval_s=interval_s or (FLIGHT_INTERVAL_S if is_flight else INTERVAL_S),
        processes_every_s=processes_every_s,
        top_count=top_count or None,
        cgroups=cgroups,
    )
    keep = Keep(size_bytes=keep_bytes, age_s=None if keep_days is None else keep_days * DAY_S)
    if out is not None:
        cost = record(out, plan, keep, duration_s=duration_s)
    else:
        flight = Flight(
            directory=directory or "",
            ring_s=ring_s or 0.0,
            ring_bytes=ring_bytes,
            on=kinds,
            stall_per_s=stall_per_s,
            pressure_pct=pressure_pct,
            after_s=after_s,
            pause_s=pause_s,
            keep=keep,
        )
        cost = fly(flight, plan, _say, duration_s=duration_s)
    emit(summary(cost))
    if cost.error is not None:
        raise RecordingError(cost.error)


def summary(cost: Cost) -> str:
    """What it cost, on a line; a line for each file."""
    late = f", {cost.missed_count} ticks missed" if cost.missed_count else ""
    files = "".join(f"{path}\n" for path in cost.paths)
    return (
        f"{files}{cost.ticks_count} ticks in {cost.duration_s:.1f} s (ended by {cost.ended_by}){late}: "
        f"{cost.cpu_s:.2f} s of CPU, {cost.cpu_pct:.2f} % of one; {cost.written_bytes} bytes, "
        f"{cost.bytes_per_hour / 1e6:.2f} MB/h\n"
    )


def _say(sentence: str) -> None:
    click.echo(f"vmadvisor: {sentence}", err=True)

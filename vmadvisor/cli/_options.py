"""Options and output that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from vmadvisor.cli._check_options import DEADLINE_MIN_S, DEADLINE_S, INTERVAL_S, SECONDS_MAX
from vmadvisor.cli._output import emit, opened, stdout_style

__all__ = [
    "DURATION",
    "Number",
    "Seconds",
    "calibration_option",
    "config_option",
    "deadline_option",
    "emit",
    "history_options",
    "interval_option",
    "opened",
    "root_options",
    "stdout_style",
    "top_option",
]

F = TypeVar("F", bound=Callable[..., Any])


class Number(click.FloatRange):
    """A range that NaN, which compares with nothing, does not slip through."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - what click hands over: text, or the default
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """The number.

        >>> Number(min=0).convert("0.2", None, None)
        0.2
        """
        number: float = super().convert(value, param, ctx)
        if number != number:  # noqa: PLR0124 - only NaN differs from itself
            self.fail(f"{value!r} is no number", param, ctx)
        return number


class Seconds(Number):
    """A duration in seconds."""


def root_options(function: F) -> F:
    """--root and --at."""
    function = click.option(
        "--at",
        "at_s",
        type=Seconds(min=0),
        metavar="SECONDS",
        help="In a recording: the moment to look at, in the recording's own seconds.  [default: its end]",
    )(function)
    return click.option(
        "--root",
        type=click.Path(),
        default="/",
        show_default=True,
        metavar="PATH",
        help="What to read: / (this host), a directory that stands for /, or an archive (.tar, .tar.gz, "
        ".tar.xz, .tar.zst; - for standard input) of such a tree or of a recording.",
    )(function)


def calibration_option(function: F) -> F:
    """--calibration."""
    return click.option(
        "--calibration",
        type=click.Path(),
        metavar="FILE",
        help="This host's own calibration, as vmadvisor calibrate writes it.",
    )(function)


class _Duration(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    name = "duration"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - what click hands over
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        from vmadvisor.cli._quantities import seconds_s

        del param, ctx
        found = seconds_s(str(value))
        if found <= 0:
            raise click.BadParameter("a duration is longer than 0 s")
        return found


DURATION = _Duration()
"""90d, 12h, 10m, 1.5 (seconds)."""


def history_options(function: F) -> F:
    """--history and --keep."""
    function = click.option(
        "--keep",
        "keep_s",
        type=DURATION,
        metavar="DURATION",
        help="How long the history goes back, from now on.  [default: as the configuration says, or was told before, else 90d]",
    )(function)
    return click.option(
        "--history",
        type=click.Path(),
        metavar="PATH",
        help="The history's file.  [default: history.sqlite at its place]",
    )(function)


def interval_option(function: F) -> F:
    """--interval."""
    return click.option(
        "--interval",
        "interval_s",
        type=Seconds(min=0, max=SECONDS_MAX),
        default=INTERVAL_S,
        show_default=True,
        metavar="SECONDS",
        help="Time between the two readings that rates are made of; 0 takes one reading.",
    )(function)


def deadline_option(function: F) -> F:
    """--deadline."""
    return click.option(
        "--deadline",
        "deadline_s",
        type=Seconds(min=DEADLINE_MIN_S, max=SECONDS_MAX),
        default=DEADLINE_S,
        show_default=True,
        metavar="SECONDS",
        help="End within this long, with what is known by then.",
    )(function)


class _FileName(click.Path):
    """Any name but none."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - what click hands over
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        if not value:
            self.fail("a file's name is expected", param, ctx)
        return str(super().convert(value, param, ctx))


def config_option(function: F) -> F:
    """--config."""
    return click.option(
        "--config",
        type=_FileName(),
        metavar="PATH",
        help="Targets, critical services, rules to ignore, days to keep.  [default: /etc/vmadvisor.toml of this host, if it is there]",
    )(function)


def top_option(function: F) -> F:
    """--top."""
    return click.option(
        "--top",
        "top_count",
        type=click.IntRange(min=1),
        default=10,
        show_default=True,
        help="How many rows per table.",
    )(function)

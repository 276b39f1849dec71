"""Options and output that several commands share."""

import errno
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from vmadvisor.collect import Root, open_root
from vmadvisor.render.style import DEFAULT_WIDTH_COLUMNS, Style

F = TypeVar("F", bound=Callable[..., Any])

WIDTH_MAX_COLUMNS = 120
"""Wider lines are harder to read, not easier."""

SECONDS_MAX = 3600


class Seconds(click.FloatRange):
    """A range that NaN, which compares with nothing, does not slip through."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - what click hands over: text, or the default
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Seconds.

        >>> Seconds(min=0).convert("0.2", None, None)
        0.2
        """
        seconds: float = super().convert(value, param, ctx)
        if seconds != seconds:  # noqa: PLR0124 - only NaN differs from itself
            self.fail(f"{value!r} is no number", param, ctx)
        return seconds


def root_options(function: F) -> F:
    """--root and --at."""
    function = click.option(
        "--at",
        "at_s",
        type=Seconds(),
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


def deadline_option(function: F) -> F:
    """--deadline."""
    return click.option(
        "--deadline",
        "deadline_s",
        type=Seconds(min=0.1, max=SECONDS_MAX),
        default=5.0,
        show_default=True,
        metavar="SECONDS",
        help="Stop reading after this long and report what was read.",
    )(function)


def opened(root: str) -> Root:
    """The root that ``--root`` names; ``RootError`` if it cannot be opened."""
    return open_root(root, stdin=sys.stdin.buffer if sys.stdin is not None else None)


def _require_stdout() -> None:
    """``OSError`` where our caller had closed standard output, as a write to it would raise."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def stdout_style(*, color: bool | None = None) -> Style:
    """Width, colour and characters of this process's standard output."""
    _require_stdout()
    is_terminal = sys.stdout.isatty()
    width = DEFAULT_WIDTH_COLUMNS
    if is_terminal:
        width = min(os.get_terminal_size(sys.stdout.fileno()).columns or width, WIDTH_MAX_COLUMNS)
    has_color = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    return Style(
        width_columns=width,
        has_color=has_color if color is None else color,
        is_unicode=encoding.startswith("utf"),
    )


def emit(text: str) -> None:
    """Writes a renderer's text; what the encoding lacks becomes a visible escape."""
    _require_stdout()
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))

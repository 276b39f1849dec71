"""Options and output that several commands share."""

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


def root_options(function: F) -> F:
    """--root and --at."""
    function = click.option(
        "--at",
        "at_s",
        type=float,
        metavar="SECONDS",
        help="In a recording: the moment to look at, in the recording's own seconds.  [default: its end]",
    )(function)
    return click.option(
        "--root",
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
        type=click.FloatRange(min=0.1),
        default=5.0,
        show_default=True,
        metavar="SECONDS",
        help="Stop reading after this long and report what was read.",
    )(function)


def opened(root: str) -> Root:
    """The root that ``--root`` names; ``RootError`` if it cannot be opened."""
    return open_root(root, stdin=sys.stdin.buffer if sys.stdin is not None else None)


def stdout_style(*, color: bool | None = None) -> Style:
    """Width, colour and characters of this process's standard output."""
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
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))

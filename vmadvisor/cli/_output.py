"""What commands read from and write to; loaded by itself."""

import errno
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.collect import Root
    from vmadvisor.render.style import Style

WIDTH_MAX_COLUMNS = 120
"""Wider lines are harder to read, not easier."""


def opened(root: str) -> "Root":
    """The root that ``--root`` names; ``RootError`` if it cannot be opened."""
    from vmadvisor.collect import open_root

    return open_root(root, stdin=sys.stdin.buffer if sys.stdin is not None else None)


def _require_stdout() -> None:
    """``OSError`` where our caller had closed standard output, as a write to it would raise."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def stdout_style(*, color: bool | None = None) -> "Style":
    """Width, colour and characters of this process's standard output."""
    from vmadvisor.render.style import DEFAULT_WIDTH_COLUMNS, Style

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
    sys.stdout.write(printable(text))


def printable(text: str) -> str:
    """The text as standard output's encoding can take it."""
    _require_stdout()
    encoding = sys.stdout.encoding or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)

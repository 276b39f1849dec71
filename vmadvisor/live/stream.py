"""Frames as lines, each written out at once: for pipes, logs and terminals without the screen's library."""

from collections.abc import Callable

from vmadvisor.live.feed import Moments
from vmadvisor.live.watcher import Watcher
from vmadvisor.render.live import lines as live_lines
from vmadvisor.render.live.lines import SCREENFUL_LINES


def stream(
    moments: Moments,
    watcher: Watcher,
    write: Callable[[str], object],
    *,
    format_: str,
    count: int | None,
    screenful_lines: int = SCREENFUL_LINES,
) -> None:
    """Writes ``count`` lines, or until the moments are over; the first comes after the first interval."""
    written_count = 0
    for moment in moments:
        frame = watcher.add(moment)
        if frame is None or frame.interval_s is None:
            continue
        if format_ == "text" and written_count % screenful_lines == 0:
            write(("\n" if written_count else "") + live_lines.header())
        write(live_lines.FORMATS[format_](frame))
        written_count += 1
        if count is not None and written_count >= count:
            return

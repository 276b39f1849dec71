"""``check`` of a live host, within its deadline: a whole verdict, or a partial one that says so.

The deadline counts from the program's first instruction. Of it, what loading took is gone; half as long
again is kept for deriving, judging and rendering; the rest is for reading. Where all that is not enough, an
alarm rings in time to say what a first look told (``vmadvisor.urgent``).
"""

import sys
import time

from vmadvisor import urgent, urgent_answer
from vmadvisor.cli._alarm import Alarm
from vmadvisor.urgent import OutOfTimeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.cli._check_options import CheckOptions

_RESERVE_PER_LOADING_RATIO = 0.5
_READING_MIN_RATIO = 0.05
_INTERVAL_FREE_RATIO = 0.2
"""So much of the deadline may pass between the two readings; a longer interval puts the end off."""

_LATE_RATIO = 0.3
_LATE_INTERVAL_S = 0.2
"""The interval where loading has already taken that much of the deadline."""

_EBADF = 9


def check_in_time(options: "CheckOptions", started_s: float) -> int:
    """Prints the verdict; returns its exit code."""
    text, code = within_deadline(options, started_s)
    try:
        if sys.stdout is None:
            raise OSError(_EBADF, "standard output is closed")  # noqa: TRY301 - as the write would
        sys.stdout.write(text)
        sys.stdout.flush()
    except BaseException:
        if options.on_change:
            from vmadvisor.cli._on_change import untold

            untold(options)
        raise
    if not options.no_history:
        from vmadvisor.cli._remember import remember

        remember(options, end_s=started_s + options.deadline_s + _longer_s(options))
    return code


def _longer_s(options: "CheckOptions") -> float:
    return max(0.0, options.interval_s - _INTERVAL_FREE_RATIO * options.deadline_s)


def within_deadline(options: "CheckOptions", started_s: float) -> tuple[str, int]:
    """(what to print, the exit code)."""
    deadline_s = options.deadline_s
    longer_s = _longer_s(options)
    first = urgent.Look()
    spent_s = time.monotonic() - started_s
    try:
        if urgent.is_hopeless(first, spent_s, deadline_s):
            raise OutOfTimeError  # noqa: TRY301 - as if the alarm had rung already
        with Alarm(longer_s + urgent.ALARM_SHARE_RATIO * deadline_s - spent_s):
            return _whole(options, started_s, deadline_s + longer_s)
    except OutOfTimeError:
        partial = urgent_answer.Partial(first, limit_s=deadline_s + longer_s, started_s=started_s)
        return urgent_answer.FORMATS[options.format_](partial), partial.exit_code


def _whole(options: "CheckOptions", started_s: float, limit_s: float) -> tuple[str, int]:
    from vmadvisor.cli._output import printable
    from vmadvisor.cli._verdict import verdict

    spent_s = time.monotonic() - started_s
    interval_s = options.interval_s
    if spent_s > _LATE_RATIO * options.deadline_s:
        interval_s = min(interval_s, _LATE_INTERVAL_S)
    left_s = limit_s - interval_s - spent_s * (1 + _RESERVE_PER_LOADING_RATIO)
    reading_s = max(_READING_MIN_RATIO * limit_s, left_s)
    text, code = verdict(options, interval_s=interval_s, deadline_s=reading_s)
    return printable(text), code

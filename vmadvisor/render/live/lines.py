"""The live view as lines, ``sar -B`` with what it lacks, and as JSON, one object a line.

time     low+MiB availMiB pgscank/s pgscand/s pgsteal/s %vmeff allocst/s ... %some %full %stall   %oom
07:21:33      12      150       410         0       402     98         0 ...   1.2     0      3    0.4
"""

import time
from collections.abc import Callable

from vmadvisor.model.events import MEMORY_STALL, OOM
from vmadvisor.records import dataclass
from vmadvisor.render.escape import terminal
from vmadvisor.render.json_text import line as json_line
from vmadvisor.render.live.frame import Frame

AHEAD_S = 10.0
UNKNOWN = "-"
SCREENFUL_LINES = 22
"""Lines between two headers: a screen of 24, less the header and the prompt."""

_SMALL = 10
_MIB_BYTES = 2**20


def number(value: float | None) -> str:
    """A number of few characters; unknown is a dash and never 0.

    >>> number(0.0), number(3.14), number(4711.6), number(None), number(0.004)
    ('0', '3.1', '4712', '-', '0.0')
    """
    if value is None:
        return UNKNOWN
    return f"{value:.1f}" if 0 < abs(value) < _SMALL else f"{value:.0f}"


def _mib(pages: int | None, frame: Frame) -> float | None:
    page_bytes = frame.host.page_size_bytes
    return None if pages is None or page_bytes is None else pages * page_bytes / _MIB_BYTES


def _pct(ratio: float | None) -> float | None:
    return None if ratio is None else ratio * 100


def _rate(name: str) -> Callable[[Frame], float | None]:
    def of(frame: Frame) -> float | None:
        found: float | None = None if frame.activity is None else getattr(frame.activity, name)
        return found

    return of


def _stall(name: str) -> Callable[[Frame], float | None]:
    return lambda frame: None if frame.stall is None else _pct(getattr(frame.stall, name))


def _efficiency(frame: Frame) -> float | None:
    return None if frame.activity is None else _pct(frame.activity.efficiency_ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A title, and the number below it; as wide as the title or ``width``."""

    title: str
    value: Callable[[Frame], float | None]
    width: int = 0

    def cell(self, text: str) -> str:
        """Right-aligned, a blank before it."""
        return " " + text.rjust(max(len(self.title), self.width))


COLUMNS = (
    Column(title="low+MiB", value=lambda f: _mib(f.slack_pages, f)),
    Column(title="availMiB", value=lambda f: _mib(f.available_pages, f)),
    Column(title="pgscank/s", value=_rate("scan_kswapd_pages_per_s")),
    Column(title="pgscand/s", value=_rate("scan_direct_pages_per_s")),
    Column(title="pgsteal/s", value=_rate("steal_pages_per_s")),
    Column(title="%vmeff", value=_efficiency),
    Column(title="allocst/s", value=_rate("allocstall_per_s")),
    Column(title="rfanon/s", value=_rate("refault_anon_pages_per_s")),
    Column(title="rffile/s", value=_rate("refault_file_pages_per_s")),
    Column(title="pswpin/s", value=_rate("swapin_pages_per_s")),
    Column(title="pswpout/s", value=_rate("swapout_pages_per_s")),
    Column(title="%some", value=_stall("memory_some_ratio")),
    Column(title="%full", value=_stall("memory_full_ratio")),
    Column(title="%stall", value=lambda f: _pct(f.probability_ratio(MEMORY_STALL, AHEAD_S))),
    Column(title="%oom", value=lambda f: _pct(f.probability_ratio(OOM, AHEAD_S)), width=5),
)
"""Names as sar's and vmstat's where they have one; ``%stall`` and ``%oom`` are forecasts for 10 s."""

_CLOCK_COLUMNS = 9


def clock(frame: Frame) -> str:
    """The time of day here, or a recording's seconds."""
    if frame.extras.time_utc_s is None:
        return f"{frame.time_s:.2f}"
    return time.strftime("%H:%M:%S", time.localtime(frame.extras.time_utc_s))


def header() -> str:
    """The columns' titles."""
    return "time".ljust(_CLOCK_COLUMNS) + "".join(c.cell(c.title) for c in COLUMNS) + "\n"


def as_line(frame: Frame) -> str:
    """One line, with its end; before it a line for everything that befell the host or its clock."""
    head = clock(frame).ljust(_CLOCK_COLUMNS)
    notes = "".join(f"{head} {terminal(note)}\n" for note in frame.extras.notes)
    return notes + head + "".join(c.cell(number(c.value(frame))) for c in COLUMNS) + "\n"


def _utc(time_utc_s: float | None) -> str | None:
    if time_utc_s is None:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time_utc_s))


def as_json(frame: Frame) -> str:
    """One JSON object on one line, with its end; absent is ``null``."""
    page_bytes, now = frame.host.page_size_bytes, frame.activity

    def size(pages: int | None) -> int | None:
        return None if pages is None or page_bytes is None else pages * page_bytes

    document = {
        "time_s": frame.time_s,
        "time_utc": _utc(frame.extras.time_utc_s),
        "interval_s": frame.interval_s,
        "free_above_low_bytes": size(frame.slack_pages),
        "low_to_min_bytes": size(frame.gap_pages),
        "available_bytes": size(frame.available_pages),
        "swap_free_bytes": size(frame.swap_free_pages),
        "reclaimers": frame.reclaimers,
        "steal_pages_per_s": None if now is None else now.steal_pages_per_s,
        "efficiency_ratio": None if now is None else now.efficiency_ratio,
        "allocstall_per_s": None if now is None else now.allocstall_per_s,
        "refault_anon_pages_per_s": None if now is None else now.refault_anon_pages_per_s,
        "refault_file_pages_per_s": None if now is None else now.refault_file_pages_per_s,
        "swapin_pages_per_s": None if now is None else now.swapin_pages_per_s,
        "swapout_pages_per_s": None if now is None else now.swapout_pages_per_s,
        "oom_kill_count": None if now is None else now.oom_kill_count,
        "memory_some_ratio": None if frame.stall is None else frame.stall.memory_some_ratio,
        "memory_full_ratio": None if frame.stall is None else frame.stall.memory_full_ratio,
        "forecasts": [
            {
                "event": one.event,
                "scope": one.scope,
                "horizon_s": one.horizon_s,
                "probability_ratio": one.probability_ratio,
                "low_ratio": one.low_ratio,
                "high_ratio": one.high_ratio,
                "reason": one.reason,
            }
            for one in (() if frame.outlook is None else frame.outlook.forecasts)
        ],
        "notes": frame.extras.notes,
    }
    return json_line(document) + "\n"


FORMATS: dict[str, Callable[[Frame], str]] = {"text": as_line, "json": as_json}

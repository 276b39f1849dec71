"""What a run leaves in the history: after its output, within its deadline, whatever becomes of the disk.

A forked child writes, for a write can hang where no signal reaches it; it is given up at the deadline, and
what it had not committed is taken back by whoever opens the file next. What needs no disk of the history's is
done before the fork: a child pays for each page that it touches once more. Of a host that stalls for memory
nothing is kept: that would be the work of the admin's own shell, put off.
"""

import gc
import os
import signal
import sys
import time

from vmadvisor.cli._alarm import Alarm
from vmadvisor.urgent import OutOfTimeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vmadvisor.cli._check_options import CheckOptions
    from vmadvisor.history.entry import Entry
    from vmadvisor.model.forecast import Outlook
    from vmadvisor.model.own_map import OwnMap
    from vmadvisor.model.past import Said
    from vmadvisor.snapshot import Snapshot

PRESSURE_MAX_PCT = 40.0
"""PSI memory full avg10 from which on nothing is kept: where VMA-RECLAIM-001 is CRITICAL."""

_LEAST_S = 0.05
_NO_TIME = "this run is not kept: the deadline left no time"
_WORDS_MAX_BYTES = 4096


class Seen:
    """What a verdict rests on; ``status`` is empty where none was given."""

    __slots__ = ("after", "finding_ids", "headline", "outlook", "own", "status")

    def __init__(
        self,
        *,
        after: "Snapshot",
        own: "OwnMap | None",
        outlook: "Outlook | None",
        status: str = "",
        finding_ids: tuple[str, ...] = (),
        headline: str = "",
    ) -> None:
        self.after = after
        self.own = own
        self.outlook = outlook
        self.status = status
        self.finding_ids = finding_ids
        self.headline = headline


def remember(options: "CheckOptions", *, end_s: float) -> None:
    """Appends what ``options.seen`` holds until ``end_s`` (monotonic); what went wrong goes to standard error.

    Without ``--history`` only a live host is kept, and where there is no place to keep it nothing is said.
    """
    seen = options.seen
    if options.no_history or (options.history is None and options.root != "/"):
        return
    if seen is None:
        _say("the deadline left no time")
        return
    words = kept([seen], options.history, keep_s=options.keep_s, end_s=end_s, origin="check")
    if words:
        _say(words)


def kept(
    seen: "Sequence[Seen]", path: str | None, *, keep_s: float | None, end_s: float, origin: str
) -> str | None:
    """Appends a run, and what followed it; returns what is to be said of it: notes, or why it is not kept."""
    if _full_avg10_pct(seen[-1].after) >= PRESSURE_MAX_PCT:
        return "this run is not kept: the host stalls for memory"
    now_utc_s, now_s = time.time(), time.monotonic()
    if end_s - now_s < _LEAST_S:
        return _NO_TIME
    try:
        with Alarm(end_s - now_s):
            # For the child, which would copy the pages that loading it writes to.
            import vmadvisor.history.store  # noqa: F401

            entries = _entries(seen, origin, now_utc_s - now_s)
    except OutOfTimeError:
        return _NO_TIME
    except Exception as error:  # noqa: BLE001 - all was said but this
        return _broken(error)

    def work() -> str:
        return _append(entries, path, keep_s, origin)

    return _in_child(work, end_s - time.monotonic())


def _full_avg10_pct(snapshot: "Snapshot") -> float:
    from vmadvisor.sources.pressure import MemoryPressure

    found = snapshot.get(MemoryPressure)
    return 0.0 if found is None or found.full is None else found.full.avg10_pct


def _say(words: str) -> None:
    from vmadvisor.render.escape import terminal

    if sys.stderr is not None:
        try:
            sys.stderr.write(f"vmadvisor: history: {terminal(words)}\n")
        except OSError:
            return


def _in_child(work: "Callable[[], str]", limit_s: float) -> str | None:
    """What ``work`` returned in a child of ours; why not, where it did not end in time."""
    import select

    from vmadvisor.collect.forked import keep_only, reap

    if limit_s < _LEAST_S:
        return _NO_TIME
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            gc.disable()  # it touches every object that there is, and a child copies what it touches
            writer = keep_only(writer)
            os.write(writer, work().encode("utf-8", "surrogateescape")[:_WORDS_MAX_BYTES] + b"\n")
        finally:
            # No close: the file stays as it is committed, and nobody waits for the disk.
            os._exit(0)
    os.close(writer)
    is_over = bool(select.select([reader], [], [], limit_s)[0])
    said = os.read(reader, _WORDS_MAX_BYTES + 1) if is_over else b""
    os.close(reader)
    if not said.endswith(b"\n"):
        os.kill(pid, signal.SIGKILL)
    reap(pid)
    if not is_over:
        return f"this run is not kept: not written within {limit_s:.1f} s"
    if not said:
        return "this run is not kept: the writer broke off"
    return said.decode("utf-8", "surrogateescape").strip()


def _append(entries: "Sequence[Entry]", path: str | None, keep_s: float | None, origin: str) -> str:
    """In the child: what is to be said, empty where all is well."""
    from vmadvisor.errors import StateError
    from vmadvisor.history import place

    try:
        target = place.default_path() if path is None else path
    except StateError as error:
        return "" if origin == "check" else str(error)
    try:
        from vmadvisor.history.store import append_to

        notes = append_to(target, *entries, keep_s=keep_s)
    except StateError as error:
        return f"this run is not kept: {error}"
    except Exception as error:  # noqa: BLE001 - the last words of a child that must not speak elsewhere
        return _broken(error)
    return "; ".join(notes)


def _broken(error: Exception) -> str:
    return f"this run is not kept: {type(error).__name__}: {str(error)[:200]}"


def _entries(seen: "Sequence[Seen]", origin: str, epoch_utc_s: float) -> "list[Entry]":
    from vmadvisor.history.rows import FOLLOW

    first, *later = seen
    entries = [_entry(first, origin, epoch_utc_s)]
    entries += [_following(entries[0], _entry(one, FOLLOW, epoch_utc_s)) for one in later]
    return entries


def _following(first: "Entry", later: "Entry") -> "Entry":
    """Of the same host and boot, which a few files do not tell."""
    from vmadvisor.records import replace

    if first.point is None or later.point is None:
        return later
    point = replace(later.point, boot_id=first.point.boot_id)
    return replace(later, point=point, host=first.host)


def _entry(seen: Seen, origin: str, epoch_utc_s: float) -> "Entry":
    from vmadvisor.history.entry import Entry
    from vmadvisor.model.calibration.host_identity import identity_of
    from vmadvisor.model.past import PastVerdict, point_of
    from vmadvisor.sources.vmstat import Vmstat

    after = seen.after
    since_boot_s = after.time_of_s(Vmstat) or after.time_s
    is_live = after.host.is_live
    time_utc_s = since_boot_s + (epoch_utc_s if is_live else 0.0)
    said, model = _foretold(seen, time_utc_s)
    verdict = PastVerdict(
        time_utc_s=time_utc_s,
        status=seen.status,
        finding_ids=tuple(dict.fromkeys(seen.finding_ids)),
        headline=seen.headline,
    )
    return Entry(
        time_utc_s=time_utc_s,
        host=identity_of(after),
        since_boot_s=since_boot_s,
        point=point_of(after, time_utc_s=time_utc_s, origin=origin if is_live else "recording"),
        said=said,
        model_id=model,
        verdict=verdict if seen.status else None,
    )


def _foretold(seen: Seen, time_utc_s: float) -> "tuple[tuple[Said, ...], str | None]":
    """(forecasts, the model's id); of one reading there are none."""
    outlook = seen.outlook
    if outlook is None or all(one.probability_ratio is None for one in outlook.forecasts):
        return (), None
    import vmadvisor.model.outcomes  # noqa: F401 - of the last run's forecasts
    from vmadvisor.model.calibration.model_id import model_id
    from vmadvisor.model.said import said_of

    return said_of(outlook, time_utc_s=time_utc_s, own=seen.own), model_id()

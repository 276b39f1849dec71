"""``delays``: who waited for memory, for what and how long; and whose waits are not known."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from vmadvisor.model.delay_accounting import Accounting
from vmadvisor.model.delays import Delays, Loss, Stall
from vmadvisor.render.json_text import dumps
from vmadvisor.render.style import Style
from vmadvisor.snapshot import Gap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.render.parts import Grid, Part

_KINDS = ("lost", "reclaim", "swap-in", "thrash", "compact")
_NS_PER_S, _US_PER_S = 1_000_000_000, 1_000_000
_OFF = (
    "kernel.task_delayacct is off: no task's waits are counted (it would count those of tasks started "
    "after it is on: --enable-delayacct, or delayacct on the kernel's command line for all)"
)


def notes(delays: Delays, accounting: Accounting) -> list[str]:
    """What the numbers leave out."""
    found = []
    if accounting.is_on is False:
        found.append(_OFF)
    elif delays.uncounted_count:
        found.append(
            f"{delays.uncounted_count} of {delays.seen_count} processes were started before "
            "kernel.task_delayacct was on: their waits are not counted"
        )
    if delays.unsure_count:
        found.append(
            f"{delays.unsure_count} of {delays.seen_count} processes never waited, or were started "
            "before kernel.task_delayacct was on and are not counted: nothing tells"
        )
    if delays.ended_count:
        found.append(f"{delays.ended_count} processes ended meanwhile: what they lost is not known")
    return found


def as_json(
    delays: Delays, accounting: Accounting, gaps: Sequence[Gap], style: Style, *, top_count: int
) -> str:
    """``{"interval_s", "accounting", "processes", "units", "cgroups", "pressure", "gaps", ...}``."""
    del style, top_count
    return dumps(
        {
            "interval_s": delays.interval_s,
            "taskstats_version": delays.version,
            "accounting": accounting,
            "seen_count": delays.seen_count,
            "ended_count": delays.ended_count,
            "uncounted_count": delays.uncounted_count,
            "unsure_count": delays.unsure_count,
            "processes": [
                {
                    "pid": one.pid_id,
                    "comm": one.comm,
                    "cgroup": one.cgroup_path,
                    **_numbers(one.loss),
                }
                for one in delays.processes
            ],
            "units": [
                {"unit": one.name, "processes_count": one.processes_count, **_numbers(one.loss)}
                for one in delays.units
            ],
            "cgroups": [
                {"cgroup": one.name, "processes_count": one.processes_count, **_numbers(one.loss)}
                for one in delays.cgroups
            ],
            "pressure": {"host": delays.host, "cgroups": delays.stalls},
            "notes": notes(delays, accounting),
            "gaps": gaps,
        }
    )


def _numbers(loss: Loss) -> dict[str, int | None]:
    return {
        "lost_ns": loss.lost_ns,
        "reclaim_ns": loss.reclaim_ns,
        "swapin_ns": loss.swapin_ns,
        "thrashing_ns": loss.thrashing_ns,
        "compact_ns": loss.compact_ns,
    }


def as_text(
    delays: Delays, accounting: Accounting, gaps: Sequence[Gap], style: Style, *, top_count: int
) -> str:
    """Tables of processes, units and cgroups, those that lost most first; then what is not in them."""
    from vmadvisor.render.layout import printed

    parts: list[Part] = [*_processes(delays, accounting, top_count), *_stalls(delays, top_count)]
    parts += notes(delays, accounting)
    parts += [f"gap {gap.path}: {gap.reason}; {gap.cost}" for gap in gaps]
    return printed(parts, style)


def _processes(delays: Delays, accounting: Accounting, top_count: int) -> "Iterator[Part]":
    from vmadvisor.render.layout import row, table

    if delays.version is None or accounting.is_on is False:
        return
    yield f"time lost waiting for memory within {delays.interval_s:.1f} s, by process"
    if not delays.processes:
        yield "no wait was counted"
        yield ""
        return
    result = table("pid", "name", *_KINDS, "cgroup", numbers=(0, 2, 3, 4, 5, 6))
    for one in delays.processes[:top_count]:
        row(result, str(one.pid_id), one.comm, *_cells(one.loss), one.cgroup_path or "?")
    yield result
    yield from _left_out(len(delays.processes), top_count)
    for title, groups in (("systemd unit", delays.units), ("cgroup", delays.cgroups)):
        if title == "cgroup" and {one.name for one in groups} == {one.name for one in delays.units}:
            continue
        if groups:
            own = table(title, "processes", *_KINDS, numbers=(1, 2, 3, 4, 5, 6))
            for group in groups[:top_count]:
                row(own, group.name, str(group.processes_count), *_cells(group.loss))
            yield own
            yield from _left_out(len(groups), top_count)
    yield "lost: at least; a wait for swap may be counted as swap-in and as thrashing"
    yield ""


def _left_out(count: int, top_count: int) -> Iterable[str]:
    return [f"{count - top_count} more (--top)", ""] if count > top_count else [""]


def _cells(loss: Loss) -> tuple[str, ...]:
    return tuple(
        seconds(None if number is None else number / _NS_PER_S)
        for number in (
            loss.lost_ns, loss.reclaim_ns, loss.swapin_ns, loss.thrashing_ns, loss.compact_ns,
        )
    )  # fmt: skip


def _stalls(delays: Delays, top_count: int) -> "Iterator[Part]":
    from vmadvisor.render.layout import row, table

    yield f"pressure stall (PSI memory) within {delays.interval_s:.1f} s"
    result: Grid = table("cgroup", "some stalled", "all stalled", numbers=(1, 2))
    for stall in (*(() if delays.host is None else (delays.host,)), *delays.stalls[:top_count]):
        row(result, stall.path, *_shares(stall, delays.interval_s))
    if result.rows:
        yield result
        yield from _left_out(len(delays.stalls), top_count)
    else:
        yield "not known"
        yield ""


def _shares(stall: Stall, interval_s: float) -> tuple[str, ...]:
    return tuple(
        "?"
        if us is None
        else f"{seconds(us / _US_PER_S)} ({min(us / _US_PER_S / interval_s, 1.0):.0%})"
        for us in (stall.some_us, stall.full_us)
    )


def seconds(duration_s: float | None) -> str:
    """Seconds, or milliseconds where less.

    >>> seconds(2.345), seconds(0.0123), seconds(0.0), seconds(None), seconds(0.0004)
    ('2.3 s', '12 ms', '0', '?', '<1 ms')
    """
    if duration_s is None:
        return "?"
    if duration_s == 0:
        return "0"
    if duration_s < 0.001:  # noqa: PLR2004 - below a millisecond
        return "<1 ms"
    return f"{duration_s:.1f} s" if duration_s >= 1 else f"{duration_s * 1000:.0f} ms"


FORMATS: dict[str, Callable[..., str]] = {"text": as_text, "json": as_json}

"""How the forecast's times open into fans: from what is free now to the low mark, from what is left to nothing."""

from collections.abc import Callable

from vmadvisor.advise.report import Report
from vmadvisor.model.forecast import Quantiles
from vmadvisor.model.times import FORESEEN_S
from vmadvisor.render.chart import Fan

_LEAST_S = 5.0

Level = Callable[[Report], float | None]


def fans(report: Report) -> tuple[Fan, ...]:
    """Those that reach their level within what can be foreseen; none where nothing runs out."""
    if report.outlook is None or report.outlook.refusal is not None:
        return ()
    by_what = {one.what: one for one in report.outlook.times}
    found = (
        _fan(by_what.get("low mark"), "until kswapd wakes", "free", _free(report), _low(report)),
        _fan(by_what.get("oom"), "until all is used up", "available", _available(report), 0.0),
    )
    return tuple(fan for fan in found if fan is not None)


def ahead_s(found: tuple[Fan, ...]) -> float:
    """How far ahead to draw: to the farthest end, within what can be foreseen."""
    ends = [end for fan in found for end in (fan.p10_s, fan.p50_s, fan.p90_s) if end is not None]
    return min(FORESEEN_S, max([_LEAST_S, *(end * 1.1 for end in ends)])) if found else 0.0


def _fan(
    told: Quantiles | None, name: str, role: str, start: float | None, level: float | None
) -> Fan | None:
    if told is None or start is None or level is None or start <= level:
        return None
    if told.p50_s is None or told.p50_s > FORESEEN_S:
        return None
    return Fan(
        name=name,
        role=role,
        start=start,
        level=level,
        p10_s=told.p10_s,
        p50_s=told.p50_s,
        p90_s=told.p90_s,
    )


def _page(report: Report) -> int:
    return report.host.page_size_bytes or 0


def _available(report: Report) -> float | None:
    now = report.availability
    return None if now is None else float(now.available_pages * now.page_size_bytes)


def _free(report: Report) -> float | None:
    room = report.headroom
    return None if room is None else float(sum(n.free_pages for n in room.nodes) * _page(report))


def _low(report: Report) -> float | None:
    room = report.headroom
    if room is None:
        return None
    return float(sum(z.low_pages for z in room.zones if not z.is_protected) * _page(report))

"""One line and performance data for Nagios and its kin, details behind it.

Form: ``VMADVISOR STATUS - text | 'label'=value[UOM];warn;crit;min;max`` (Monitoring Plugins
Development Guidelines); an unknown value is ``U``. Nagios reads the first 4 KiB of what a plugin prints and
nothing after it, so what is left out is said within them.
"""

from vmadvisor.advise.finding import HOST, Finding
from vmadvisor.advise.report import Report
from vmadvisor.render.escape import nagios as escaped
from vmadvisor.render.quantities import quantity
from vmadvisor.render.style import Style
from vmadvisor.units import KIB_BYTES

OUTPUT_MAX_BYTES = 4096


def _perfdata(label: str, value: float | None, unit: str = "") -> str:
    """The guidelines allow digits, sign and point in a value: no exponent, however large.

    >>> _perfdata("total", 549755813888, "B"), _perfdata("rate", 0.25), _perfdata("swap", None)
    ("'total'=549755813888B", "'rate'=0.25", "'swap'=U")
    """
    if value is None:
        return f"'{label}'=U"
    digits = str(value) if isinstance(value, int) else f"{value:.6f}".rstrip("0").rstrip(".")
    return f"'{label}'={digits}{unit}"


def _available_bytes(report: Report) -> tuple[int | None, int | None]:
    now = report.availability
    if now is None:
        return None, None
    return now.available_pages * now.page_size_bytes, now.swap_free_pages * now.page_size_bytes


def _all_perfdata(report: Report) -> list[str]:
    activity, stall = report.activity, report.stall
    if activity is not None and activity.is_since_boot:
        activity = None
    available, swap_free = _available_bytes(report)
    total = None if report.host.mem_total_kib is None else report.host.mem_total_kib * KIB_BYTES
    full = stall.memory_full_ratio if stall else None
    kills = report.activity.oom_kill_since_boot_count if report.activity else None
    return [
        _perfdata("available", available, "B"),
        _perfdata("total", total, "B"),
        _perfdata("swap_free", swap_free, "B"),
        _perfdata("memory_full", None if full is None else full * 100, "%"),
        _perfdata("allocstall_per_s", activity.allocstall_per_s if activity else None),
        _perfdata(
            "scan_direct_pages_per_s", activity.scan_direct_pages_per_s if activity else None
        ),
        _perfdata("oom_kill", kills, "c"),
        *_forecasts(report),
    ]


def _forecasts(report: Report) -> list[str]:
    """The nearest horizon's probabilities, in per cent; ``U`` where none is backed."""
    found = report.outlook
    if found is None or not found.forecasts:
        return []
    near_s = min(one.horizon_s for one in found.forecasts)
    return [
        _perfdata(
            f"p_{one.event}_{near_s:g}s",
            None if one.probability_ratio is None else one.probability_ratio * 100,
            "%",
        )
        for one in found.forecasts
        if one.horizon_s == near_s and one.scope == HOST
    ]


def _headline(report: Report) -> str:
    loud = report.loud
    if not loud:
        return "memory is fine"
    first = escaped(loud[0].title)
    more = f" (and {len(loud) - 1} more)" if len(loud) > 1 else ""
    return first + more


def _line(finding: Finding, page_size_bytes: int | None) -> str:
    numbers = ", ".join(f"{q.name} {quantity(q, page_size_bytes)}" for q in finding.evidence)
    return escaped(
        f"{finding.severity.name} {finding.id} [{finding.scope}] {finding.title}: {numbers}"
    )


def render(report: Report, style: Style) -> str:
    """Text for a monitoring system; ``style`` does not change it: no width, no colour."""
    del style
    lines = [
        f"VMADVISOR {report.status.name} - {_headline(report)} | {' '.join(_all_perfdata(report))}"
    ]
    lines += [_line(finding, report.host.page_size_bytes) for finding in report.judgement.findings]
    lines += [
        escaped(f"ignored {one.severity.name} {one.rule_id}: {one.reason}")
        for one in report.judgement.ignored
    ]
    lines += [escaped(f"gap {gap.path}: {gap.reason}; {gap.cost}") for gap in report.gaps]
    return _bounded(lines)


def _bounded(lines: list[str]) -> str:
    r"""The lines that fit, and how many do not; the first, which is the answer, is always there.

    >>> _bounded(["OK", "x" * 4000, "y" * 99, "z"]).split("\n")[-2:]
    ['... 2 lines more: vmadvisor check', '']
    """
    text, left_count = lines[0] + "\n", len(lines) - 1
    for line in lines[1:]:
        more = f"... {left_count} lines more: vmadvisor check\n"
        room = OUTPUT_MAX_BYTES - len(text.encode())
        if len(line.encode()) + 1 > room - (len(more) if left_count > 1 else 0):
            return text + more
        text += line + "\n"
        left_count -= 1
    return text

"""``check`` for a person at a terminal: verdict, why, what to do; then the tables behind it."""

from vmadvisor.advise.finding import HOST, Finding, IgnoredFindings, Severity
from vmadvisor.advise.report import Report
from vmadvisor.advise.to_gain import has_to_gain
from vmadvisor.render import quantities as q
from vmadvisor.render.advice_text import advice_part, relief_part
from vmadvisor.render.layout import printed
from vmadvisor.render.parts import Entry, Headline, Part
from vmadvisor.render.sections import sections
from vmadvisor.render.style import Style
from vmadvisor.units import KIB_BYTES

COLOURS = {
    Severity.OK: "bold green",
    Severity.INFO: "cyan",
    Severity.UNKNOWN: "bold magenta",
    Severity.WARNING: "bold yellow",
    Severity.CRITICAL: "bold red",
}


def headline(report: Report) -> Headline:
    """The verdict, and which host it is about."""
    host = report.host
    name = host.hostname or "this host"
    parts = [
        f"Linux {host.kernel_release}" if host.kernel_release else "kernel unknown",
        f"{q.size(None if host.mem_total_kib is None else host.mem_total_kib * KIB_BYTES)} of memory",
        "no swap"
        if host.swap_total_kib == 0
        else f"{q.size(None if host.swap_total_kib is None else host.swap_total_kib * KIB_BYTES)} of swap",
    ]
    return Headline(report.status.name, f"  {name}: {', '.join(parts)}", COLOURS[report.status])


def finding_part(finding: Finding, page_size_bytes: int | None) -> Entry:
    """A finding, what it rests on, what to do."""
    scope = "" if finding.scope == HOST else f" [{finding.scope}]"
    lines = []
    for label, items in (("", finding.evidence), ("but: ", finding.counter_evidence)):
        shown = [f"{item.name} {q.quantity(item, page_size_bytes)}" for item in items]
        if shown:
            lines.append(label + ", ".join(shown))
    lines.append(f"{finding.id}, confidence {finding.confidence}")
    if finding.would_change:
        lines.append("would change it: " + "; ".join(finding.would_change))
    if finding.remedy is not None:
        lines += [
            f"do:   {finding.remedy.command}",
            f"undo: {finding.remedy.undo}",
            f"then: {finding.remedy.effect}",
            f"risk: {finding.remedy.risk}",
        ]
    return Entry(
        finding.severity.name, f"{finding.title}{scope}", tuple(lines), COLOURS[finding.severity]
    )


def advice_parts(report: Report) -> list[Part]:
    """Recommendations, but for those that stand among the ways out already."""
    told = set() if report.relief is None else {way.command for way in report.relief.ways}
    return [
        advice_part(advice, report.host.page_size_bytes)
        for advice in report.recommendations
        if advice.command not in told
    ]


def ignored_line(one: IgnoredFindings) -> str:
    """What is kept out of the verdict, by whose word."""
    until = "" if one.until is None else f" until {one.until}"
    return (
        f"ignored: {one.severity.name} {one.rule_id} [{', '.join(one.scopes)}], "
        f"since {one.date}{until}: {one.reason}"
    )


def render(report: Report, style: Style) -> str:
    """The report as lines of at most ``style.width_columns``."""
    findings, page_bytes = report.judgement.findings, report.host.page_size_bytes
    parts: list[Part] = [headline(report)]
    if report.relief is not None:
        parts.append(relief_part(report.relief))
    is_well = not any(item.remedy or item.severity > Severity.INFO for item in findings)
    if is_well and not report.recommendations:
        parts.append("No change needed.")
    parts += [finding_part(finding, page_bytes) for finding in findings]
    parts += advice_parts(report)
    parts += [ignored_line(one) for one in report.judgement.ignored]
    return printed([*parts, *sections(report, style), *_pointer(report)], style)


def _pointer(report: Report) -> list[Part]:
    """Where to read on: the last line, where there is something to gain."""
    if not has_to_gain(report):
        return []
    if report.host.is_live:
        return ["What a change would do: vmadvisor advise; to try one: sudo vmadvisor trial"]
    return ["What a change would do: vmadvisor advise --root, and this root"]

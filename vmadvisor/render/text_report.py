"""``check`` for a person at a terminal: verdict, why, what to do; then the tables behind it."""

from collections.abc import Iterator

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from vmadvisor.advise.finding import HOST, Finding, Severity
from vmadvisor.advise.report import Report
from vmadvisor.render import quantities as q
from vmadvisor.render.escape import terminal
from vmadvisor.render.layout import printed, safe
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


def _headline(report: Report, style: Style) -> Text:
    host = report.host
    name = host.hostname or "this host"
    parts = [
        f"Linux {host.kernel_release}" if host.kernel_release else "kernel unknown",
        f"{q.size(None if host.mem_total_kib is None else host.mem_total_kib * KIB_BYTES)} of memory",
        "no swap"
        if host.swap_total_kib == 0
        else f"{q.size(None if host.swap_total_kib is None else host.swap_total_kib * KIB_BYTES)} of swap",
    ]
    return Text.assemble(
        (report.status.name, COLOURS[report.status]),
        safe(f"  {name}: {', '.join(parts)}", style),
    )


INDENT_COLUMNS = 9
"""The widest severity and a blank: what belongs to a finding stands to the right of it."""


def _finding(
    finding: Finding, page_size_bytes: int | None, style: Style
) -> Iterator[Table | Padding]:
    scope = "" if finding.scope == HOST else f" [{finding.scope}]"
    head = Table.grid()
    head.add_column(width=INDENT_COLUMNS, no_wrap=True)
    head.add_column(overflow="fold")
    severity = Text(finding.severity.name, style=COLOURS[finding.severity])
    head.add_row(severity, safe(f"{finding.title}{scope}", style))
    yield head
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
    text = "\n".join(terminal(line, is_unicode=style.is_unicode) for line in lines)
    yield Padding(Text(text, style="dim"), (0, 0, 0, INDENT_COLUMNS))


def render(report: Report, style: Style) -> str:
    """The report as lines of at most ``style.width_columns``."""
    findings = report.judgement.findings
    parts: list[object] = [_headline(report, style)]
    if not any(finding.remedy or finding.severity > Severity.INFO for finding in findings):
        parts.append("No change needed.")
    for finding in findings:
        parts += _finding(finding, report.host.page_size_bytes, style)
    return printed([*parts, *sections(report, style)], style)

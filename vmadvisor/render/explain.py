"""A rule in words: needs, references, and what it says on its own example."""

from collections.abc import Iterator
from importlib import import_module
from textwrap import dedent, wrap

from vmadvisor.advise.finding import Finding, Rule
from vmadvisor.advise.report import Report
from vmadvisor.render.escape import terminal
from vmadvisor.render.quantities import quantity
from vmadvisor.render.style import DEFAULT_WIDTH_COLUMNS

EXAMPLE_PAGE_SIZE_BYTES = 4096


def wrapped(text: str, *, indent: str = "", hang: str = "  ") -> list[str]:
    """Lines of at most 80 columns; a path or a command is not broken inside a word."""
    return wrap(
        text,
        DEFAULT_WIDTH_COLUMNS,
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _reasons(rule: Rule) -> Iterator[str]:
    """The rule's own module docstring: the place where it is argued."""
    text = dedent(import_module(rule.check.__module__).__doc__ or "").strip()
    for paragraph in text.split("\n\n"):
        yield from (*wrapped(paragraph.replace("``", ""), hang=""), "")


def _firing(finding: Finding) -> Iterator[str]:
    yield ""
    yield from wrapped(f"fires, for example: {finding.severity.name} {finding.title}")
    for item in finding.evidence:
        value = quantity(item, EXAMPLE_PAGE_SIZE_BYTES)
        yield from wrapped(f"{item.name} = {value}  ({item.source})", indent="  ")
    if finding.remedy is not None:
        yield from wrapped(f"do:   {finding.remedy.command}", indent="  ", hang="      ")
        yield from wrapped(f"undo: {finding.remedy.undo}", indent="  ", hang="      ")
        yield from wrapped(f"then: {finding.remedy.effect}", indent="  ", hang="      ")
        yield from wrapped(f"risk: {finding.remedy.risk}", indent="  ", hang="      ")
    for change in finding.would_change:
        yield from wrapped(f"would change it: {change}", indent="  ")


def _judged(report: Report, rule: Rule) -> Iterator[str]:
    """What the rule says of one snapshot, every number as it was computed."""
    page_bytes = report.host.page_size_bytes
    findings = [finding for finding in report.judgement.findings if finding.id == rule.id]
    lacking = [one for one in report.judgement.not_judged if one.rule_id == rule.id]
    if lacking:
        yield from wrapped(f"not judged: it lacks {', '.join(lacking[0].missing)}")
    elif not findings:
        yield "quiet"
    for finding in findings:
        yield from wrapped(terminal(f"{finding.severity.name} [{finding.scope}] {finding.title}"))
        for label, items in (("", finding.evidence), ("but: ", finding.counter_evidence)):
            for item in items:
                value = "null" if item.value is None else item.value
                shown = quantity(item, page_bytes)
                text = f"{label}{item.name} = {value} {item.unit}"
                text += "" if str(value) == shown else f" = {shown}"
                yield from wrapped(terminal(f"{text}  ({item.source})"), indent="  ")


def render_on(rule: Rule, report: Report, where: str) -> str:
    """The rule on one snapshot: the numbers of its findings, exact, with the files they are from."""
    lines = [*wrapped(f"{rule.id}  {rule.title}"), "", *wrapped(terminal(f"on {where}:"))]
    return "\n".join([*lines, *_judged(report, rule)]) + "\n"


def render(rule: Rule) -> str:
    """Plain text of at most 80 columns."""
    needs = ", ".join(need.__name__ for need in rule.needs) or "rates or PSI, see above"
    lines = [*wrapped(f"{rule.id}  {rule.title}"), "", *_reasons(rule)]
    lines += wrapped(f"needs: {needs}")
    for finding in rule.check(rule.fires_on()):
        lines += _firing(finding)
    is_quiet = not any(rule.check(rule.quiet_on()))
    lines += ["", f"quiet on its own quiet example: {'yes' if is_quiet else 'no'}"]
    lines += ["", "see:", *(f"  {reference}" for reference in rule.references)]
    return "\n".join(lines) + "\n"

"""A rule in words: needs, references, and what it says on its own example."""

from textwrap import dedent, wrap

from vmadvisor.advise.finding import Rule
from vmadvisor.render.quantities import quantity
from vmadvisor.render.style import DEFAULT_WIDTH_COLUMNS

EXAMPLE_PAGE_SIZE_BYTES = 4096


def _reasons(rule: Rule) -> list[str]:
    """The rule's own module docstring: the place where it is argued."""
    module = __import__(rule.check.__module__, fromlist=["check"])
    text = dedent(module.__doc__ or "").strip()
    return [
        line for part in text.split("\n\n") for line in (*wrap(part, DEFAULT_WIDTH_COLUMNS), "")
    ]


def render(rule: Rule) -> str:
    """Plain text of at most 80 columns."""
    lines = [f"{rule.id}  {rule.title}", "", *_reasons(rule)]
    lines.append(f"needs: {', '.join(need.__name__ for need in rule.needs)}")
    for finding in rule.check(rule.fires_on()):
        lines += ["", f"fires, for example: {finding.severity.name} {finding.title}"]
        for item in finding.evidence:
            lines.append(
                f"  {item.name} = {quantity(item, EXAMPLE_PAGE_SIZE_BYTES)}  ({item.source})"
            )
        if finding.remedy is not None:
            lines += [f"  do:   {finding.remedy.command}", f"  undo: {finding.remedy.undo}"]
        lines += [f"  would change it: {change}" for change in finding.would_change]
    lines += [
        "",
        "quiet on its own quiet example: " + ("no" if any(rule.check(rule.quiet_on())) else "yes"),
    ]
    lines += ["", "see:", *(f"  {reference}" for reference in rule.references)]
    return "\n".join(lines) + "\n"

"""A rule in words: needs, references, and what it says on its own example."""

from collections.abc import Iterator
from importlib import import_module
from textwrap import dedent, wrap

from vmadvisor.advise.finding import Finding, Rule
from vmadvisor.render.quantities import quantity
from vmadvisor.render.style import DEFAULT_WIDTH_COLUMNS

EXAMPLE_PAGE_SIZE_BYTES = 4096


def _wrapped(text: str, *, indent: str = "", hang: str = "  ") -> list[str]:
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
        yield from (*_wrapped(paragraph.replace("``", ""), hang=""), "")


def _firing(finding: Finding) -> Iterator[str]:
    yield ""
    yield from _wrapped(f"fires, for example: {finding.severity.name} {finding.title}")
    for item in finding.evidence:
        value = quantity(item, EXAMPLE_PAGE_SIZE_BYTES)
        yield from _wrapped(f"{item.name} = {value}  ({item.source})", indent="  ")
    if finding.remedy is not None:
        yield from _wrapped(f"do:   {finding.remedy.command}", indent="  ", hang="      ")
        yield from _wrapped(f"undo: {finding.remedy.undo}", indent="  ", hang="      ")
        yield from _wrapped(f"then: {finding.remedy.effect}", indent="  ", hang="      ")
        yield from _wrapped(f"risk: {finding.remedy.risk}", indent="  ", hang="      ")
    for change in finding.would_change:
        yield from _wrapped(f"would change it: {change}", indent="  ")


def render(rule: Rule) -> str:
    """Plain text of at most 80 columns."""
    needs = ", ".join(need.__name__ for need in rule.needs) or "rates or PSI, see above"
    lines = [*_wrapped(f"{rule.id}  {rule.title}"), "", *_reasons(rule)]
    lines += _wrapped(f"needs: {needs}")
    for finding in rule.check(rule.fires_on()):
        lines += _firing(finding)
    is_quiet = not any(rule.check(rule.quiet_on()))
    lines += ["", f"quiet on its own quiet example: {'yes' if is_quiet else 'no'}"]
    lines += ["", "see:", *(f"  {reference}" for reference in rule.references)]
    return "\n".join(lines) + "\n"

"""A claim, its answer, when it is right and when it does harm, with the numbers of the host looked at."""

from collections.abc import Iterator, Sequence

from vmadvisor.advise.claims import Claim
from vmadvisor.advise.finding import Quantity
from vmadvisor.kernel.lineage import Base
from vmadvisor.render.escape import terminal
from vmadvisor.render.explain import wrapped
from vmadvisor.render.quantities import quantity


def _changes(claim: Claim, base: Base | None) -> Iterator[str]:
    """What changed, and whether it holds for the kernel looked at."""
    for change in claim.changes:
        version = ".".join(map(str, change.since))
        holds = "" if base is None else " (holds here)" if base >= change.since else " (not here)"
        yield from wrapped(f"since {version}{holds}: {change.text}", indent="  ")


def _numbers(numbers: Sequence[Quantity], page_size_bytes: int | None) -> Iterator[str]:
    if not numbers:
        yield "  none could be had"
    for item in numbers:
        text = f"{item.name} = {quantity(item, page_size_bytes)}  ({item.source})"
        yield from wrapped(terminal(text), indent="  ")


def render(
    claim: Claim,
    numbers: Sequence[Quantity],
    *,
    base: Base | None,
    page_size_bytes: int | None,
    where: str,
) -> str:
    """Plain text of at most 80 columns; ``base`` is the version of the kernel looked at, if known."""
    lines = [
        *wrapped(f"{claim.name}: {claim.claim}"),
        "",
        *wrapped(claim.answer, hang=""),
        "",
        *wrapped(f"right: {claim.right}"),
        "",
        "what changed:",
        *_changes(claim, base),
        "",
        *wrapped(f"harmful: {claim.harmful}"),
        "",
        *wrapped(f"instead: {claim.instead}"),
        "",
        *wrapped(f"{where}:"),
        *_numbers(numbers, page_size_bytes),
        "",
        *wrapped(f"rules that judge it: {', '.join(claim.rules)}"),
        "see:",
        *(f"  {reference}" for reference in claim.references),
    ]
    return "\n".join(lines) + "\n"

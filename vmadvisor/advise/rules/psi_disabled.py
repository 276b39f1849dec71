"""PSI is built in but off: the best measure of harm is missing, and one boot option brings it back."""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.kernel.behaviour import Behaviour
from vmadvisor.model.facts import Facts
from vmadvisor.sources.pressure import MemoryPressure

PSI_SINCE = (4, 20)
"""Merged in 4.20 (eb414681d5a0); some distributions build it switched off."""


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    base = facts[Behaviour].version_base
    if facts.get(MemoryPressure) is not None or base is None or base < PSI_SINCE:
        return
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title="Pressure stall information is not available: time lost to memory cannot be measured",
        confidence="medium",
        evidence=(
            Quantity(
                name="pressure", value="unreadable", unit="files", source="/proc/pressure/memory"
            ),
        ),
        would_change=("/proc/pressure/memory becoming readable",),
        remedy=Remedy(
            command="add psi=1 to the kernel command line and reboot",
            undo="take psi=1 off the kernel command line and reboot",
            effect="/proc/pressure/memory counts stalled time; stall verdicts no longer rest on counts alone",
            risk="a small scheduling cost (below 1 % where it was measured); a kernel built without PSI ignores it",
        ),
    )


def _fires() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    without = {
        kind: fact
        for kind, fact in host.facts(host.BEHAVIOUR).by_type.items()
        if kind is not MemoryPressure
    }
    return Facts(without)


def _quiet() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts(host.BEHAVIOUR)


RULE = Rule(
    id="VMA-PSI-001",
    title="Pressure stall information is off",
    needs=(Behaviour,),
    check=check,
    references=("Documentation/accounting/psi.rst", "kernel/sched/psi.c:setup_psi"),
    fires_on=_fires,
    quiet_on=_quiet,
)

"""PSI cannot be read: the best measure of harm is missing, and one boot option may bring it back.

The files are absent where PSI is off (``psi=0``, or ``CONFIG_PSI_DEFAULT_DISABLED`` as in RHEL 8 and 9),
where the kernel was built without it, and in trees whose collector left them out.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.kernel.behaviour import Behaviour
from vmadvisor.model.facts import Facts
from vmadvisor.sources.cmdline import Cmdline
from vmadvisor.sources.pressure import MemoryPressure

PSI_SINCE = (4, 20)
"""Merged in 4.20 (eb414681d5a0); some distributions build it switched off."""


def _remedy(asked: bool | None) -> Remedy | None:
    """``asked``: what psi= says, if it is there. Where psi=1 did not help this kernel has no PSI."""
    if asked:
        return None
    command, undo = (
        ("add psi=1 to the kernel command line", "take psi=1 off the kernel command line")
        if asked is None
        else ("put psi=1 for psi=0 on the kernel command line", "put psi=0 back")
    )
    return Remedy(
        command=f"{command}, then reboot",
        undo=f"{undo}, then reboot",
        effect="/proc/pressure/memory counts stalled time; stall verdicts no longer rest on counts alone",
        risk="some CPU at every task switch; a kernel built without PSI ignores it",
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    base = facts[Behaviour].version_base
    if facts.get(MemoryPressure) is not None or base is None or base < PSI_SINCE:
        return
    cmdline = facts.get(Cmdline)
    asked = None if cmdline is None else cmdline.psi
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title="Pressure stall information is not available: time lost to memory cannot be measured",
        confidence="high" if asked is False else "medium",
        evidence=(
            Quantity(
                name="pressure", value="unreadable", unit="files", source="/proc/pressure/memory"
            ),
            Quantity(
                name="psi_argument",
                value=None if asked is None else f"psi={asked:d}",
                unit="setting",
                source="/proc/cmdline",
            ),
        ),
        would_change=("/proc/pressure/memory becoming readable",),
        remedy=_remedy(asked),
    )


def _lacks(facts: Facts) -> tuple[str, ...]:
    """A kernel before 4.20 has no PSI to miss; of an undated one nobody knows."""
    if facts.get(MemoryPressure) is None and facts[Behaviour].version_base is None:
        return ("/proc/version",)
    return ()


def _fires() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    without = {
        kind: fact for kind, fact in host.facts().by_type.items() if kind is not MemoryPressure
    }
    return Facts(without)


RULE = Rule(
    id="VMA-PSI-001",
    title="Pressure stall information is off",
    needs=(Behaviour,),
    lacks=_lacks,
    check=check,
    references=("Documentation/accounting/psi.rst", "kernel/sched/psi.c:setup_psi"),
    fires_on=_fires,
    quiet_on=quiet_host,
)

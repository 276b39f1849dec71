"""Overcommit: only mode 2 has a limit that refuses memory; above CommitLimit in mode 0 or 1 is normal."""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.model.facts import Facts
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl

NEVER_OVERCOMMIT = 2
"""``OVERCOMMIT_NEVER``."""

ALWAYS_OVERCOMMIT = 1
"""``OVERCOMMIT_ALWAYS``."""

COMMITTED_WARNING_RATIO = 0.95
"""The last 5 %: the kernel's own admin and user reserves (up to 136 MB) come off the limit as well."""


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    mode, info = facts[VmSysctl].overcommit_memory_mode, facts[Meminfo]
    numbers = (
        Quantity(
            name="overcommit_memory",
            value=mode,
            unit="mode",
            source="/proc/sys/vm/overcommit_memory",
        ),
        Quantity(
            name="committed_as",
            value=info.committed_as_kib,
            unit="kib",
            source="/proc/meminfo Committed_AS",
        ),
        Quantity(
            name="commit_limit",
            value=info.commit_limit_kib,
            unit="kib",
            source="/proc/meminfo CommitLimit",
        ),
    )
    if mode == ALWAYS_OVERCOMMIT:
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.INFO,
            title="Overcommit is never refused: a request larger than all memory succeeds, then meets the OOM killer",
            confidence="high",
            evidence=numbers,
            would_change=("vm.overcommit_memory = 0, unless a service here asks for 1",),
        )
    if mode != NEVER_OVERCOMMIT or info.committed_as_kib is None or not info.commit_limit_kib:
        return
    ratio = info.committed_as_kib / info.commit_limit_kib
    if ratio >= COMMITTED_WARNING_RATIO:
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.WARNING,
            title="Committed memory is near the limit of strict overcommit: beyond it allocations and forks are refused",
            confidence="high",
            evidence=(
                *numbers,
                Quantity(name="committed", value=ratio, unit="ratio", source="computed"),
            ),
            would_change=(
                f"Committed_AS below {COMMITTED_WARNING_RATIO * 100:.0f} % of CommitLimit",
            ),
        )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(
        replace(host.SYSCTL, overcommit_memory_mode=NEVER_OVERCOMMIT),
        replace(host.MEMINFO, committed_as_kib=6_050_000),
    )


def _quiet() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(replace(host.MEMINFO, committed_as_kib=9_000_000))  # above the limit, mode 0


RULE = Rule(
    id="VMA-COMMIT-001",
    title="Strict overcommit refuses memory",
    needs=(VmSysctl, Meminfo),
    check=check,
    references=("mm/util.c:__vm_enough_memory", "Documentation/mm/overcommit-accounting.rst"),
    fires_on=_fires,
    quiet_on=_quiet,
)

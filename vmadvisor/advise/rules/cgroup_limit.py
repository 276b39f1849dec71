"""A cgroup stands at its limit: its own matter, told apart from the host's."""

from collections.abc import Iterator

from vmadvisor.advise.finding import Finding, Quantity, Rule, Severity
from vmadvisor.model.facts import Facts
from vmadvisor.model.limits import CgroupLimits, LimitedCgroup


def _finding(group: LimitedCgroup) -> Finding:
    return Finding(
        id=RULE.id,
        scope=group.path,
        severity=Severity.INFO,
        title=f"This cgroup reclaims at its own {group.limit_file}; host settings do not help it",
        confidence="high" if group.limit_hit_count else "medium",
        evidence=(
            Quantity(
                name="current", value=group.current_bytes, unit="bytes", source="memory.current"
            ),
            Quantity(name="limit", value=group.limit_bytes, unit="bytes", source=group.limit_file),
            Quantity(
                name="limit_hit",
                value=group.limit_hit_count,
                unit="count",
                source="memory.events max, high",
            ),
            Quantity(
                name="memory_full",
                value=group.memory_full_ratio,
                unit="ratio",
                source="memory.pressure full total",
            ),
        ),
        counter_evidence=(
            Quantity(
                name="full_avg10",
                value=group.full_avg10_ratio,
                unit="ratio",
                source="memory.pressure full avg10",
            ),
        ),
        would_change=("usage below 95 % of the limit with no further limit hits",),
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    yield from (_finding(group) for group in facts[CgroupLimits].at_limit)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    full = replace(
        host.CGROUP, usage_ratio=0.998, is_at_limit=True, limit_hit_count=37, memory_full_ratio=0.9
    )
    return host.facts(CgroupLimits(groups=(full,), is_complete=True))


def _quiet() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts()


RULE = Rule(
    id="VMA-CGROUP-001",
    title="A cgroup stands at its own limit",
    needs=(CgroupLimits,),
    check=check,
    references=("mm/memcontrol.c:try_charge_memcg", "Documentation/admin-guide/cgroup-v2.rst"),
    fires_on=_fires,
    quiet_on=_quiet,
)

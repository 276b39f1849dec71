"""A cgroup stands at its limit: its own matter, told apart from the host's.

INFO even where its tasks stall: the host is well, the limit was somebody's choice, and no setting of the
host's would help. A kill at the limit is another matter (VMA-OOM-001).
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._stalls import LASTING_MIN_S, Stall
from vmadvisor.model.facts import Facts
from vmadvisor.model.limits import AT_LIMIT_MIN_RATIO, CgroupLimits, LimitedCgroup


def _is_stalled(group: LimitedCgroup) -> bool:
    """Its tasks lost two fifths of the time, and not for one second only: as for the host."""
    over_interval, avg10 = group.memory_full_ratio, group.full_avg10_ratio
    own = Stall(
        interval_ratio=over_interval,
        avg10_ratio=avg10,
        harm_ratio=avg10 if over_interval is None else over_interval,
        some_ratio=None,
        is_lasting=(group.interval_s or 0.0) >= LASTING_MIN_S,
    )
    return own.is_critical


def _finding(group: LimitedCgroup) -> Finding:
    stalled = _is_stalled(group)
    return Finding(
        id=RULE.id,
        scope=group.path,
        severity=Severity.INFO,
        title=f"This cgroup's tasks stall at its own {group.limit_file}; host settings do not help it"
        if stalled
        else f"This cgroup is at its own {group.limit_file}; host settings do not help it",
        confidence="high" if group.limit_hit_count else "medium",
        evidence=(
            Quantity(
                name="current",
                value=group.current_bytes,
                unit="bytes",
                source="memory.usage_in_bytes"
                if group.limit_file == "memory.limit_in_bytes"
                else "memory.current",
            ),
            Quantity(name="limit", value=group.limit_bytes, unit="bytes", source=group.limit_file),
            Quantity(
                name="limit_hit",
                value=group.limit_hit_count,
                unit="count",
                source="memory.failcnt"
                if group.limit_file == "memory.limit_in_bytes"
                else "memory.events max, high",
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
        would_change=(
            f"usage below {AT_LIMIT_MIN_RATIO * 100:.0f} % of the limit with no further limit hits",
        ),
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    yield from (_finding(group) for group in facts[CgroupLimits].at_limit)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    full = replace(
        host.CGROUP,
        current_bytes=511 << 20,
        usage_ratio=0.998,
        is_at_limit=True,
        limit_hit_count=37,
        memory_full_ratio=0.9,
        full_avg10_ratio=0.62,
    )
    return host.facts(CgroupLimits(groups=(full,), is_complete=True))


RULE = Rule(
    id="VMA-CGROUP-001",
    title="A cgroup stands at its own limit",
    needs=(CgroupLimits,),
    check=check,
    references=("mm/memcontrol.c:try_charge_memcg", "Documentation/admin-guide/cgroup-v2.rst"),
    fires_on=_fires,
    quiet_on=quiet_host,
)

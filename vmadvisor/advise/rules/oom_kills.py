"""The OOM killer struck: in the interval (harm now) or since boot (history).

``oom_kill`` in vmstat counts global and cgroup kills alike. memory.events tells a cgroup's own kill: its
``oom`` rises (the limit was reached and reclaim failed) together with its ``oom_kill``; a kill of the
whole host's raises only ``oom_kill`` of the group the victim was in.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.model.facts import Facts
from vmadvisor.model.limits import CgroupLimits, LimitedCgroup
from vmadvisor.model.rates import ReclaimActivity

_VMSTAT = "/proc/vmstat oom_kill"


def _own_kills(limits: CgroupLimits | None) -> tuple[LimitedCgroup, ...]:
    """Groups whose own limit killed; of nested ones the innermost, as memory.events is hierarchical."""
    if limits is None:
        return ()
    struck = [group for group in limits.groups if group.oom_count and group.oom_kill_count]
    return tuple(
        group
        for group in struck
        if not any(other.path.startswith(group.path.rstrip("/") + "/") for other in struck)
    )


def _cgroup_finding(group: LimitedCgroup) -> Finding:
    return Finding(
        id=RULE.id,
        scope=group.path,
        severity=Severity.WARNING,
        title="The OOM killer struck at this cgroup's own limit; the host is not short",
        confidence="high",
        evidence=(
            Quantity(
                name="oom_kill",
                value=group.oom_kill_count,
                unit="count",
                source="memory.events oom_kill",
            ),
            Quantity(name="limit", value=group.limit_bytes, unit="bytes", source=group.limit_file),
            Quantity(
                name="current", value=group.current_bytes, unit="bytes", source="memory.current"
            ),
        ),
        would_change=("no further rise of this group's oom_kill",),
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    activity, limits = facts[ReclaimActivity], facts.get(CgroupLimits)
    kills = activity.oom_kill_count or 0
    own = _own_kills(limits)
    yield from (_cgroup_finding(group) for group in own)
    global_kills = kills - sum(group.oom_kill_count or 0 for group in own)
    since_boot = activity.oom_kill_since_boot_count
    evidence = (
        Quantity(name="oom_kill", value=activity.oom_kill_count, unit="count", source=_VMSTAT),
        Quantity(name="oom_kill_since_boot", value=since_boot, unit="count", source=_VMSTAT),
    )
    if global_kills > 0:
        certain = limits is not None and limits.is_complete
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.CRITICAL,
            title=f"The OOM killer struck {global_kills} time(s) in the last {activity.interval_s:.1f} s",
            confidence="high" if certain else "medium",
            evidence=evidence,
            would_change=()
            if certain
            else ("memory.events of the victim's cgroup showing that its own limit was reached",),
        )
    elif since_boot and not kills:
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.INFO,
            title=f"The OOM killer struck {since_boot} time(s) since boot, not in the interval",
            confidence="high",
            evidence=evidence,
        )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(replace(host.ACTIVITY, oom_kill_count=1, oom_kill_since_boot_count=3))


def _quiet() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts()


RULE = Rule(
    id="VMA-OOM-001",
    title="The OOM killer struck",
    needs=(ReclaimActivity,),
    check=check,
    references=("mm/oom_kill.c:__oom_kill_process", "Documentation/admin-guide/cgroup-v2.rst"),
    fires_on=_fires,
    quiet_on=_quiet,
)

"""The OOM killer struck: in the interval (harm now) or since boot (history).

``oom_kill`` in vmstat counts global and cgroup kills alike. memory.events tells a cgroup's own kill: its
``oom`` rises (the limit was reached and reclaim failed) together with its ``oom_kill``; a kill of the
whole host's raises only ``oom_kill`` of the group the victim was in. v1 has no ``oom`` counter: there
``failcnt`` stands for it. A kill of the host's is preceded by direct reclaim in vain; where
``allocstall`` stood still, a cgroup nobody read in time did it (or ``sysrq f``).
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._stalls import interval_activity
from vmadvisor.model.facts import Facts
from vmadvisor.model.limits import CgroupLimits, LimitedCgroup
from vmadvisor.model.rates import ReclaimActivity
from vmadvisor.sources.lru_gen import LruGen
from vmadvisor.sources.vmstat import Vmstat

_VMSTAT = "/proc/vmstat oom_kill"


def _struck(group: LimitedCgroup) -> bool:
    met_limit = group.limit_hit_count if group.oom_count is None else group.oom_count
    return bool(met_limit and group.oom_kill_count)


def _own_kills(limits: CgroupLimits | None) -> tuple[LimitedCgroup, ...]:
    """Groups whose own limit killed."""
    return () if limits is None else tuple(group for group in limits.groups if _struck(group))


def _kills_within(groups: tuple[LimitedCgroup, ...]) -> int:
    """All kills in their subtrees; memory.events is hierarchical, so the topmost count."""
    return sum(
        group.oom_kill_count or 0
        for group in groups
        if not any(group.path.startswith(other.path.rstrip("/") + "/") for other in groups)
    )


def _host_was_out(facts: Facts, activity: ReclaimActivity) -> bool:
    """Whether the host itself can have run out: unknown counts as yes.

    With MGLRU's ``min_ttl_ms`` kswapd calls the OOM killer, without any direct reclaim.
    """
    if activity.allocstall_per_s is None or activity.allocstall_per_s > 0:
        return True
    lru_gen = facts.get(LruGen)
    by_kswapd = lru_gen is not None and bool(lru_gen.min_ttl_ms)
    return by_kswapd and activity.scan_kswapd_pages_per_s != 0


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
                source="memory.events oom_kill (v1: memory.oom_control)",
            ),
            Quantity(name="limit", value=group.limit_bytes, unit="bytes", source=group.limit_file),
            Quantity(
                name="current_now",
                value=group.current_bytes,
                unit="bytes",
                source="memory.current, after the kill",
            ),
        ),
        would_change=("no further rise of this group's oom_kill",),
    )


def _evidence(kills: int | None, since_boot: int | None) -> tuple[Quantity, ...]:
    return (
        Quantity(name="oom_kill", value=kills, unit="count", source=_VMSTAT),
        Quantity(name="oom_kill_since_boot", value=since_boot, unit="count", source=_VMSTAT),
    )


def _unseen_finding(activity: ReclaimActivity, kills: int) -> Finding:
    return Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.WARNING,
        title=f"The OOM killer struck {kills} time(s), at a cgroup's limit: the host reclaimed nothing",
        confidence="medium",
        evidence=_evidence(activity.oom_kill_count, activity.oom_kill_since_boot_count),
        counter_evidence=(
            Quantity(
                name="allocstall",
                value=activity.allocstall_per_s,
                unit="per_s",
                source="/proc/vmstat allocstall*",
            ),
        ),
        would_change=("a kernel log that says constraint=CONSTRAINT_NONE",),
    )


def _host_finding(activity: ReclaimActivity, kills: int, *, is_certain: bool) -> Finding:
    return Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.CRITICAL,
        title=f"The OOM killer struck {kills} time(s) in the last {activity.interval_s:.1f} s",
        confidence="high" if is_certain else "medium",
        evidence=_evidence(activity.oom_kill_count, activity.oom_kill_since_boot_count),
        would_change=()
        if is_certain
        else ("memory.events of the victim's cgroup showing that its own limit was reached",),
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    activity, limits = interval_activity(facts), facts.get(CgroupLimits)
    kills = (activity.oom_kill_count if activity else None) or 0
    own = _own_kills(limits)
    yield from (_cgroup_finding(group) for group in own)
    others = kills - _kills_within(own)
    since_boot = facts[Vmstat].oom_kill_total
    if activity is not None and others > 0:
        if _host_was_out(facts, activity):
            is_certain = limits is not None and limits.is_complete
            yield _host_finding(activity, others, is_certain=is_certain)
        else:
            yield _unseen_finding(activity, others)
    elif since_boot and not kills and not own:
        when = "" if activity is None else ", not in the interval"
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.INFO,
            title=f"The OOM killer struck {since_boot} time(s) since boot{when}",
            confidence="high",
            evidence=_evidence(activity.oom_kill_count if activity else None, since_boot),
        )


def _lacks(facts: Facts) -> tuple[str, ...]:
    """The counter came with 4.13; before, only the kernel log tells of kills."""
    return () if facts[Vmstat].oom_kill_total is not None else (f"{_VMSTAT} (4.13+)",)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(
        replace(
            host.ACTIVITY,
            allocstall_per_s=17.0,
            oom_kill_count=1,
            oom_kill_since_boot_count=3,
        ),
        replace(host.VMSTAT, oom_kill_total=3),
    )


RULE = Rule(
    id="VMA-OOM-001",
    title="The OOM killer struck",
    needs=(Vmstat,),
    lacks=_lacks,
    check=check,
    references=("mm/oom_kill.c:__oom_kill_process", "Documentation/admin-guide/cgroup-v2.rst"),
    fires_on=_fires,
    quiet_on=quiet_host,
)

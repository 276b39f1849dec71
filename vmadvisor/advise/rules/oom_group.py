"""A kill in this cgroup takes all of its tasks (memory.oom.group), and a kill is near.

The kernel kills the topmost such group inside the OOM domain (``mem_cgroup_get_oom_group()``). That is meant
for a service whose processes are worthless without one another; systemd sets it by ``OOMPolicy=kill``,
kubernetes for containers. It is told only where a kill is near, at the group's own limit or when the host
runs short with one of its tasks first in the order, so that nobody is surprised by what goes.
"""

from collections.abc import Iterator

from vmadvisor.advise.critical import is_critical
from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._oom_order import Standing, host_runs_short, standing
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.kernel.oom import Victim
from vmadvisor.model.facts import Facts, VictimOrder
from vmadvisor.model.group_settings import GroupSetting, GroupSettings
from vmadvisor.model.kinship import Kin, Kinship
from vmadvisor.model.limits import CgroupLimits, LimitedCgroup

_MOUNT = "/sys/fs/cgroup"


def _members(now: Standing, group: LimitedCgroup) -> list[Victim]:
    """Those that would die: of the group or below it, but for who is exempt."""
    below = group.path.rstrip("/") + "/"
    return [
        victim
        for victim in now.subjects
        if victim.killable
        and (kin := now.kin(victim)) is not None
        and f"{kin.cgroup_path or ''}/".startswith(below)
    ]


def _is_near(facts: Facts, now: Standing, group: LimitedCgroup, members: list[Victim]) -> bool:
    if group.is_at_limit or group.oom_count:
        return True
    return host_runs_short(facts) and bool(now.killable) and now.killable[0] in members


def _finding(facts: Facts, group: LimitedCgroup, members: list[Victim]) -> Finding:
    critical = [v.comm for v in members if is_critical(facts, v.pid_id, v.comm)]
    with_critical = f", {critical[0]} among them" if critical else ""
    file = f"{_MOUNT}{group.path}/memory.oom.group"
    return Finding(
        id=RULE.id,
        scope=group.path,
        severity=Severity.INFO,
        title=f"The next kill here takes all {len(members)} processes of this cgroup{with_critical}",
        confidence="medium",
        evidence=(
            Quantity(name="oom_group", value=1, unit="mode", source="memory.oom.group"),
            Quantity(name="processes", value=len(members), unit="count", source="/proc/PID/cgroup"),
            Quantity(
                name="current", value=group.current_bytes, unit="bytes", source="memory.current"
            ),
            Quantity(name="limit", value=group.limit_bytes, unit="bytes", source=group.limit_file),
        ),
        would_change=("its processes being of no use without one another: then this is right",),
        remedy=Remedy(
            command=f"echo 0 > '{file}'",
            undo=f"echo 1 > '{file}'",
            effect="the process with the most points of the group is killed alone",
            risk="the rest goes on without it, perhaps in a state nobody tested",
        )
        if critical and "'" not in group.path
        else None,
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    now = standing(facts)
    if now is None:
        return
    whole = {group.path for group in facts[GroupSettings].groups if group.oom_group}
    for group in facts[CgroupLimits].groups:
        if group.path not in whole:
            continue
        members = _members(now, group)
        if len(members) > 1 and _is_near(facts, now, group, members):
            yield _finding(facts, group, members)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    group = replace(host.CGROUP, path="/system.slice/db.service", is_at_limit=True)
    setting = GroupSetting(
        path=group.path, current_bytes=group.current_bytes, min_bytes=0, low_bytes=0, high_bytes=None,
        max_bytes=group.limit_bytes, anon_bytes=None, swap_max_bytes=None, full_avg10_ratio=None,
        oom_group=True,
    )  # fmt: skip
    order = tuple(
        replace(host.VICTIM, pid_id=600 + i, comm=name, points_pages=90_000 - i)
        for i, name in enumerate(("postgres", "pgbackrest"))
    )
    kins = {
        victim.pid_id: Kin(
            pid_id=victim.pid_id, comm=victim.comm, oom_score_adj=0, cgroup_path=group.path,
            unit="db.service", parent_pid_id=None, parent_comm=None, parent_adj=None, is_init_child=True,
        )
        for victim in order
    }  # fmt: skip
    return host.facts(
        CgroupLimits(groups=(group,), is_complete=True),
        GroupSettings(groups=(setting,)),
        VictimOrder(by_scope={HOST: order}, total_pages=2_524_288),
        Kinship(by_pid=kins),
    )


RULE = Rule(
    id="VMA-GROUP-001",
    title="A kill takes all processes of a cgroup at its limit",
    needs=(CgroupLimits, GroupSettings, VictimOrder),
    check=check,
    references=(
        "mm/memcontrol.c:mem_cgroup_get_oom_group",
        "Documentation/admin-guide/cgroup-v2.rst",
    ),
    fires_on=_fires,
    quiet_on=quiet_host,
)

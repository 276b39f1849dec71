"""A critical service stands first in the OOM killer's order.

Rank, not size, kills: the order is ``oom_badness()`` recomputed. That a large database comes first on a
healthy host is how the kernel works and no alarm: INFO. It becomes a WARNING when memory runs out.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules.availability import is_short
from vmadvisor.kernel.oom import Victim
from vmadvisor.model.facts import Availability, Facts, VictimOrder

CRITICAL_COMMS = frozenset({
    "sshd", "systemd", "systemd-journal", "systemd-udevd", "systemd-logind", "systemd-network",
    "systemd-resolve", "dbus-daemon", "dbus-broker", "NetworkManager", "rsyslogd", "auditd", "agetty",
    "dockerd", "containerd", "containerd-shim", "crio", "conmon", "podman", "kubelet", "kube-apiserver",
    "etcd", "libvirtd", "corosync", "pacemakerd", "ceph-mon", "ceph-osd",
    "mysqld", "mariadbd", "postgres", "mongod", "redis-server", "valkey-server", "memcached",
    "ora_pmon", "sqlservr", "clickhouse-serv", "slapd",
})  # fmt: skip
"""Names as /proc/PID/stat cuts them (15 bytes): ways in, logs, container runtimes, data stores."""

TOP_COUNT = 3
"""A kill seldom stays alone: what stands among the first three is in reach of one shortage."""

PROTECTIVE_ADJ = -500
"""Takes half of RAM and swap off the score, yet leaves a runaway of that size killable, unlike -1000."""


def _quantities(rank: int, victim: Victim) -> tuple[Quantity, ...]:
    pid = f"/proc/{victim.pid_id}"
    return (
        Quantity(name="rank", value=rank, unit="count", source="computed: oom_badness() order"),
        Quantity(name="pid", value=victim.pid_id, unit="id", source=pid),
        Quantity(
            name="points", value=victim.points_pages, unit="pages", source="computed: oom_badness()"
        ),
        Quantity(
            name="oom_score_adj",
            value=victim.oom_score_adj,
            unit="adj",
            source=f"{pid}/oom_score_adj",
        ),
    )


def _next_other(order: list[Victim], after_rank: int) -> tuple[Quantity, ...]:
    """The first process behind it that is not critical: who would go instead."""
    for victim in order[after_rank:]:
        if victim.comm not in CRITICAL_COMMS:
            return (
                Quantity(
                    name="next_points",
                    value=victim.points_pages,
                    unit="pages",
                    source=f"/proc/{victim.pid_id}",
                ),
            )
    return ()


def _remedy(victim: Victim) -> Remedy | None:
    """``None`` where it is as well protected already: the command would take protection off."""
    if victim.oom_score_adj <= PROTECTIVE_ADJ:
        return None
    pid = victim.pid_id
    return Remedy(
        command=f"echo {PROTECTIVE_ADJ} > /proc/{pid}/oom_score_adj",
        undo=f"echo {victim.oom_score_adj} > /proc/{pid}/oom_score_adj",
        effect="it moves behind others in the order; to keep it, OOMScoreAdjust= in the service's unit",
        risk="another process is killed in its place; a leak in this one then hits its neighbours first",
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    victims = facts[VictimOrder]
    order = [victim for victim in victims.by_scope.get(HOST, ()) if victim.killable]
    now = facts.get(Availability)
    short = now is not None and is_short(now)
    if len(order) <= TOP_COUNT and not victims.is_cut:
        return  # nobody stands behind it: every one of them is among the first
    for rank, victim in enumerate(order[:TOP_COUNT], 1):
        if victim.comm not in CRITICAL_COMMS:
            continue
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.WARNING if short else Severity.INFO,
            title=f"Critical service {victim.comm} (pid {victim.pid_id}) is number {rank} in the OOM killer's order",
            confidence="high",
            evidence=_quantities(rank, victim),
            counter_evidence=_next_other(order, rank),
            would_change=("a larger process, or a lower oom_score_adj of this one",),
            remedy=_remedy(victim),
        )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    names = ("postgres", "backup", "worker", "cron")
    order = tuple(
        replace(host.VICTIM, pid_id=200 + i, comm=name, points_pages=900_000 - i * 1_000)
        for i, name in enumerate(names)
    )
    return host.facts(VictimOrder(by_scope={HOST: order}))


RULE = Rule(
    id="VMA-VICTIM-001",
    title="A critical service stands first in the OOM killer's order",
    needs=(VictimOrder,),
    check=check,
    references=("mm/oom_kill.c:oom_badness", "fs/proc/base.c:oom_score_adj_write"),
    fires_on=_fires,
    quiet_on=quiet_host,
)

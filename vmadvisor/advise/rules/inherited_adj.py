"""A process has the oom_score_adj of the daemon that started it, which protects that daemon alone.

The value passes over fork and exec. sshd resets it for sessions, udevd, container runtimes and many
hand-written daemons do not: a shell, a backup, a build started from there stands behind every service of
the host, or is exempt. Told only of processes that hold enough to matter and are in another unit's or no
unit's name than their own.
"""

from collections.abc import Iterator

from vmadvisor.advise.critical import is_critical
from vmadvisor.advise.finding import HOST, Finding, Rule, Severity
from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.advise.rules._oom_order import (
    Standing,
    adj_advice,
    killable_effect,
    parentage,
    peers,
    place,
    rank_effect,
    standing,
)
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules.unkillable import LARGE_MIN_RATIO
from vmadvisor.kernel.badness import OOM_SCORE_ADJ_MIN
from vmadvisor.kernel.oom import Victim
from vmadvisor.model.facts import Facts, VictimOrder
from vmadvisor.model.kinship import Kin, Kinship
from vmadvisor.model.reorder import footprint_pages, rank_of
from vmadvisor.model.unit_names import runtime_of

PROTECTED_MAX_ADJ = -500
"""A value that a daemon has for itself; milder ones are given to whole sessions on purpose."""

HELD_MIN_RATIO = 0.02
"""Of RAM and swap: less is not worth a line."""

_REFERENCES = ("kernel/fork.c:copy_signal", "mm/oom_kill.c:oom_badness")


def _heirs(facts: Facts, now: Standing) -> Iterator[tuple[Victim, Kin]]:
    for victim in now.subjects:
        kin = now.kin(victim)
        if kin is None or victim.oom_score_adj > PROTECTED_MAX_ADJ or not kin.has_parents_adj:
            continue
        is_own = kin.comm == kin.parent_comm or is_critical(facts, victim.pid_id, victim.comm)
        if is_own or runtime_of(kin.cgroup_path) == "kubernetes":  # the kubelet gave that value
            continue
        held_ratio = footprint_pages(victim) / now.total_pages
        told_elsewhere = held_ratio >= LARGE_MIN_RATIO and victim.oom_score_adj == OOM_SCORE_ADJ_MIN
        if held_ratio >= HELD_MIN_RATIO and not told_elsewhere:
            yield victim, kin


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    now = standing(facts)
    if now is None:
        return
    for victim, kin in _heirs(facts, now):
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.INFO,
            title=f"{victim.comm} (pid {victim.pid_id}) inherited the protection of {kin.parent_comm}",
            confidence="medium",
            evidence=(*place(rank_of(now.order, victim.pid_id), victim), *parentage(kin)),
            would_change=("its own value being meant: then set it in its own unit",),
        )


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """0, as any process has that nobody protects; only where it frees nothing of the parent's."""
    now = standing(facts)
    if now is None:
        return
    for victim, kin in _heirs(facts, now):
        if kin.unit is not None and kin.unit.endswith(".service"):
            continue  # a drop-in of that unit would take the parent's protection as well
        after = now.under(dict.fromkeys(peers(now, victim), 0))
        yield adj_advice(
            now,
            victim,
            0,
            rule_id=RULE.id,
            claim=f"{victim.comm} is protected only because {kin.parent_comm} is",
            evidence=(*place(rank_of(now.order, victim.pid_id), victim), *parentage(kin)),
            predicted=(
                killable_effect(now.order, after),
                rank_effect("rank", now.order, after, victim.pid_id),
            ),
            risk="it can be killed like any other process of its size",
            would_change=("its own value being meant: then set it in its own unit",),
            references=_REFERENCES,
        )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    build = replace(
        host.VICTIM, pid_id=412, comm="cc1plus", oom_score_adj=-900, points_pages=-1_801_600,
        rss_pages=460_000, oom_score=12,
    )  # fmt: skip
    kin = Kin(
        pid_id=412, comm="cc1plus", oom_score_adj=-900, cgroup_path="/user.slice/session-2.scope",
        unit="session-2.scope", parent_pid_id=77, parent_comm="agentd", parent_adj=-900,
        is_init_child=False,
    )  # fmt: skip
    order = VictimOrder(by_scope={HOST: (host.VICTIM, build)}, total_pages=2_524_288)
    return host.facts(order, Kinship(by_pid={412: kin}))


RULE = Rule(
    id="VMA-PROTECT-002",
    title="A process inherited a daemon's protection",
    needs=(VictimOrder, Kinship),
    check=check,
    recommend=recommend,
    references=_REFERENCES,
    fires_on=_fires,
    quiet_on=quiet_host,
)

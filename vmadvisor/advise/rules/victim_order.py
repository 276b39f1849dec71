"""A critical service stands first in the OOM killer's order.

Rank, not size, kills: the order is ``oom_badness()`` recomputed. That a large database comes first on a
healthy host is how the kernel works and no alarm: INFO. It becomes a WARNING when memory runs out.

Another oom_score_adj is advised only where that spares the service at the cost of somebody who frees as
much: a process that is not critical, stands behind it and holds as much memory or, when memory runs out,
half as much. Where nobody does, protecting it would have the kernel kill many small ones in vain.
"""

from collections.abc import Iterator

from vmadvisor.advise.critical import COMMS, is_critical
from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.advise.rules._oom_order import (
    Standing,
    host_runs_short,
    instead_of,
    own_pids,
    peers,
    place,
    standing,
)
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.kernel.oom import Victim
from vmadvisor.model.facts import Facts, VictimOrder
from vmadvisor.model.reorder import footprint_pages, rank_of

CRITICAL_COMMS = COMMS

TOP_COUNT = 3
"""A kill seldom stays alone: what stands among the first three is in reach of one shortage."""

ADJ_STEP = 50
ADJ_LEAST = -900
"""Protection that still leaves a runaway killable, unlike -1000: 90 % of RAM and swap taken off."""

SHORT_HOG_RATIO = 0.5
"""When memory runs out, who holds half as much is worth killing first."""

_REFERENCES = ("mm/oom_kill.c:oom_badness", "fs/proc/base.c:oom_score_adj_write")


def _first(facts: Facts) -> Iterator[tuple[int, Victim]]:
    """Critical ones among the first three, with their rank."""
    victims, own = facts[VictimOrder], own_pids(facts)
    order = [victim for victim in victims.by_scope.get(HOST, ()) if victim.killable]
    if len(order) <= TOP_COUNT and not victims.is_cut:
        return  # nobody stands behind it: every one of them is among the first
    for rank, victim in enumerate(order[:TOP_COUNT], 1):
        if victim.pid_id not in own and is_critical(facts, victim.pid_id, victim.comm):
            yield rank, victim


def _next_other(facts: Facts, after_rank: int) -> tuple[Quantity, ...]:
    """The first process behind it that is not critical: who would go instead."""
    order = [victim for victim in facts[VictimOrder].by_scope.get(HOST, ()) if victim.killable]
    own = own_pids(facts)
    for rank, victim in enumerate(order[after_rank:], after_rank + 1):
        if victim.pid_id not in own and not is_critical(facts, victim.pid_id, victim.comm):
            return place(rank, victim, prefix="next_")
    return ()


def _hog(facts: Facts, now: Standing, victim: Victim) -> Victim | None:
    """Who should die before it: the largest that is not critical and stands behind it."""
    least_ratio = SHORT_HOG_RATIO if host_runs_short(facts) else 1.0
    behind = now.killable[(rank_of(now.order, victim.pid_id) or 0) :]
    large = [
        other
        for other in behind
        if footprint_pages(other) >= least_ratio * footprint_pages(victim)
        and other.pid_id not in now.own_pids
        and not is_critical(facts, other.pid_id, other.comm)
    ]
    return max(large, key=footprint_pages, default=None)


def _protecting_adj(now: Standing, victim: Victim, hog: Victim) -> int | None:
    """The mildest value, in steps, that puts it behind the hog."""
    pids = peers(now, victim)
    for adj in range(victim.oom_score_adj // ADJ_STEP * ADJ_STEP, ADJ_LEAST - 1, -ADJ_STEP):
        if adj == victim.oom_score_adj:
            continue
        order = now.under(dict.fromkeys(pids, adj))
        own, others = rank_of(order, victim.pid_id), rank_of(order, hog.pid_id)
        if own is not None and others is not None and own > others:
            return adj
    return None


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """A value for each critical service that would die before somebody as large."""
    now = standing(facts)
    if now is None:
        return
    for _, victim in _first(facts):
        hog = _hog(facts, now, victim)
        adj = None if hog is None else _protecting_adj(now, victim, hog)
        if hog is None or adj is None:
            continue
        yield instead_of(
            now,
            victim,
            hog,
            adj,
            rule_id=RULE.id,
            claim=f"{victim.comm} would die before {hog.comm}, which holds as much or more",
            risk=f"{hog.comm} (pid {hog.pid_id}) is killed in its place; a leak in {victim.comm} hits others first",
            would_change=("another process being larger, or this one no longer needed",),
            references=_REFERENCES,
        )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    for rank, victim in _first(facts):
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.WARNING if host_runs_short(facts) else Severity.INFO,
            title=f"Critical service {victim.comm} (pid {victim.pid_id}) is number {rank} in the OOM killer's order",
            confidence="high",
            evidence=place(rank, victim),
            counter_evidence=_next_other(facts, rank),
            would_change=("a larger process, or a lower oom_score_adj of this one",),
        )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    names = ("postgres", "backup", "worker", "cron")
    order = tuple(
        replace(host.VICTIM, pid_id=200 + i, comm=name, points_pages=900_000 - i * 100_000,
                rss_pages=390_000 + i * 100, oom_score_adj=(200, 0, -40, -80)[i])
        for i, name in enumerate(names)
    )  # fmt: skip
    return host.facts(VictimOrder(by_scope={HOST: order}, total_pages=2_524_288))


RULE = Rule(
    id="VMA-VICTIM-001",
    title="A critical service stands first in the OOM killer's order",
    needs=(VictimOrder,),
    check=check,
    recommend=recommend,
    references=_REFERENCES,
    fires_on=_fires,
    quiet_on=quiet_host,
)

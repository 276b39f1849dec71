"""A raised oom_score_adj makes small processes die before the one that holds the memory.

+100 weighs as much as a tenth of RAM and swap. Where that puts a small service in front of a process many
times its size, the first kills free next to nothing: the shortage goes on, and the service is gone. Meant
so by browsers for their tabs and by kubernetes for its classes, so those are left out; seldom meant for a
system service, or for a whole session whose shell dies before the hog at 0.
"""

from collections.abc import Iterator

from vmadvisor.advise.critical import is_critical
from vmadvisor.advise.finding import HOST, Finding, Rule, Severity
from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.advise.rules._oom_order import (
    Standing,
    host_runs_short,
    instead_of,
    peers,
    place,
    standing,
)
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.kernel.oom import Victim
from vmadvisor.model.facts import Facts, VictimOrder
from vmadvisor.model.kinship import Kin, Kinship
from vmadvisor.model.reorder import footprint_pages, rank_of
from vmadvisor.model.unit_names import is_system_service, runtime_of

HOG_MIN_RATIO = 0.10
"""Of RAM and swap: who holds less is no hog."""

SMALL_MAX_RATIO = 0.25
"""Of the hog: what its death frees is then no help."""

_REFERENCES = ("mm/oom_kill.c:oom_badness", "fs/proc/base.c:oom_score_adj_write")


def _is_meant(facts: Facts, victim: Victim, kin: Kin | None) -> bool:
    """Whether somebody chose to have it die first: a browser, a kubelet."""
    if is_critical(facts, victim.pid_id, victim.comm):
        return False
    if kin is None or kin.cgroup_path is None:
        return False
    return runtime_of(kin.cgroup_path) is not None or not is_system_service(kin.cgroup_path)


def _ahead(facts: Facts, now: Standing) -> Iterator[tuple[Victim, Victim]]:
    """Small ones with a raised value in front of the largest, each with that one."""
    others = [victim for victim in now.subjects if victim.killable]
    hog = max(others, key=footprint_pages, default=None)
    if hog is None or footprint_pages(hog) < HOG_MIN_RATIO * now.total_pages:
        return
    for victim in others[: others.index(hog)]:
        is_small = footprint_pages(victim) <= SMALL_MAX_RATIO * footprint_pages(hog)
        is_raised = victim.oom_score_adj > max(hog.oom_score_adj, 0)
        if is_small and is_raised and not _is_meant(facts, victim, now.kin(victim)):
            yield victim, hog


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for all of them: nobody needs a line for each worker of a pool."""
    now = standing(facts)
    if now is None or not (pairs := list(_ahead(facts, now))):
        return
    (victim, hog), more_count = pairs[0], len(pairs) - 1
    others = f" and {more_count} more" if more_count else ""
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.WARNING if host_runs_short(facts) else Severity.INFO,
        title=f"{victim.comm} (pid {victim.pid_id}){others} would die before {hog.comm}, which holds the memory",
        confidence="medium",
        evidence=(
            *place(rank_of(now.order, victim.pid_id), victim),
            *place(rank_of(now.order, hog.pid_id), hog, prefix="other_"),
        ),
        would_change=("the raised value being meant: a job that may die at any time",),
    )


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """0 for each that then stands behind the hog."""
    now = standing(facts)
    if now is None:
        return
    for victim, hog in _ahead(facts, now):
        after = now.under(dict.fromkeys(peers(now, victim), 0))
        if (rank_of(after, victim.pid_id) or 0) < (rank_of(after, hog.pid_id) or 0):
            continue
        yield instead_of(
            now,
            victim,
            hog,
            0,
            rule_id=RULE.id,
            claim=f"{victim.comm} would die before {hog.comm}, and that frees little",
            risk=f"{hog.comm} (pid {hog.pid_id}) is killed in its place",
            would_change=("the raised value being meant: a job that may die at any time",),
            references=_REFERENCES,
        )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    small = replace(
        host.VICTIM, pid_id=512, comm="exporter", oom_score_adj=300, points_pages=767_200,
        rss_pages=9_000, swap_pages=900, page_table_pages=100,
    )  # fmt: skip
    kin = Kin(
        pid_id=512, comm="exporter", oom_score_adj=300, cgroup_path="/system.slice/exporter.service",
        unit="exporter.service", parent_pid_id=None, parent_comm=None, parent_adj=None,
        is_init_child=True,
    )  # fmt: skip
    order = VictimOrder(by_scope={HOST: (small, host.VICTIM)}, total_pages=2_524_288)
    return host.facts(order, Kinship(by_pid={512: kin}))


RULE = Rule(
    id="VMA-PROTECT-003",
    title="A raised oom_score_adj makes a small service die before the one that holds the memory",
    needs=(VictimOrder,),
    check=check,
    recommend=recommend,
    references=_REFERENCES,
    fires_on=_fires,
    quiet_on=quiet_host,
)

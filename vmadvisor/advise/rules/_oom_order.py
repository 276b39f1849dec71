"""What rules about the OOM killer's order share: sizes, who stands where, a change of oom_score_adj.

An oom_score_adj belongs to a process and dies with it; what lasts is ``OOMScoreAdjust=`` of its unit.
"""

from collections.abc import Mapping, Sequence
from shlex import quote

from vmadvisor.advise.finding import HOST, Quantity
from vmadvisor.advise.recommendation import ADJ, UNIT, Effect, Recommendation, exact
from vmadvisor.advise.rules.availability import is_short
from vmadvisor.kernel.behaviour import Behaviour
from vmadvisor.kernel.oom import Victim
from vmadvisor.model.facts import Availability, Facts, VictimOrder
from vmadvisor.model.kinship import Kin, Kinship
from vmadvisor.model.own_processes import OwnProcesses
from vmadvisor.model.reorder import footprint_pages, rank_of, with_adj
from vmadvisor.model.unit_names import is_system_service
from vmadvisor.records import dataclass

DROP_IN = "50-vmadvisor.conf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The host's order with what rules ask of it.

    ``own_pids`` stand in it and count, but are nobody's matter: they end with the reading.
    """

    order: tuple[Victim, ...]
    total_pages: int
    rules: Behaviour
    kinship: Kinship | None
    own_pids: frozenset[int] = frozenset()

    @property
    def subjects(self) -> tuple[Victim, ...]:
        """All whom advice may be about, or whom it may have die instead."""
        return tuple(victim for victim in self.order if victim.pid_id not in self.own_pids)

    @property
    def killable(self) -> tuple[Victim, ...]:
        """Those that can be chosen, the first to die first."""
        return tuple(victim for victim in self.order if victim.killable)

    def kin(self, victim: Victim) -> Kin | None:
        """Whose the process is, where that was read."""
        return None if self.kinship is None else self.kinship.of(victim.pid_id)

    def under(self, changes: Mapping[int, int]) -> tuple[Victim, ...]:
        """The order with other values, by pid."""
        return with_adj(self.order, changes, self.total_pages, self.rules)


def standing(facts: Facts) -> Standing | None:
    """``None`` where the order or T cannot be told."""
    victims, rules = facts.get(VictimOrder), facts.get(Behaviour)
    if victims is None or victims.total_pages is None or rules is None:
        return None
    return Standing(
        order=victims.by_scope.get(HOST, ()),
        total_pages=victims.total_pages,
        rules=rules,
        kinship=facts.get(Kinship),
        own_pids=own_pids(facts),
    )


def own_pids(facts: Facts) -> frozenset[int]:
    """The reader's processes, where it is known; a recording's are its recorder's."""
    own = facts.get(OwnProcesses)
    return frozenset() if own is None else own.pids


def host_runs_short(facts: Facts) -> bool:
    """Whether the next kill is near, so that the order matters now."""
    now = facts.get(Availability)
    return now is not None and is_short(now)


def place(rank: int | None, victim: Victim, *, prefix: str = "") -> tuple[Quantity, ...]:
    """A process in the order, as evidence."""
    pid = f"/proc/{victim.pid_id}"
    return (
        Quantity(
            name=f"{prefix}rank",
            value="never" if rank is None else rank,
            unit="count",
            source="computed: oom_badness() order",
        ),
        Quantity(name=f"{prefix}pid", value=victim.pid_id, unit="id", source=pid),
        Quantity(
            name=f"{prefix}points",
            value=victim.points_pages if victim.killable else None,
            unit="pages",
            source="computed: oom_badness()",
        ),
        Quantity(
            name=f"{prefix}holds",
            value=footprint_pages(victim),
            unit="pages",
            source=f"{pid}/status VmRSS, VmSwap, VmPTE",
        ),
        Quantity(
            name=f"{prefix}oom_score_adj",
            value=victim.oom_score_adj,
            unit="adj",
            source=f"{pid}/oom_score_adj",
        ),
    )


def parentage(kin: Kin | None) -> tuple[Quantity, ...]:
    """The parent and its value, where it was read."""
    if kin is None or kin.parent_pid_id is None:
        return ()
    return (
        Quantity(
            name="parent",
            value=kin.parent_comm,
            unit="name",
            source=f"/proc/{kin.pid_id}/stat ppid, /proc/{kin.parent_pid_id}/stat",
        ),
        Quantity(
            name="parent_oom_score_adj",
            value=kin.parent_adj,
            unit="adj",
            source=f"/proc/{kin.parent_pid_id}/oom_score_adj",
        ),
    )


def peers(now: Standing, victim: Victim) -> tuple[int, ...]:
    """Pids that one value is given to: of its service with the same value, else of its name."""
    service = _service_of(now.kin(victim))
    return tuple(
        other.pid_id
        for other in now.subjects
        if other.oom_score_adj == victim.oom_score_adj
        and _service_of(now.kin(other)) == service
        and (service is not None or other.comm == victim.comm)
    )


def _service_of(kin: Kin | None) -> str | None:
    """The service whose unit can keep a value; a scope or a container has none."""
    if kin is None or not is_system_service(kin.cgroup_path):
        return None
    return kin.unit


def rank_effect(name: str, before: Sequence[Victim], after: Sequence[Victim], pid: int) -> Effect:
    """Where the process stands without and with the change; 0: it is never chosen."""
    return exact(name, "count", rank_of(before, pid) or 0, rank_of(after, pid) or 0)


def killable_effect(before: Sequence[Victim], after: Sequence[Victim]) -> Effect:
    """The memory that the OOM killer can get at, in all."""
    sums = [sum(footprint_pages(v) for v in order if v.killable) for order in (before, after)]
    return exact("killable_memory", "pages", *sums)


def instead_of(
    now: Standing,
    victim: Victim,
    other: Victim,
    adj: int,
    *,
    rule_id: str,
    claim: str,
    risk: str,
    would_change: tuple[str, ...],
    references: tuple[str, ...],
) -> Recommendation:
    """A value that has ``other`` die before ``victim``."""
    after = now.under(dict.fromkeys(peers(now, victim), adj))
    return adj_advice(
        now,
        victim,
        adj,
        rule_id=rule_id,
        claim=claim,
        evidence=(
            *place(rank_of(now.order, victim.pid_id), victim),
            *place(rank_of(now.order, other.pid_id), other, prefix="other_"),
        ),
        predicted=(
            rank_effect("rank", now.order, after, victim.pid_id),
            rank_effect("other_rank", now.order, after, other.pid_id),
        ),
        risk=risk,
        would_change=would_change,
        references=references,
    )


def _write(pids: Sequence[int], adj: int) -> str:
    """The value for each of the processes.

    >>> _write((7,), -50), _write((7, 9), 0)
    ('echo -50 > /proc/7/oom_score_adj', 'for p in 7 9; do echo 0 > /proc/$p/oom_score_adj; done')
    """
    if len(pids) == 1:
        return f"echo {adj} > /proc/{pids[0]}/oom_score_adj"
    return f"for p in {' '.join(map(str, pids))}; do echo {adj} > /proc/$p/oom_score_adj; done"


def adj_advice(
    now: Standing,
    victim: Victim,
    adj: int,
    *,
    rule_id: str,
    claim: str,
    evidence: tuple[Quantity, ...],
    predicted: tuple[Effect, ...],
    risk: str,
    would_change: tuple[str, ...],
    references: tuple[str, ...],
) -> Recommendation:
    """Another oom_score_adj for a process and its peers, by their unit where they have one."""
    pids, service = peers(now, victim), _service_of(now.kin(victim))
    persist = (
        "nothing keeps it: the process has no unit; set it where the process is started: choom -n"
    )
    if service is not None:
        directory = f"/etc/systemd/system/{service}.d"
        persist = f"{quote(f'{directory}/{DROP_IN}')}: OOMScoreAdjust={adj}"
    return Recommendation(
        id=rule_id,
        key=f"{UNIT}{service}:OOMScoreAdjust" if service else f"{ADJ}{victim.comm}",
        scope=HOST,
        claim=claim,
        current=victim.oom_score_adj,
        recommended=adj,
        evidence=evidence,
        counter_evidence=(),
        predicted=predicted,
        confidence="high",
        would_change=would_change,
        risk=risk,
        command=_write(pids, adj),
        undo=_write(pids, victim.oom_score_adj),
        persist=persist,
        references=references,
        finding_ids=(rule_id,),
    )

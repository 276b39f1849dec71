"""All that one OOM report says, and what follows from it: the fact that rules and renderers take."""

from vmadvisor.kernel.oom_page import oom_page_bytes
from vmadvisor.kernel.oom_request import node_list, oom_request
from vmadvisor.kernel.oom_rules import OomRules, oom_rules
from vmadvisor.kernel.oom_total import OomTotal, oom_total
from vmadvisor.kernel.oom_zones import ZoneCheck, short_nodes, zone_checks
from vmadvisor.model.oom_cause import causes
from vmadvisor.model.oom_choice import Prediction, predict
from vmadvisor.model.oom_disagreement import Victim, is_same, victim_of, why_not
from vmadvisor.model.oom_memory import MemoryShare, cgroup_shares, host_shares
from vmadvisor.records import dataclass
from vmadvisor.sources.oom_report import OomReport

HOST = "host"
SOME_CGROUP = "cgroup"
"""The scope of a kill at the limit of a cgroup that the log does not name."""

NONE, MEMCG = "CONSTRAINT_NONE", "CONSTRAINT_MEMCG"
CPUSET, MEMORY_POLICY = "CONSTRAINT_CPUSET", "CONSTRAINT_MEMORY_POLICY"
_BOUND = frozenset({CPUSET, MEMORY_POLICY})
_CGROUP_LEAD = "Memory cgroup out of memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class OomAnalysis:
    """``constraint`` in the kernel's words, ``None`` where neither printed nor evident.

    ``scope`` is "host", a cgroup's path, or the nodes that the request was bound to. ``agrees`` is
    ``None`` where there is nothing to compare; ``why_not`` then says what is missing.
    """

    report: OomReport
    page_size_bytes: int
    constraint: str | None
    scope: str
    causes: tuple[str, ...]
    zones: tuple[ZoneCheck, ...]
    shares: tuple[MemoryShare, ...]
    prediction: Prediction
    victim: Victim | None
    agrees: bool | None
    why_not: str | None

    @property
    def cause(self) -> str:
        """The cause that explains most."""
        return self.causes[0]

    @property
    def is_cgroup(self) -> bool:
        """A cgroup's own limit was met: the host is not to blame."""
        return is_of_cgroup(self.report)


def analyse(report: OomReport) -> OomAnalysis:
    """What follows from a report; the same report gives the same analysis."""
    page_bytes = oom_page_bytes(report)
    rules, total = oom_rules(report), oom_total(report, page_bytes)
    checks = zone_checks(report, page_bytes)
    constraint = constraint_of(report)
    shares: tuple[MemoryShare, ...] = ()
    if report.cgroup is not None:
        shares = cgroup_shares(report.cgroup)
    elif report.memory is not None:
        shares = host_shares(report.memory, page_bytes)
    prediction = predict(report, rules=rules, total=total, page_bytes=page_bytes)
    victim = victim_of(report)
    agrees, reason = _compare(report, prediction, victim, rules, total, page_bytes)
    return OomAnalysis(
        report=report,
        page_size_bytes=page_bytes,
        constraint=constraint,
        scope=_scope(report, constraint, checks),
        causes=causes(
            report,
            is_cgroup=is_of_cgroup(report),
            is_bound=constraint in _BOUND,
            checks=checks,
            shares=shares,
        ),
        zones=checks,
        shares=shares,
        prediction=prediction,
        victim=victim,
        agrees=agrees,
        why_not=reason,
    )


def is_of_cgroup(report: OomReport) -> bool:
    """By the memory that was printed, the way in, or the words of the kill."""
    summary = report.summary
    if summary is not None and (summary.constraint == MEMCG or summary.oom_memcg is not None):
        return True
    leads = [kill.lead for kill in report.kills] + ([report.choice.lead] if report.choice else [])
    return report.is_memcg or any((lead or "").startswith(_CGROUP_LEAD) for lead in leads)


def constraint_of(report: OomReport) -> str | None:
    """As printed since 5.0; before, as ``constrained_alloc()`` must have found."""
    if report.summary is not None:
        return report.summary.constraint
    if is_of_cgroup(report):
        return MEMCG
    memory = report.memory
    have = frozenset(zone.node_id for zone in memory.zones) if memory is not None else frozenset()
    policy = node_list(report.nodemask)
    if policy is not None and have - policy:
        return MEMORY_POLICY
    allowed = node_list(report.mems_allowed)
    if allowed is not None and have - allowed:
        return CPUSET
    said = any((kill.lead or "").startswith("Out of memory") for kill in report.kills)
    is_host = memory is not None or said or report.choice is not None or report.has_no_candidate
    return NONE if is_host else None


def _scope(report: OomReport, constraint: str | None, checks: tuple[ZoneCheck, ...]) -> str:
    summary = report.summary
    if is_of_cgroup(report):
        named = summary.oom_memcg if summary is not None else None
        return named or (report.cgroup.path if report.cgroup is not None else None) or SOME_CGROUP
    nodes = oom_request(report).nodes if constraint in _BOUND else None
    if constraint in _BOUND and summary is not None:
        nodes = node_list(summary.nodemask) or node_list(summary.mems_allowed) or nodes
    nodes = nodes or (None if report.is_sysrq else short_nodes(checks))
    if nodes:
        return "nodes " + ",".join(str(node) for node in sorted(nodes))
    return HOST


def _compare(
    report: OomReport,
    prediction: Prediction,
    victim: Victim | None,
    rules: OomRules,
    total: OomTotal,
    page_bytes: int,
) -> tuple[bool | None, str | None]:
    chosen = prediction.chosen
    if victim is None:
        return None, _no_victim(report)
    if chosen is None:
        return None, prediction.why_not
    if is_same(victim, chosen.task):
        return True, None
    reason = why_not(report, prediction, victim, rules=rules, total=total, page_bytes=page_bytes)
    return False, reason


def _no_victim(report: OomReport) -> str:
    if report.has_no_candidate:
        return "the kernel found nobody to kill: all it could choose had been killed before, or were protected"
    if report.panic is not None:
        return "the kernel panicked instead of killing (vm.panic_on_oom)"
    return "the report ends without a kill: it was cut off, or memory was freed in time"

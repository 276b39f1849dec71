"""Which oom_score_adj would have spared the victim, and whom it would have taken then.

Said only where the rule reproduces the kill: then the same rule tells what another value would have done.
-1000 is never proposed: it takes a process out of the choice for good, also when it is the one that leaks.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.report_rules._units import unit_of
from vmadvisor.kernel.badness import OOM_SCORE_ADJ_MIN
from vmadvisor.kernel.oom_choice import Ranked
from vmadvisor.model.facts import Facts
from vmadvisor.model.oom_analysis import OomAnalysis
from vmadvisor.model.oom_choice import Spare

_SOURCE = "computed: oom_badness() of the report's task table"


def _evidence(chosen: Ranked, spare: Spare, runner_up: Ranked) -> tuple[Quantity, ...]:
    then = runner_up.task
    return (
        Quantity(name="points", value=chosen.points, unit="points", source=_SOURCE),
        Quantity(name="oom_score_adj", value=chosen.task.oom_score_adj, unit="adj", source=_SOURCE),
        Quantity(name="spared_by_adj", value=spare.adj, unit="adj", source=_SOURCE),
        Quantity(name="then_pid", value=then.pid_id, unit="id", source=_SOURCE),
        Quantity(name="then_comm", value=then.comm, unit="name", source=_SOURCE),
        Quantity(name="then_points", value=runner_up.points, unit="points", source=_SOURCE),
    )


def _remedy(analysis: OomAnalysis, spare: Spare) -> Remedy | None:
    summary = analysis.report.summary
    unit = unit_of(summary.task_memcg) if summary is not None else None
    if unit is None or not unit.endswith(".service") or spare.adj <= OOM_SCORE_ADJ_MIN:
        return None
    return Remedy(
        command=f"systemctl edit {unit}    # [Service] OOMScoreAdjust={spare.adj}, then restart it",
        undo=f"systemctl revert {unit}    # drops every local change of the unit; then restart it",
        effect="with sizes as they were, the next in the order is killed in its place",
        risk="another service dies; if this one leaks, it takes its neighbours first",
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what would have spared the victim; nothing where the choice is not reproduced."""
    analysis = facts[OomAnalysis]
    prediction = analysis.prediction
    chosen, spare, runner_up = prediction.chosen, prediction.spare, prediction.runner_up
    if not analysis.agrees or chosen is None or spare is None or runner_up is None:
        return
    yield Finding(
        id=RULE.id,
        scope=analysis.scope if analysis.scope.startswith("/") else HOST,
        severity=Severity.INFO,
        title=f"oom_score_adj {spare.adj} would have spared {chosen.task.comm} (pid {chosen.task.pid_id}) "
        f"and taken {runner_up.task.comm} (pid {runner_up.task.pid_id})",
        confidence="high" if prediction.is_certain else "medium",
        evidence=_evidence(chosen, spare, runner_up),
        would_change=("other sizes: the adj counts against what each process has at that moment",),
        remedy=_remedy(analysis, spare),
    )


def _fires() -> Facts:
    from vmadvisor.advise.report_rules import _examples

    return _examples.facts(_examples.CGROUP_LOG)


def _quiet() -> Facts:
    from vmadvisor.advise.report_rules import _examples

    return _examples.facts(_examples.KILL_ONLY_LOG)


RULE = Rule(
    id="VMA-SPARE-001",
    title="Another oom_score_adj would have changed the victim",
    needs=(OomAnalysis,),
    check=check,
    references=("mm/oom_kill.c:oom_badness", "Documentation/filesystems/proc.rst"),
    fires_on=_fires,
    quiet_on=_quiet,
)

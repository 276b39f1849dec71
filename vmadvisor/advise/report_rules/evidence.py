"""What the report lacks, so that the next one tells more.

The task table and the line ``oom-kill:`` are of level info: a console at the usual log level leaves them
out while dmesg and the journal keep them. ``vm.oom_dump_tasks`` 0 leaves the table out everywhere.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.model.facts import Facts
from vmadvisor.model.oom_analysis import OomAnalysis


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what cannot be told for want of the task table."""
    analysis = facts[OomAnalysis]
    if analysis.prediction.chosen is not None:
        return
    table = analysis.report.table
    yield Finding(
        id=RULE.id,
        scope=analysis.scope if analysis.scope.startswith("/") else HOST,
        severity=Severity.INFO,
        title=f"The choice cannot be reproduced: {analysis.prediction.why_not}",
        confidence="high",
        evidence=(
            Quantity(
                name="rows_read",
                value=len(table.tasks) if table is not None else 0,
                unit="count",
                source="the report's task table",
            ),
        ),
        would_change=(
            "dmesg or the journal of that time in place of a console's log; vm.oom_dump_tasks = 1",
        ),
    )


def _fires() -> Facts:
    from vmadvisor.advise.report_rules import _examples

    return _examples.facts(_examples.KILL_ONLY_LOG)


def _quiet() -> Facts:
    from vmadvisor.advise.report_rules import _examples

    return _examples.facts(_examples.CGROUP_LOG)


RULE = Rule(
    id="VMA-REPORT-001",
    title="The OOM report is not complete",
    needs=(OomAnalysis,),
    check=check,
    references=("mm/oom_kill.c:dump_tasks", "Documentation/admin-guide/sysctl/vm.rst"),
    fires_on=_fires,
    quiet_on=_quiet,
)

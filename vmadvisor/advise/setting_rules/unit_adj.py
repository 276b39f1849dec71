"""A service does not run with the OOMScoreAdjust= that its unit says.

The value is given when the main process starts: a unit edited since, without a restart, protects nobody yet.
Or the process set another itself (sshd, postgres for its children): then the unit is not what counts.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._oom_order import own_pids
from vmadvisor.advise.setting_rules._units import directive
from vmadvisor.model.facts import Facts
from vmadvisor.model.kinship import Kin, Kinship
from vmadvisor.model.unit_names import is_system_service
from vmadvisor.sources.configuration import Configuration

SETS_ITS_OWN = frozenset({"sshd", "systemd-udevd"})
"""Daemons that lower their own value as they start."""


def _main_processes(kinship: Kinship) -> Iterator[Kin]:
    """One for each service: the child of init, the first by pid."""
    seen: set[str] = set()
    for _, kin in sorted(kinship.by_pid.items()):
        is_main = kin.is_init_child and is_system_service(kin.cgroup_path)
        if is_main and kin.unit is not None and kin.unit not in seen:
            seen.add(kin.unit)
            yield kin


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    own = own_pids(facts)
    for kin in _main_processes(facts[Kinship]):
        found = directive(facts[Configuration], kin.unit or "", "OOMScoreAdjust")
        is_own = kin.pid_id in own or kin.comm in SETS_ITS_OWN
        if found is None or kin.oom_score_adj is None or is_own:
            continue
        if found.value == str(kin.oom_score_adj):
            continue
        yield Finding(
            id=RULE.id,
            scope=kin.cgroup_path or "/",
            severity=Severity.INFO,
            title=f"{kin.comm} (pid {kin.pid_id}) does not run with the OOMScoreAdjust= of its unit {kin.unit}",
            confidence="medium",
            evidence=(
                Quantity(
                    name="oom_score_adj",
                    value=kin.oom_score_adj,
                    unit="adj",
                    source=f"/proc/{kin.pid_id}/oom_score_adj",
                ),
                Quantity(
                    name="OOMScoreAdjust",
                    value=found.value,
                    unit="adj",
                    source=f"{found.path}:{found.line}",
                ),
            ),
            would_change=("a restart of the service, unless the process sets its value itself",),
        )


def _case(value: str) -> Facts:
    from vmadvisor.advise.setting_rules import _examples as case

    text = f"[Service]\nOOMScoreAdjust={value}\n"
    return case.facts(case.unit("etc/systemd/system/worker.service", text))


def _fires() -> Facts:
    return _case("-600")


def _quiet() -> Facts:
    return _case("0")


RULE = Rule(
    id="VMA-UNIT-001",
    title="A service does not run with its unit's OOMScoreAdjust=",
    needs=(Configuration, Kinship),
    check=check,
    references=("fs/proc/base.c:oom_score_adj_write", "kernel/fork.c:copy_signal"),
    fires_on=_fires,
    quiet_on=_quiet,
)

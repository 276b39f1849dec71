"""systemd-oomd may kill a critical service, whatever its oom_score_adj says.

With ``ManagedOOMSwap=kill`` or ``ManagedOOMMemoryPressure=kill`` on a slice above it, systemd-oomd kills whole
control groups below that slice by swap use or by PSI, before the kernel's OOM killer would: the group with the
most swap or the most reclaim, not the process with the most points. ``ManagedOOMPreference=omit`` (or avoid) on
the service's unit is what spares it.
"""

from collections.abc import Iterator
from shlex import quote

from vmadvisor.advise.critical import is_critical
from vmadvisor.advise.finding import Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._oom_order import own_pids
from vmadvisor.advise.setting_rules._units import Directive, above, directive
from vmadvisor.model.facts import Facts
from vmadvisor.model.kinship import Kin, Kinship
from vmadvisor.sources.configuration import Configuration

OOMD = "systemd-oomd"
KILLS = ("ManagedOOMSwap", "ManagedOOMMemoryPressure")
SPARING = frozenset({"omit", "avoid"})


def _killing(configuration: Configuration, kin: Kin) -> tuple[str, str, Directive] | None:
    """(unit, directive, where it stands) of the innermost slice that lets systemd-oomd kill below it."""
    for unit in above(kin.cgroup_path or "")[1:]:
        for name in KILLS:
            found = directive(configuration, unit, name)
            if found is not None and found.value == "kill":
                return unit, name, found
    return None


def _remedy(unit: str) -> Remedy:
    directory = f"/etc/systemd/system/{unit}.d"
    file = f"{directory}/50-vmadvisor-oomd.conf"
    return Remedy(
        command=f"mkdir -p {quote(directory)} && printf '[Service]\\nManagedOOMPreference=omit\\n' > "
        f"{quote(file)} && systemctl daemon-reload",
        undo=f"rm {quote(file)} && systemctl daemon-reload",
        effect="systemd-oomd leaves this unit alone",
        risk="another group below the same slice is killed in its place; the kernel's OOM killer may still come",
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    kinship, configuration = facts[Kinship], facts[Configuration]
    if all(kin.comm != OOMD for kin in kinship.by_pid.values()):
        return
    seen, own = set[str](), own_pids(facts)
    for _, kin in sorted(kinship.by_pid.items()):
        unit = kin.unit
        if unit is None or unit in seen or kin.pid_id in own:
            continue
        if not is_critical(facts, kin.pid_id, kin.comm):
            continue
        killing = _killing(configuration, kin)
        preference = directive(configuration, unit, "ManagedOOMPreference")
        if killing is None or (preference is not None and preference.value in SPARING):
            continue
        seen.add(unit)
        above_unit, name, found = killing
        yield Finding(
            id=RULE.id,
            scope=kin.cgroup_path or "/",
            severity=Severity.INFO,
            title=f"systemd-oomd may kill {unit}: {above_unit} has {name}=kill",
            confidence="medium",
            evidence=(
                Quantity(
                    name=name,
                    value=found.value,
                    unit="setting",
                    source=f"{found.path}:{found.line}",
                ),
                Quantity(
                    name="oom_score_adj",
                    value=kin.oom_score_adj,
                    unit="adj",
                    source=f"/proc/{kin.pid_id}/oom_score_adj",
                ),
            ),
            would_change=("ManagedOOMPreference=omit or avoid on the unit",),
            remedy=_remedy(unit) if unit.endswith(".service") else None,
        )


def _case(preference: str) -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host
    from vmadvisor.advise.setting_rules import _examples as case
    from vmadvisor.sources import ini_file

    database = replace(
        host.KIN,
        pid_id=70,
        comm="postgres",
        cgroup_path="/system.slice/db.service",
        unit="db.service",
    )
    oomd = replace(host.KIN, pid_id=80, comm=OOMD)
    texts = {
        "etc/systemd/system/system.slice.d/10-oomd.conf": "[Slice]\nManagedOOMMemoryPressure=kill\n",
        "etc/systemd/system/db.service.d/10.conf": f"[Service]\n{preference}\n",
    }
    files = case.files(unit_files={path: ini_file.parse(text) for path, text in texts.items()})
    return case.facts(files, Kinship(by_pid={70: database, 80: oomd}))


def _fires() -> Facts:
    return _case("# nothing")


def _quiet() -> Facts:
    return _case("ManagedOOMPreference=omit")


RULE = Rule(
    id="VMA-OOMD-001",
    title="systemd-oomd may kill a critical service",
    needs=(Configuration, Kinship),
    check=check,
    references=("kernel/sched/psi.c", "Documentation/accounting/psi.rst"),
    fires_on=_fires,
    quiet_on=_quiet,
)

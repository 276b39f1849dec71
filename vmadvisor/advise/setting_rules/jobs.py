"""A job on a schedule drops caches, empties swap, or compacts all of memory.

Each throws away what reclaim would free when it is needed, and what is in use is read back: a slower host
after each run, in return for a larger MemFree. ``swapoff -a`` reads all of swap into memory at once, and
may call the OOM killer for it.
"""

from collections.abc import Iterator
from shlex import quote

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.model.facts import Facts
from vmadvisor.sources.configuration import Configuration
from vmadvisor.sources.shell_writes import SWAPOFF, ShellWrite

_DOES = {
    "vm.drop_caches": "drops caches that are read back from disk",
    "vm.compact_memory": "compacts all of memory, whoever needs it",
    SWAPOFF: "reads all of swap back into memory, and may call the OOM killer",
}


def _remedy(path: str, write: ShellWrite) -> Remedy:
    """The line made a comment, in place, with a copy beside it that cron does not run (a dot in its name)."""
    file = quote(f"/{path}")
    return Remedy(
        command=f"sed -i.vmadvisor '{write.line}s/^/# /' {file}",
        undo=f"mv {quote(f'/{path}.vmadvisor')} {file}",
        effect="the job no longer runs this line",
        risk="whoever wrote it counted on a larger MemFree; look at MemAvailable instead",
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    for path, writes in facts[Configuration].jobs.items():
        for write in writes:
            does = _DOES.get(write.key)
            if does is None:
                continue
            yield Finding(
                id=RULE.id,
                scope=HOST,
                severity=Severity.INFO,
                title=f"A job {does}: /{path} line {write.line}",
                confidence="medium",
                evidence=(
                    Quantity(
                        name=write.key,
                        value=write.value or "all",
                        unit="value",
                        source=f"/{path}:{write.line}",
                    ),
                ),
                would_change=("a benchmark that needs cold caches, or a job that never runs",),
                remedy=_remedy(path, write),
            )


def _fires() -> Facts:
    from vmadvisor.advise.setting_rules import _examples as case

    return case.facts(case.job("etc/cron.d/clean", "vm.drop_caches", "3"))


def _quiet() -> Facts:
    from vmadvisor.advise.setting_rules import _examples as case

    return case.facts(case.job("etc/rc.local", "vm.swappiness", "10"))


RULE = Rule(
    id="VMA-CRON-001",
    title="A job drops caches or empties swap on a schedule",
    needs=(Configuration,),
    check=check,
    references=("fs/drop_caches.c", "Documentation/admin-guide/sysctl/vm.rst#drop-caches"),
    fires_on=_fires,
    quiet_on=_quiet,
)

"""Settings that put something else in place of the OOM killer's choice.

``vm.panic_on_oom`` 1 panics when the whole host runs out, 2 also when a cgroup or a cpuset does: then one
container at its own limit takes the machine down. With ``kernel.panic`` 0 it stays down. Clusters that
fence may want 1 with a reboot. ``vm.oom_kill_allocating_task`` kills whoever asks for memory at that moment
instead of who holds it; oom_score_adj then protects nobody from a host-wide kill.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.model.facts import Facts
from vmadvisor.model.limits import CgroupLimits
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.sysctl_vm import VmSysctl

PANIC_ALWAYS_MODE = 2
PANIC_KEY, ALLOCATING_KEY = "vm.panic_on_oom", "vm.oom_kill_allocating_task"


def _setting(key: str, value: int) -> Quantity:
    path = f"/proc/sys/{key.replace('.', '/')}"
    return Quantity(name=key.partition(".")[2], value=value, unit="mode", source=path)


def _remedy(key: str, value: int, effect: str, risk: str) -> Remedy:
    return Remedy(
        command=f"sysctl -w {key}=0", undo=f"sysctl -w {key}={value}", effect=effect, risk=risk
    )


def _panic(facts: Facts, mode: int) -> Finding:
    kernel, limits = facts.get(KernelSysctl), facts.get(CgroupLimits)
    panic_s = None if kernel is None else kernel.panic_s
    limited = None if limits is None else sum(g.path != "/" for g in limits.groups)
    by_groups = mode >= PANIC_ALWAYS_MODE and bool(limited)
    title = "Running out of memory panics the host instead of killing a process"
    if by_groups:
        title = "A cgroup that runs out of its own limit panics the whole host"
    return Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.WARNING if by_groups else Severity.INFO,
        title=title + (", and it stays down" if panic_s == 0 else ""),
        confidence="high",
        evidence=(
            _setting(PANIC_KEY, mode),
            Quantity(name="panic", value=panic_s, unit="s", source="/proc/sys/kernel/panic"),
            Quantity(
                name="limited_groups", value=limited, unit="count", source="cgroups' memory.max"
            ),
        ),
        would_change=("a cluster that fences and restarts this host within seconds",),
        remedy=_remedy(
            PANIC_KEY,
            mode,
            "one process is killed, the host goes on",
            "the host goes on without the service that was killed",
        ),
    )


def _allocating(mode: int) -> Finding:
    return Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title="The OOM killer takes whoever asks for memory, not who holds it: no oom_score_adj protects",
        confidence="high",
        evidence=(_setting(ALLOCATING_KEY, mode),),
        would_change=("a host where walking all tasks takes seconds, and any death is as good",),
        remedy=_remedy(
            ALLOCATING_KEY,
            mode,
            "the process with the most points is killed",
            "a kill walks all processes, which takes time where there are very many",
        ),
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    settings = facts[VmSysctl]
    if settings.panic_on_oom_mode:
        yield _panic(facts, settings.panic_on_oom_mode)
    if settings.oom_kill_allocating_task_mode:
        yield _allocating(settings.oom_kill_allocating_task_mode)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(replace(host.SYSCTL, panic_on_oom_mode=2, oom_kill_allocating_task_mode=1))


RULE = Rule(
    id="VMA-POLICY-001",
    title="The OOM killer's choice is overruled by a setting",
    needs=(VmSysctl,),
    check=check,
    references=("mm/oom_kill.c:check_panic_on_oom", "mm/oom_kill.c:out_of_memory"),
    fires_on=_fires,
    quiet_on=quiet_host,
)

"""Control groups keep memory from the host's reclaim, or are kept asleep at memory.high.

``memory.min`` is never reclaimed, not even before the OOM killer: what it keeps is as good as locked. Above
``memory.max`` it makes the group's own limit unreclaimable: a kill instead of reclaim. ``memory.high`` never
kills; a group that reclaim cannot bring below it (anonymous memory without swap) sleeps up to 2 s at each
charge (``mem_cgroup_handle_over_high()``), and raises the host's PSI while the host is well.
"""

from collections.abc import Iterator
from shlex import quote

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._oom_order import host_runs_short
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._stalls import STALL_CRITICAL_RATIO
from vmadvisor.model.facts import Availability, Facts
from vmadvisor.model.group_settings import GroupSetting, GroupSettings

KEPT_MIN_RATIO = 0.5
"""Of RAM: with half of it out of reach the rest is reclaimed twice as hard."""

_MOUNT = "/sys/fs/cgroup"


def _bytes(name: str, value: int | None, file: str) -> Quantity:
    return Quantity(name=name, value=value, unit="bytes", source=file)


def _write(group: GroupSetting, file: str, value: int | str) -> str:
    return f"echo {value} > {quote(f'{_MOUNT}{group.path}/{file}')}"


def _kept(facts: Facts, kept_bytes: int, total_bytes: int) -> Finding:
    return Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.WARNING if host_runs_short(facts) else Severity.INFO,
        title="memory.min keeps half of RAM or more from reclaim, whatever happens to the rest",
        confidence="medium",
        evidence=(
            _bytes("kept", kept_bytes, "computed: min(memory.current, memory.min) of the outermost groups"),
            _bytes("total", total_bytes, "/proc/meminfo MemTotal"),
        ),
        would_change=("memory.low, which gives way before the OOM killer is called",),
    )  # fmt: skip


def _min_above_max(group: GroupSetting) -> Finding:
    return Finding(
        id=RULE.id,
        scope=group.path,
        severity=Severity.INFO,
        title="memory.min is not below memory.max: at its limit this group is killed from, not reclaimed",
        confidence="high",
        evidence=(
            _bytes("min", group.min_bytes, "memory.min"),
            _bytes("max", group.max_bytes, "memory.max"),
            _bytes("current", group.current_bytes, "memory.current"),
        ),
        would_change=("memory.min below memory.max by the page cache that the group needs",),
        remedy=Remedy(
            command=_write(group, "memory.min", (group.max_bytes or 0) // 2),
            undo=_write(group, "memory.min", group.min_bytes),
            effect="half of the limit stays protected from others, the rest can be reclaimed",
            risk="the host's reclaim may take cache of this group",
        ),
    )


def _held_at_high(group: GroupSetting) -> Finding:
    return Finding(
        id=RULE.id,
        scope=group.path,
        severity=Severity.INFO,
        title="Reclaim cannot bring this group below its memory.high: its tasks sleep, nothing is killed",
        confidence="medium",
        evidence=(
            _bytes("current", group.current_bytes, "memory.current"),
            _bytes("high", group.high_bytes, "memory.high"),
            _bytes("anonymous", group.anon_bytes, "memory.stat anon"),
            Quantity(name="full_avg10", value=group.full_avg10_ratio, unit="ratio", source="memory.pressure full avg10"),
        ),
        would_change=("swap for the group, or less anonymous memory in it",),
        remedy=Remedy(
            command=_write(group, "memory.high", "max"),
            undo=_write(group, "memory.high", group.high_bytes or 0),
            effect="its tasks run again; what then bounds it is memory.max, or the host",
            risk="it may take memory from the host's other users: set memory.max first",
        ),
    )  # fmt: skip


def _is_held(group: GroupSetting) -> bool:
    """Over its mark, asleep, and made of what cannot be reclaimed without swap."""
    if not group.high_bytes or group.current_bytes <= group.high_bytes:
        return False
    if (group.full_avg10_ratio or 0.0) < STALL_CRITICAL_RATIO:
        return False
    return group.anon_bytes is not None and group.anon_bytes >= group.high_bytes


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    settings, now = facts[GroupSettings], facts.get(Availability)
    if now is not None:
        total_bytes = now.mem_total_pages * now.page_size_bytes
        if settings.kept_bytes >= KEPT_MIN_RATIO * total_bytes:
            yield _kept(facts, settings.kept_bytes, total_bytes)
    for group in settings.groups:
        if group.max_bytes and group.min_bytes >= group.max_bytes:
            yield _min_above_max(group)
        if _is_held(group):
            yield _held_at_high(group)


def _fires() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    group = GroupSetting(
        path="/batch.slice", current_bytes=530 << 20, min_bytes=0, low_bytes=0, high_bytes=512 << 20,
        max_bytes=None, anon_bytes=520 << 20, swap_max_bytes=0, full_avg10_ratio=0.93,
    )  # fmt: skip
    return host.facts(GroupSettings(groups=(group,)))


RULE = Rule(
    id="VMA-MEMCG-001",
    title="A cgroup's settings keep memory from reclaim, or its tasks asleep",
    needs=(GroupSettings,),
    check=check,
    references=(
        "mm/memcontrol.c:mem_cgroup_handle_over_high",
        "mm/page_counter.c:page_counter_calculate_protection",
        "Documentation/admin-guide/cgroup-v2.rst",
    ),
    fires_on=_fires,
    quiet_on=quiet_host,
)

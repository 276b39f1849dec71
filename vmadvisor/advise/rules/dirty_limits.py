"""More may be dirty than the devices write in half a minute.

``vm.dirty_ratio`` is a share of dirtyable memory, not of what a disk takes: 20 % of a large host is minutes
of writing. Until then writers run free; after it everyone waits behind them: fsync, journals, and reclaim,
which meets pages it cannot free (``nr_vmscan_immediate_reclaim``). The rate is measured while the devices had
work at both readings; another mix of writes may get a multiple, so the remedy asks for a longer look.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, TWO_READINGS, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.model.facts import Facts
from vmadvisor.model.rates import StallTime
from vmadvisor.model.writeback import Writeback
from vmadvisor.sources.sysctl_vm import VmSysctl

DRAIN_MIN_S = 30.0
"""``vm.dirty_expire_centisecs`` is 30 s: what is older is written at once; more than that cannot be kept up."""

WANTED_DRAIN_S = 5.0
"""One ``vm.dirty_writeback_centisecs``: the flusher's own pace."""

LEAST_BYTES = 64 << 20
"""Below this writers of many files would wait on each other."""

MIB_BYTES = 1 << 20


def _remedy(now: Writeback, settings: VmSysctl | None) -> Remedy | None:
    """Both limits in bytes; ``None`` where that would not lower anything or the way back is not known."""
    speed = now.written_bytes_per_s or 0.0
    wanted = max(int(WANTED_DRAIN_S * speed) // MIB_BYTES * MIB_BYTES, LEAST_BYTES)
    if settings is None or wanted >= now.threshold_pages * now.page_size_bytes:
        return None
    before = _present(settings)
    if before is None:
        return None
    return Remedy(
        command=f"sysctl -w vm.dirty_background_bytes={wanted // 2} vm.dirty_bytes={wanted}",
        undo=f"sysctl -w {before}",
        effect=f"writers wait for the devices after {wanted // MIB_BYTES} MiB instead of long queues later",
        risk="short bursts of writes no longer end in memory; measure the speed over minutes first",
    )


def _present(settings: VmSysctl) -> str | None:
    """Both limits as they are set now; writing one of a pair clears the other."""
    hard = (("dirty_bytes", settings.dirty_bytes), ("dirty_ratio", settings.dirty_ratio_pct))
    soft = (
        ("dirty_background_bytes", settings.dirty_background_bytes),
        ("dirty_background_ratio", settings.dirty_background_ratio_pct),
    )
    found = [next(((name, value) for name, value in pair if value), None) for pair in (soft, hard)]
    if None in found:
        return None
    return " ".join(f"vm.{one[0]}={one[1]}" for one in found if one is not None)


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    now, stall = facts[Writeback], facts.get(StallTime)
    drain_s = now.drain_s
    if drain_s is None or drain_s < DRAIN_MIN_S:
        return
    if now.dirty_pages + now.writeback_pages < now.background_pages:
        return
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title="More may be dirty than the devices write in half a minute; who then syncs waits for all of it",
        confidence="low",
        evidence=(
            Quantity(name="drain", value=round(drain_s, 1), unit="s", source="computed: threshold / rate"),
            Quantity(name="threshold", value=now.threshold_pages, unit="pages", source="/proc/vmstat nr_dirty_threshold"),
            Quantity(name="dirty", value=now.dirty_pages, unit="pages", source="/proc/vmstat nr_dirty"),
            Quantity(name="writeback", value=now.writeback_pages, unit="pages", source="/proc/vmstat nr_writeback"),
            Quantity(name="written_per_s", value=now.written_bytes_per_s, unit="bytes", source="/proc/vmstat pgpgout less pswpout"),
        ),
        counter_evidence=(
            Quantity(name="io_full", value=stall.io_full_ratio if stall else None, unit="ratio", source="/proc/pressure/io full total"),
        ),
        would_change=("a faster rate over minutes, or nobody on this host who syncs",),
        remedy=_remedy(now, facts.get(VmSysctl)),
    )  # fmt: skip


def _lacks(facts: Facts) -> tuple[str, ...]:
    return () if facts[Writeback].written_bytes_per_s is not None else (TWO_READINGS,)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    busy = replace(
        host.WRITEBACK, dirty_pages=210_000, writeback_pages=9_000, was_busy=True,
        written_bytes_per_s=20_971_520.0,
    )  # fmt: skip
    settings = replace(host.SYSCTL, dirty_ratio_pct=20, dirty_background_ratio_pct=10)
    return host.facts(busy, settings)


RULE = Rule(
    id="VMA-DIRTY-001",
    title="More may be dirty than the devices write in half a minute",
    needs=(Writeback,),
    lacks=_lacks,
    check=check,
    references=(
        "mm/page-writeback.c:balance_dirty_pages",
        "Documentation/admin-guide/sysctl/vm.rst#dirty-bytes",
    ),
    fires_on=_fires,
    quiet_on=quiet_host,
)

"""What each setting would change: the recording's demand run again, under the present settings and others.

A figure under another setting is the measured one times the ratio of two runs, so that what the model
has wrong about a host under both settings cancels. Where nothing was measured the run stands for itself.
"""

from collections.abc import Sequence
from dataclasses import replace

from vmadvisor.model.simulate.applied import Applied, applied
from vmadvisor.model.simulate.calibrate import fitted
from vmadvisor.model.simulate.demand import demand_of
from vmadvisor.model.simulate.figures import (
    Figure,
    Figures,
    Means,
    anchored,
    as_measured,
    means_of,
    scaled,
    simulated,
)
from vmadvisor.model.simulate.machine import Machine, machine_of
from vmadvisor.model.simulate.measured import Measured, Rate, measured
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.model.simulate.outcome import Instant
from vmadvisor.model.simulate.physics import Physics, estimated
from vmadvisor.model.simulate.settings import Change, SettingError
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot

SEEDS = (1, 2, 3, 4)
VARIED_SEEDS = (5,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. ``simulated`` are the run's own figures, beside the anchored ones."""

    change: Change
    machine: Machine
    figures: Figures
    simulated: Figures
    kills_count: float
    trajectory: tuple[Instant, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The present settings first."""

    measured: Measured
    physics: Physics
    settings: tuple[Setting, ...]


def what_if(
    moments: Sequence[Observed],
    snapshot: Snapshot,
    changes: Sequence[Change],
    default: Physics | None = None,
) -> WhatIf:
    """Present and changed settings on one recording; ``SettingError`` where it cannot be told at all."""
    demand, present = demand_of(moments), machine_of(snapshot)
    if demand is None or present is None:
        raise SettingError(
            "a what-if needs a demand: a recording, or the live host watched for some seconds"
        )
    counted = measured(moments, zone_reclaim_mode=present.zone_reclaim_mode)
    physics = estimated(moments, default or Physics())
    if counted.stalls is not None:
        stalls_count = counted.stalls.value * counted.seconds_s
        physics = fitted(present, demand, physics, stalls_count)
    own = Applied(machine=present, demand=demand, notes=())
    bases = [means_of(own, each, seeds) for each, seeds in _variations(physics)]
    settings = [_present(own, counted, bases[0])]
    for change in changes:
        found = applied(change, snapshot, moments, demand)
        settings.append(_setting(change, found, counted, physics, bases))
    return WhatIf(measured=counted, physics=physics, settings=tuple(settings))


def _variations(physics: Physics) -> list[tuple[Physics, Sequence[int]]]:
    """The physics as estimated first, then within what the estimates leave open."""
    one = VARIED_SEEDS
    return [
        (physics, SEEDS),
        (replace(physics, wake_delay_s=physics.wake_delay_s * 2), one),
        (replace(physics, wake_delay_s=physics.wake_delay_s / 2), one),
        (replace(physics, hard_file_pages=physics.hard_file_pages * 2), one),
        (replace(physics, kswapd_pages_per_s=physics.kswapd_pages_per_s / 2), one),
        (replace(physics, busy_idle_ratio=min(1.0, physics.busy_idle_ratio * 2)), one),
    ]


def _present(own: Applied, counted: Measured, base: Means) -> Setting:
    page_bytes = own.machine.page_size_bytes
    free = counted.mean_free_pages
    anon = counted.refault_anon_pages
    return Setting(
        change=Change(pairs=()),
        machine=own.machine,
        figures=Figures(
            stalls_per_s=as_measured(counted.stalls),
            full_stall_ratio=as_measured(counted.full_stall),
            node_reclaim_scan_pages_per_s=as_measured(counted.node_scan_pages),
            refaults_anon_per_s=as_measured(anon),
            refaults_file_per_s=as_measured(counted.refault_file_pages),
            swapin_pages_per_s=as_measured(counted.swap_in_pages),
            kept_free_bytes=scaled(
                Figure(value=free.value, low=free.low, high=free.high), page_bytes
            ),
        ),
        simulated=simulated([base], page_bytes),
        kills_count=float(counted.kills_count),
        trajectory=base.trajectory,
        notes=_absent(counted),
    )


def _absent(counted: Measured) -> tuple[str, ...]:
    names = {
        "stalls_per_s: no allocstall counters": counted.stalls,
        "full_stall_ratio: no pressure stall information": counted.full_stall,
        "refaults_anon_per_s and refaults_file_per_s: before 5.9 the kernel does not tell them apart": (
            counted.refault_file_pages
        ),
    }
    return tuple(name for name, rate in names.items() if rate is None)


def _setting(
    change: Change,
    found: Applied,
    counted: Measured,
    physics: Physics,
    bases: Sequence[Means],
) -> Setting:
    runs = [means_of(found, each, seeds) for each, seeds in _variations(physics)]
    page_bytes = found.machine.page_size_bytes
    notes = found.notes
    if runs[0].kills:
        notes = (*notes, f"the OOM killer strikes in the run, {runs[0].kills:.1f} times")

    def told(name: str, rate: Rate | None) -> Figure | None:
        return None if rate is None else anchored(name, rate, runs, bases)

    free = anchored("free", counted.mean_free_pages, runs, bases)
    figures = Figures(
        stalls_per_s=told("stalls", counted.stalls),
        full_stall_ratio=told("full", counted.full_stall),
        node_reclaim_scan_pages_per_s=told("scan", counted.node_scan_pages),
        refaults_anon_per_s=told("anon", counted.refault_anon_pages),
        refaults_file_per_s=told("file", counted.refault_file_pages),
        swapin_pages_per_s=told("swap_in", counted.swap_in_pages),
        kept_free_bytes=scaled(free, page_bytes),
    )
    if found.is_group_only:
        reason = "refaults: what the group itself would read again at its limit is not seen apart"
        figures = replace(figures, refaults_anon_per_s=None, refaults_file_per_s=None)
        notes = (*notes, reason)
    return Setting(
        change=change,
        machine=found.machine,
        figures=figures,
        simulated=simulated(runs, page_bytes),
        kills_count=runs[0].kills,
        trajectory=runs[0].trajectory,
        notes=(*notes, *_absent(counted)),
    )

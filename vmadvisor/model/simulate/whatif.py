"""What each setting would change: the recording's demand run again, under the present settings and others.

A figure under another setting is the measured one times the ratio of two runs, so that what the model
has wrong about a host under both settings cancels. Where nothing was measured the run stands for itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vmadvisor.model.simulate.applied import Applied, applied
from vmadvisor.model.simulate.calibrate import Member, delay_of, members, typical
from vmadvisor.model.simulate.demand import demand_of
from vmadvisor.model.simulate.figures import (
    Figure,
    Figures,
    Means,
    Pair,
    anchored,
    as_measured,
    means_of,
    means_of_end,
    scaled,
    simulated,
)
from vmadvisor.model.simulate.machine import Machine, machine_of
from vmadvisor.model.simulate.measured import Measured, Rate, measured
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.model.simulate.outcome import Instant
from vmadvisor.model.simulate.physics import Physics, estimated, hard_file_pages
from vmadvisor.model.simulate.settings import Change, SettingError
from vmadvisor.model.simulate.unsaid import unsaid_for, unsaid_for_all
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot

VARIED_SEEDS = (1,)
_VARIED_RATIO = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. ``simulated`` are the run's own figures, beside the anchored ones.

    ``settling_full_s``: where the load was taken to go on (``going_on``), seconds without progress in the run
    until what the setting moves had moved.
    """

    change: Change
    machine: Machine
    figures: Figures
    simulated: Figures
    kills_count: float
    trajectory: tuple[Instant, ...]
    notes: tuple[str, ...]
    settling_full_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The present settings first."""

    measured: Measured
    physics: Physics
    wake_delay_s: Figure
    settings: tuple[Setting, ...]


def what_if(
    moments: Sequence[Observed],
    snapshot: Snapshot,
    changes: Sequence[Change],
    default: Physics | None = None,
) -> WhatIf:
    """Present and changed settings on one recording; ``SettingError`` where it cannot be told at all."""
    found = prepared(moments, snapshot, default)
    return WhatIf(
        measured=found.counted,
        physics=typical(found.hosts),
        wake_delay_s=delay_of(found.hosts),
        settings=(found.present, *(setting_of(found, change) for change in changes)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is the same whatever is changed: the demand, the possible hosts and their runs as they are.

    ``skipped_count``: so many of the demand's intervals are run and not counted.
    """

    moments: Sequence[Observed]
    snapshot: Snapshot
    own: Applied
    counted: Measured
    hosts: Sequence[Member]
    untold: dict[str, str]
    present: Setting
    skipped_count: int = 0

    def means(self, found: Applied, one: Member) -> Means:
        """One possible host's run."""
        if not self.skipped_count:
            return means_of(found, one.physics, one.seeds)
        return means_of_end(found, one.physics, one.seeds, skipped_count=self.skipped_count)


def require_all_nodes(machine: Machine, moments: Sequence[Observed]) -> None:
    """``SettingError`` where a reading lacks a node's lists: a run could not begin, or be held against it."""
    own = [node.node_id for node in machine.nodes]
    if any([node.node_id for node in moment.nodes] != own for moment in moments):
        raise SettingError("/proc/zoneinfo does not tell every node's lists at every reading")


def prepared(
    moments: Sequence[Observed], snapshot: Snapshot, default: Physics | None = None
) -> Prepared:
    """Calibrates once for any number of changes; ``SettingError`` where it cannot be told at all."""
    demand, present = demand_of(moments), machine_of(snapshot)
    if demand is None or present is None:
        raise SettingError(
            "a what-if needs a demand: a recording, or the live host watched for some seconds"
        )
    require_all_nodes(present, moments)
    counted = measured(moments, zone_reclaim_mode=present.zone_reclaim_mode)
    physics = estimated(moments, default or Physics())
    physics = replace(physics, hard_file_pages=hard_file_pages(moments, physics.hard_file_pages))
    own = Applied(machine=present, demand=demand, notes=())
    stalls_count = None if counted.stalls is None else counted.stalls.value * counted.seconds_s
    hosts = _varied(own, members(own, physics, stalls_count))
    return Prepared(
        moments=moments,
        snapshot=snapshot,
        own=own,
        counted=counted,
        hosts=hosts,
        untold=unsaid_for_all(moments, present),
        present=present_of(own, counted, hosts[0].base),
    )


def setting_of(of: Prepared, change: Change) -> Setting:
    """One change; ``SettingError`` where this kernel or the model refuses it."""
    found = applied(change, of.snapshot, of.moments, of.own.demand)
    return _setting(change, found, of)


def _varied(own: Applied, found: Sequence[Member]) -> list[Member]:
    """Beside the likeliest hosts some that differ in what no count tells, for little of the weight."""
    first = found[0].physics
    others = (
        replace(first, hard_file_pages=first.hard_file_pages * 2),
        replace(first, kswapd_pages_per_s=first.kswapd_pages_per_s / 2),
        replace(first, busy_idle_ratio=min(1.0, first.busy_idle_ratio * 2)),
    )
    part = _VARIED_RATIO / len(others)
    return [
        *(replace(one, weight_ratio=one.weight_ratio * (1 - _VARIED_RATIO)) for one in found),
        *(
            Member(
                physics=each,
                weight_ratio=part,
                base=means_of(own, each, VARIED_SEEDS),
                seeds=VARIED_SEEDS,
            )
            for each in others
        ),
    ]


def present_of(own: Applied, counted: Measured, base: Means) -> Setting:
    """The present settings, with what was measured."""
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
        settling_full_s=base.earlier_full_s,
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


def _told_once(reasons: Mapping[str, str]) -> list[str]:
    """``figure, figure: reason``, each reason once."""
    names: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        names.setdefault(reason, []).append(name)
    return [f"{', '.join(figures)}: {reason}" for reason, figures in names.items()]


def _setting(change: Change, found: Applied, of: Prepared) -> Setting:
    counted, hosts = of.counted, of.hosts
    runs = [of.means(found, one) for one in hosts]
    pairs = [
        Pair(weight_ratio=one.weight_ratio, base=one.base, run=each)
        for one, each in zip(hosts, runs, strict=True)
    ]
    page_bytes = found.machine.page_size_bytes
    notes = found.notes
    if runs[0].kills:
        notes = (*notes, f"the OOM killer strikes in the run, {runs[0].kills:.1f} times")

    def told(name: str, rate: Rate | None) -> Figure | None:
        return None if rate is None else anchored(name, rate, pairs, counted.seconds_s)

    free = anchored("free", counted.mean_free_pages, pairs, counted.seconds_s)
    figures = Figures(
        stalls_per_s=told("stalls", counted.stalls),
        full_stall_ratio=told("full", counted.full_stall),
        node_reclaim_scan_pages_per_s=told("scan", counted.node_scan_pages),
        refaults_anon_per_s=told("anon", counted.refault_anon_pages),
        refaults_file_per_s=told("file", counted.refault_file_pages),
        swapin_pages_per_s=told("swap_in", counted.swap_in_pages),
        kept_free_bytes=scaled(free, page_bytes),
    )
    reasons = of.untold | unsaid_for(of.own.machine, found.machine, runs[0])
    if found.is_group_only:
        reason = "what the group itself would read again at its limit is not seen apart"
        reasons |= dict.fromkeys(("refaults_anon_per_s", "refaults_file_per_s"), reason)
    figures = replace(figures, **dict.fromkeys(reasons))
    notes = (*notes, *_told_once(reasons))
    return Setting(
        change=change,
        machine=found.machine,
        figures=figures,
        simulated=simulated(runs, page_bytes),
        kills_count=runs[0].kills,
        trajectory=runs[0].trajectory,
        notes=(*notes, *_absent(counted)),
        settling_full_s=runs[0].earlier_full_s,
    )

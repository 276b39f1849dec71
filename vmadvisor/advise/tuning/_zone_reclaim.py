"""vm.zone_reclaim_mode back to 0, where the load that was watched would gain by it.

Never on: whether a remote access costs more than a page read again is nothing that the kernel's files tell.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import Quantity
from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.advise.rules.zone_reclaim import far, near
from vmadvisor.advise.tuning._candidates import as_pairs
from vmadvisor.advise.tuning._foretold import (
    FEW_PAGES_PER_S,
    confidence,
    effects,
    full_s_per_h,
    harms,
    is_enough,
    refaults_per_s,
)
from vmadvisor.advise.tuning._sysctl import sysctl_advice
from vmadvisor.model.facts import Facts
from vmadvisor.model.rates import ReclaimActivity
from vmadvisor.model.simulate.settings import ZONE_RECLAIM
from vmadvisor.model.simulate.watched import Watched
from vmadvisor.model.simulate.whatif import Setting
from vmadvisor.sources.sysctl_vm import VmSysctl

ID = "VMA-NUMA-001"
GAIN_RATIO = 0.7
"""Less than a third saved is not worth a change."""

FULL_MIN_S_PER_H = 1.0


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """0, or nothing."""
    watched, sysctl = facts.get(Watched), facts[VmSysctl]
    mode = sysctl.zone_reclaim_mode
    if watched is None or not mode or watched.machine is None or len(watched.machine.nodes) < 2:  # noqa: PLR2004 - one node has no remote one
        return
    present, (setting,) = watched.present, watched.under([as_pairs(ZONE_RECLAIM, 0)])
    if present is None or setting is None or not is_enough(watched, present):
        return
    if harms(watched, setting):
        return
    if _gains(present, setting):
        yield _advice(facts, watched, present, setting, mode)


def _gains(present: Setting, setting: Setting) -> bool:
    full, back = full_s_per_h(present), refaults_per_s(present)
    scan = present.figures.node_reclaim_scan_pages_per_s
    saves = full > FULL_MIN_S_PER_H and full_s_per_h(setting) <= GAIN_RATIO * full
    keeps = back > FEW_PAGES_PER_S and refaults_per_s(setting) <= GAIN_RATIO * back
    return (saves or keeps) and scan is not None and scan.value > 0


def _advice(
    facts: Facts, watched: Watched, present: Setting, setting: Setting, mode: int
) -> Recommendation:
    activity, moments = facts.get(ReclaimActivity), watched.moments
    first, last = moments[0].sample.vmstat, moments[-1].sample.vmstat
    foreign = None
    if first.numa_foreign_pages_total is not None and last.numa_foreign_pages_total is not None:
        foreign = last.numa_foreign_pages_total - first.numa_foreign_pages_total
    scan = present.figures.node_reclaim_scan_pages_per_s
    free = [node.slack_pages for node in moments[-1].sample.nodes]
    return sysctl_advice(
        ZONE_RECLAIM,
        mode,
        0,
        rule_id=ID,
        claim="Page cache is reclaimed on one node while another has memory free",
        evidence=(
            Quantity(
                name="scan_by_node_reclaim",
                value=None if scan is None else scan.value,
                unit="pages_per_s",
                source="/proc/vmstat pgscan_direct without allocstall",
            ),
            Quantity(
                name="zone_reclaim_failed",
                value=None if activity is None else activity.zone_reclaim_failed_per_s,
                unit="per_s",
                source="/proc/vmstat zone_reclaim_failed",
            ),
            Quantity(
                name="largest_node_slack", value=max(free), unit="pages", source="/proc/zoneinfo"
            ),
            Quantity(
                name="smallest_node_slack", value=min(free), unit="pages", source="/proc/zoneinfo"
            ),
            *near(facts),
        ),
        counter_evidence=(
            Quantity(
                name="numa_foreign",
                value=foreign,
                unit="pages",
                source="/proc/vmstat numa_foreign",
            ),
            *far(facts),
        ),
        predicted=effects(watched, setting),
        confidence=confidence(watched, scan, setting.figures.node_reclaim_scan_pages_per_s),
        would_change=(
            "jobs pinned each to a node that they fit, with remote latency measured as harmful",
        ),
        risk="more remote accesses for jobs that are not pinned",
        references=(
            "mm/vmscan.c:node_reclaim",
            "Documentation/admin-guide/sysctl/vm.rst#zone-reclaim-mode",
        ),
    )

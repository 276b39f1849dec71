"""vm.zone_reclaim_mode is on: the node's cache is reclaimed before a remote node's free memory is used.

Its work shows as pgscan_direct without allocstall and in zone_reclaim_success/failed. 0 is the kernel's
default since 3.16 and right unless every job is pinned to a node that it fits. Before, the kernel switched
it on where the firmware called any node farther than 30 (``RECLAIM_DISTANCE``): that far speaks against the
finding, nearer for it.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.model.facts import Facts
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.node_distance import NodeDistance
from vmadvisor.model.rates import ReclaimActivity
from vmadvisor.sources.sysctl_vm import VmSysctl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.advise.recommendation import Recommendation

KEY = "vm.zone_reclaim_mode"


def _rates(activity: ReclaimActivity | None) -> tuple[float | None, float | None, float | None]:
    """pgscan_direct, allocstall and zone_reclaim_failed per second, as far as an interval tells."""
    if activity is None or activity.is_since_boot:
        return None, None, None
    return (
        activity.scan_direct_pages_per_s,
        activity.allocstall_per_s,
        activity.zone_reclaim_failed_per_s,
    )


def _distance(value: int | None) -> tuple[Quantity, ...]:
    return (
        Quantity(
            name="farthest_node_distance",
            value=value,
            unit="count",
            source="/sys/devices/system/node/node*/distance",
        ),
    )


def near(facts: Facts) -> tuple[Quantity, ...]:
    """Nodes that no kernel ever thought far enough for this; ``None`` where no table was read."""
    found = facts.get(NodeDistance)
    if found is None:
        return _distance(None)
    return () if found.is_far else _distance(found.farthest_count)


def far(facts: Facts) -> tuple[Quantity, ...]:
    """What speaks for local reclaim: nodes so far that kernels before 3.16 had it on by default."""
    found = facts.get(NodeDistance)
    return _distance(found.farthest_count) if found is not None and found.is_far else ()


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    mode = facts[VmSysctl].zone_reclaim_mode
    if not mode:
        return
    nodes = facts[Headroom].nodes
    if len(nodes) < 2:  # noqa: PLR2004 - one node has no remote one to spare
        return
    scans, stalls, failed = _rates(facts.get(ReclaimActivity))
    spare = max(node.slack_pages for node in nodes)
    working = (bool(scans) and stalls == 0) or bool(failed)
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.WARNING if working and spare > 0 else Severity.INFO,
        title="Pages are reclaimed on one node while another has memory free"
        if working and spare > 0
        else "zone_reclaim_mode is on; no harm from it was seen in the interval",
        confidence="medium",
        evidence=(
            Quantity(
                name="zone_reclaim_mode",
                value=mode,
                unit="mode",
                source=f"/proc/sys/{KEY.replace('.', '/')}",
            ),
            Quantity(
                name="scan_direct",
                value=scans,
                unit="pages_per_s",
                source="/proc/vmstat pgscan_direct",
            ),
            Quantity(
                name="allocstall", value=stalls, unit="per_s", source="/proc/vmstat allocstall*"
            ),
            Quantity(
                name="zone_reclaim_failed",
                value=failed,
                unit="per_s",
                source="/proc/vmstat zone_reclaim_failed",
            ),
            Quantity(name="largest_node_slack", value=spare, unit="pages", source="/proc/zoneinfo"),
            *near(facts),
        ),
        counter_evidence=far(facts),
        would_change=(
            "jobs pinned each to a node that they fit, with remote latency measured as harmful",
        ),
        remedy=Remedy(
            command=f"sysctl -w {KEY}=0",
            undo=f"sysctl -w {KEY}={mode}",
            effect="a full node's requests are served by another node's free pages",
            risk="more remote accesses for jobs that are not pinned",
        ),
    )


def _recommend(facts: Facts) -> "Iterator[Recommendation]":
    """Only where the load was watched: then the tuning's simulation is loaded at all."""
    if "Watched" in {kind.__name__ for kind in facts.by_type}:
        from vmadvisor.advise.tuning._zone_reclaim import recommend

        yield from recommend(facts)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    second = replace(host.NODE, node_id=1, slack_pages=150_000)
    return host.facts(
        replace(host.SYSCTL, zone_reclaim_mode=1),
        Headroom(zones=(host.ZONE,), nodes=(replace(host.NODE, slack_pages=12), second)),
        replace(host.ACTIVITY, scan_direct_pages_per_s=700.0, zone_reclaim_failed_per_s=3.0),
    )


RULE = Rule(
    id="VMA-NUMA-001",
    title="zone_reclaim_mode reclaims locally while other nodes are free",
    needs=(VmSysctl, Headroom),
    check=check,
    recommend=_recommend,
    references=(
        "mm/vmscan.c:node_reclaim",
        "Documentation/admin-guide/sysctl/vm.rst#zone-reclaim-mode",
    ),
    fires_on=_fires,
    quiet_on=quiet_host,
)

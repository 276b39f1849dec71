"""A node's free pages stand below its marks, or its kswapd cannot keep up.

A request stalls when no zone it may use passes the min mark; a node is judged by its best zone. Between
low and high is where a host with a full page cache lives: no finding.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.model.facts import Facts
from vmadvisor.model.headroom import Headroom, NodeHeadroom


def _evidence(node: NodeHeadroom) -> tuple[Quantity, ...]:
    source = f"/proc/zoneinfo node {node.node_id}"
    return (
        Quantity(name="free", value=node.free_pages, unit="pages", source=source),
        Quantity(name="slack_above_low", value=node.slack_pages, unit="pages", source=source),
        Quantity(name="gap_low_to_min", value=node.gap_pages, unit="pages", source=source),
        Quantity(
            name="kswapd_cpu",
            value=node.kswapd_cpu_ratio,
            unit="ratio",
            source=f"/proc/PID/stat of kswapd{node.node_id}",
        ),
    )


def _judge(node: NodeHeadroom) -> tuple[Severity, str, str] | None:
    """Severity, title and what would change it; ``None`` where there is nothing to say."""
    name = f"Node {node.node_id}"
    if node.kswapd_state == "hopeless" and node.position != "above high":
        return (
            Severity.CRITICAL,
            f"{name}: kswapd gave up after 16 fruitless runs; only direct reclaim is left",
            "node_unreclaimable back at 0",
        )
    if node.position == "below min":
        return (
            Severity.WARNING,
            f"{name}: every zone that serves user pages is at or below its min mark",
            "one zone above its min mark",
        )
    if node.kswapd_state == "saturated":
        return (
            Severity.WARNING,
            f"{name}: kswapd uses a whole CPU; a wider gap between the marks only delays the stall",
            "kswapd's CPU share below 95 %",
        )
    if node.position == "min to low":
        return (
            Severity.INFO,
            f"{name}: all zones are below low, kswapd is {node.kswapd_state}",
            "free pages above low",
        )
    return None


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    nodes = facts[Headroom].nodes
    for node in nodes:
        verdict = _judge(node)
        if verdict is None:
            continue
        severity, title, change = verdict
        elsewhere = sum(other.slack_pages for other in nodes if other.node_id != node.node_id)
        if severity is Severity.WARNING and node.position == "below min" and elsewhere:
            severity = Severity.INFO  # unbound requests fall through to the other node
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=severity,
            title=title,
            confidence="medium",
            evidence=_evidence(node),
            counter_evidence=(
                Quantity(
                    name="slack_on_other_nodes",
                    value=elsewhere,
                    unit="pages",
                    source="/proc/zoneinfo",
                ),
            )
            if len(nodes) > 1
            else (),
            would_change=(change,),
        )


def _fires() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts(host.node_facts(position="below min", slack_pages=0, free_pages=900))


def _quiet() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts(host.node_facts(position="low to high", slack_pages=700))


RULE = Rule(
    id="VMA-ZONE-001",
    title="A node's free pages stand below its marks",
    needs=(Headroom,),
    check=check,
    references=(
        "mm/page_alloc.c:zone_watermark_fast",
        "mm/vmscan.c:balance_pgdat",
        "Documentation/admin-guide/sysctl/vm.rst#watermark-scale-factor",
    ),
    fires_on=_fires,
    quiet_on=_quiet,
)

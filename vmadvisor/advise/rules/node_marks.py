"""A node's free pages stand below its marks, or its kswapd cannot keep up.

A request stalls when no zone it may use passes the min mark; a node is judged by its best zone. Between
low and high is where a host with a full page cache lives: no finding. Requests that are not bound to a
node fall through to the others, so what one node lacks is INFO while another has pages above low.

A hopeless node (``kswapd_failures`` at 16) is common where one node holds nothing but huge pages, or
anonymous memory without swap: it matters when no other node is left.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.model.facts import Facts
from vmadvisor.model.headroom import KSWAPD_SATURATED_MIN_RATIO, Headroom, NodeHeadroom


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


def _counter_evidence(node: NodeHeadroom, nodes: tuple[NodeHeadroom, ...]) -> tuple[Quantity, ...]:
    if len(nodes) == 1:
        return ()
    elsewhere = sum(other.slack_pages for other in nodes if other.node_id != node.node_id)
    return (
        Quantity(
            name="slack_on_other_nodes", value=elsewhere, unit="pages", source="/proc/zoneinfo"
        ),
    )


def _gave_up(node: NodeHeadroom, nodes: tuple[NodeHeadroom, ...]) -> tuple[Severity, str, str]:
    """Of a hopeless node whose free pages are below low, where kswapd would be needed."""
    change = "node_unreclaimable back at 0, as soon as a direct reclaimer frees a page"
    if all(other.kswapd_state == "hopeless" and not other.slack_pages for other in nodes):
        title = "kswapd gave up after 16 fruitless runs; only direct reclaim is left"
        return Severity.CRITICAL, f"Node {node.node_id}: {title}", change
    title = "kswapd gave up here after 16 fruitless runs; the other nodes still serve"
    return Severity.INFO, f"Node {node.node_id}: {title}", change


def _judge(node: NodeHeadroom, nodes: tuple[NodeHeadroom, ...]) -> tuple[Severity, str, str] | None:
    """Severity, title and what would change it; ``None`` where there is nothing to say."""
    name = f"Node {node.node_id}"
    elsewhere = sum(other.slack_pages for other in nodes if other.node_id != node.node_id)
    if node.kswapd_state == "hopeless" and node.position in {"below min", "min to low"}:
        return _gave_up(node, nodes)
    if node.position == "below min":
        return (
            Severity.INFO if elsewhere else Severity.WARNING,
            f"{name}: every zone that serves user pages is at or below its min mark",
            "one zone above its min mark",
        )
    if node.kswapd_state == "saturated":
        return (
            Severity.WARNING,
            f"{name}: kswapd uses a whole CPU; a wider gap between the marks only delays the stall",
            f"kswapd's CPU share below {KSWAPD_SATURATED_MIN_RATIO * 100:.0f} %",
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
        verdict = _judge(node, nodes)
        if verdict is None:
            continue
        severity, title, change = verdict
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=severity,
            title=title,
            confidence="medium",
            evidence=_evidence(node),
            counter_evidence=_counter_evidence(node, nodes),
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

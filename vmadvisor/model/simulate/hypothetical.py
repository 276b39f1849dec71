"""The recording's last minutes as they would have looked with other marks: what a forecast is asked about.

Only marks are exchanged, and with them the distances to them; what other settings would have done to the
stocks by then is the simulation's business, and its figures stand beside.
"""

from collections.abc import Sequence
from dataclasses import replace

from vmadvisor.model.sample import NodeSample, Sample
from vmadvisor.model.simulate.machine import Machine, Node
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.model.track import Track


def track_under(moments: Sequence[Observed], machine: Machine, present: Machine | None) -> Track:
    """The samples of ``moments`` with the machine's marks; under the ``present`` ones they are as they were.

    ``present`` is what the moments were recorded under. Without it distances are those of whole nodes.
    """
    nodes = {node.node_id: node for node in machine.nodes}
    as_is = {node.node_id: node for node in present.nodes} if present is not None else {}
    track = Track()
    for moment in moments:
        track.add(_sample(moment.sample, nodes, as_is))
    return track


def _sample(sample: Sample, nodes: dict[int, Node], as_is: dict[int, Node]) -> Sample:
    changed = tuple(
        _shifted(node, nodes[node.node_id], as_is.get(node.node_id))
        if node.node_id in nodes
        else node
        for node in sample.nodes
    )
    return replace(sample, nodes=changed)


def _shifted(seen: NodeSample, node: Node, as_is: Node | None) -> NodeSample:
    """The node's sums over zones, by so much further as whole nodes of these two kinds are apart."""
    then = _node(seen, node)
    if as_is is None:
        return then
    now = _node(seen, as_is)
    return replace(
        seen,
        slack_pages=max(0, seen.slack_pages + then.slack_pages - now.slack_pages),
        gap_pages=max(0, seen.gap_pages + then.gap_pages - now.gap_pages),
        above_min_pages=max(0, seen.above_min_pages + then.above_min_pages - now.above_min_pages),
        min_pages=max(0, seen.min_pages + then.min_pages - now.min_pages),
        high_pages=max(0, seen.high_pages + then.high_pages - now.high_pages),
    )


def _node(seen: NodeSample, node: Node) -> NodeSample:
    usable_pages = seen.above_min_pages + seen.min_pages
    return replace(
        seen,
        slack_pages=max(0, usable_pages - node.low_pages - seen.boost_pages),
        gap_pages=node.low_pages - node.min_pages,
        above_min_pages=max(0, usable_pages - node.min_pages - seen.boost_pages),
        min_pages=node.min_pages + seen.boost_pages,
        high_pages=node.high_pages + seen.boost_pages,
    )

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


def track_under(moments: Sequence[Observed], machine: Machine) -> Track:
    """The samples of ``moments`` with the machine's marks."""
    nodes = {node.node_id: node for node in machine.nodes}
    track = Track()
    for moment in moments:
        track.add(_sample(moment.sample, nodes))
    return track


def _sample(sample: Sample, nodes: dict[int, Node]) -> Sample:
    changed = tuple(
        _node(node, nodes[node.node_id]) if node.node_id in nodes else node for node in sample.nodes
    )
    return replace(sample, nodes=changed)


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

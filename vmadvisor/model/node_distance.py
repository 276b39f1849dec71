"""How far apart the nodes are, by the firmware's table (SLIT): 10 is local, 20 twice as far, as it says.

Zone reclaim is tried on nodes up to ``node_reclaim_distance`` alone (``mm/page_alloc.c:zone_allows_reclaim``),
and until 3.15 the kernel switched it on by itself where any distance was larger (4f9b16a64753).
"""

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.numa_node import NumaNode

RECLAIM_DISTANCE_COUNT = 30
"""``include/linux/topology.h:RECLAIM_DISTANCE``; 32 on AMD EPYC since 5.4, 10 on powerpc."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDistance:
    """The farthest pair of nodes; distances are the table's own numbers."""

    farthest_count: int

    @property
    def is_far(self) -> bool:
        """Whether kernels before 3.16 would have reclaimed locally by default."""
        return self.farthest_count > RECLAIM_DISTANCE_COUNT


def node_distance(snapshot: Snapshot) -> NodeDistance | None:
    """``None`` for one node, or where no table was read."""
    nodes = snapshot.each(NumaNode)
    found = [each for node in nodes.values() for each in node.distance_by_node]
    if len(nodes) < 2 or not found:  # noqa: PLR2004 - one node is as far from itself as can be
        return None
    return NodeDistance(farthest_count=max(found))

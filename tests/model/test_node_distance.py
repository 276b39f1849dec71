"""The farthest pair of nodes, where the firmware's table was read."""

from dataclasses import replace

import pytest

from vmadvisor.model.node_distance import NodeDistance, node_distance
from vmadvisor.snapshot import Timed
from vmadvisor.sources import numa_node


def nodes(snapshot, *tables):
    family = {
        str(number): Timed(time_s=2.0, record=numa_node.parse({"distance": text} if text else {}))
        for number, text in enumerate(tables)
    }
    return replace(snapshot(), families={numa_node.NumaNode: family})


def test_the_farthest_pair_counts(snapshot):
    tables = ("10 21 32\n", "21 10 16\n", "32 16 10\n")

    assert node_distance(nodes(snapshot, *tables)) == NodeDistance(farthest_count=32)


@pytest.mark.parametrize("tables", [(), ("10\n",), ("", "")])
def test_one_node_or_no_table_tells_nothing(snapshot, tables):
    assert node_distance(nodes(snapshot, *tables)) is None


def test_beyond_30_kernels_before_3_16_switched_it_on():
    assert [NodeDistance(farthest_count=count).is_far for count in (20, 30, 31)] == [
        False, False, True,
    ]  # fmt: skip

"""The kernel's own per mille: what lacks, memory or its order."""

import pytest

from vmadvisor.kernel.fragmentation_index import fragmentation_index


@pytest.mark.parametrize(
    ("blocks", "order", "index"),
    [
        ((1, 0, 3), 2, -1000),  # a block is there
        ((0, 0, 0, 1), 2, -1000),  # a larger one will do
        ((600, 0, 0), 9, 997),  # scattered
        ((2, 1, 0), 3, 500),
        ((1, 0, 0), 9, -1),  # one page: lack, not order
        ((0, 0, 0), 4, 0),
        ((), 4, 0),
    ],
)
def test_the_index_says_why_a_block_cannot_be_had(blocks, order, index):
    assert fragmentation_index(blocks, order) == index

"""What a machine is, read from a snapshot."""

import pytest

from vmadvisor.model.simulate.machine import _needed_mode, machine_of


@pytest.mark.parametrize(
    ("version", "is_mglru", "mode"),
    [
        ((6, 12), False, 0),
        (None, True, 0),
        ((6, 1), True, 0),
        ((6, 3), True, 6),
        ((6, 18), True, 6),
        ((6, 19), True, 4),
        ((7, 2), True, 4),
    ],
)
def test_bits_that_node_reclaim_needs_under_mglru(version, is_mglru, mode):
    assert _needed_mode(version, is_mglru=is_mglru) == mode


def test_a_recorded_machine_has_the_kernels_own_marks(recorded):
    snapshot, moments = recorded("6.1-zone-reclaim")

    machine = machine_of(snapshot)

    assert [node.node_id for node in machine.nodes] == [0, 1]
    for node, seen in zip(machine.nodes, moments[-1].sample.nodes, strict=True):
        assert node.min_pages == seen.min_pages - seen.boost_pages
        assert node.min_pages < node.low_pages < node.high_pages
    assert machine.does_node_reclaim is True
    assert machine.tries_node_reclaim is False

"""Some of the drawn hosts in the suite: legal, within the shares, no harm, quiet after; the bench draws the rest."""

from collections import Counter

import pytest
from advice import OURS, exact, whole
from drawn_hosts import SICK_KINDS, drawn

EXACT_COUNT = 300
FEW = (1, 2, 8, 9, 10, 13, 15)
"""Healthy ones, bursts, and node_reclaim: those that a simulation is done with soonest."""


def test_half_of_the_hosts_are_sick_in_every_way():
    kinds = Counter(drawn(seed)[0] for seed in range(EXACT_COUNT))

    assert set(kinds) == {"healthy", *SICK_KINDS}
    assert 0.4 < kinds["healthy"] / EXACT_COUNT < 0.6


def test_nothing_that_may_be_chosen_is_illegal_or_over_the_shares():
    found = [exact(seed) for seed in range(EXACT_COUNT)]

    assert sum(one[OURS]["over"] for one in found) == 0
    assert sum(one["memstate"]["over"] for one in found) > 0


@pytest.mark.parametrize("seed", FEW)
def test_healthy_hosts_keep_their_settings_and_sick_ones_are_helped_without_harm(seed):
    kind, found = whole(seed)
    told = found[OURS]

    assert told["over"] == told["risk"] == told["went back"] == 0
    if kind == "healthy":
        assert told["healthy advised"] == 0
    else:
        assert told["sick helped"] == 1
        assert told["quiet after three"] == 1

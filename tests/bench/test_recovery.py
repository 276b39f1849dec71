"""Tempers are recovered from hosts that were made with them."""

import pytest
from recovery import like, recover


@pytest.fixture(scope="module")
def found():
    """Eight hosts of half a minute."""
    base = like()
    return [recover(seed, 30.0, base) for seed in range(101, 109)]


@pytest.mark.parametrize("name", ["kswapd rate", "pages a stall", "demand"])
def test_what_counters_tell_is_recovered(found, name):
    stalling = [one for one in found if one.stalls_count >= 10 or name != "pages a stall"]

    assert len(stalling) >= 5
    assert [one.ratios[name] for one in stalling] == pytest.approx([1.0] * len(stalling), abs=0.2)


def test_the_delay_lies_within_its_interval_most_of_the_time(found):
    assert sum(one.is_delay_inside for one in found) >= 6
    assert sum(0.5 <= one.ratios["delay"] <= 2 for one in found) >= 6

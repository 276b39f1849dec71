import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.model.trees import mean, probability, shares, total

TREE = (0, 0.5, 1, (1, 7.0, 0, -0.25, 0.75), 2.0)


@pytest.mark.parametrize(
    ("values", "leaf"),
    [
        ((0.5, 7.0), -0.25),
        ((0.5, 7.1), 0.75),
        ((0.6, 0.0), 2.0),
        ((None, 3.0), -0.25),
        ((0.1, None), 0.75),
    ],
)
def test_a_value_at_the_threshold_goes_low_and_a_missing_one_where_the_fit_sent_it(values, leaf):
    assert total([TREE], values) == leaf


def test_a_forest_adds_its_trees():
    assert total([TREE, 0.5, (1, 0.0, 0, 4.0, -3.0)], (0.6, 1.0)) == -0.5


@given(st.lists(st.one_of(st.none(), st.floats(-10, 10)), min_size=2, max_size=2))
def test_the_shares_of_the_signals_add_up_to_the_leaf_less_the_mean(values):
    found: dict[int, float] = {}
    shares(TREE, values, found)

    assert sum(found.values()) == pytest.approx(total([TREE], values) - mean(TREE))


@given(st.floats(-1e6, 1e6))
def test_no_probability_is_surer_than_one_in_a_thousand(odds):
    assert 0.0009 < probability(odds) < 0.9991

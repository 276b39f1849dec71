"""Figures against hand-computed ones; what they promise for any forecasts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.model.backtest.metrics import metrics
from vmadvisor.model.backtest.reliability import Bin
from vmadvisor.model.backtest.resampling import Estimate

OUTCOMES = [True, False, True, False]
SAID = [0.9, 0.2, 0.4, 0.4]
IDS = ["a", "a", "b", "b"]

NOTHING = Estimate(value=None, low=None, high=None)

columns = st.lists(
    st.tuples(st.booleans(), st.integers(0, 20), st.integers(0, 4)), min_size=2, max_size=40
).filter(lambda rows: len({came for came, _, _ in rows}) == 2)


def test_a_small_column_has_the_figures_computed_by_hand():
    """Brier (0.01 + 0.04 + 0.36 + 0.16) / 4; AUC 3.5 of 4 pairs; bins 0.9, 0.2 and 0.4 twice."""
    found = metrics(OUTCOMES, SAID, IDS)

    assert (found.recordings_count, found.instants_count) == (2, 4)
    assert (found.positives_count, found.said_count) == (2, 4)
    assert found.base_rate_ratio.value == 0.5
    assert found.brier_ratio.value == pytest.approx(0.1425)
    assert found.skill_ratio.value == pytest.approx(0.43)
    assert found.auc_ratio.value == 0.875
    assert found.ece_ratio.value == pytest.approx(0.125)
    assert (found.precision_ratio.value, found.recall_ratio.value) == (1.0, 0.5)


def test_intervals_come_of_whole_recordings():
    """Drawn alone, the first recording has 1 of 1 pairs in order and the second half of 1."""
    found = metrics(OUTCOMES, SAID, IDS)

    assert (found.auc_ratio.low, found.auc_ratio.high) == (0.5, 1.0)
    assert found.brier_ratio.low == pytest.approx(0.025)
    assert found.brier_ratio.high == pytest.approx(0.26)
    assert found.skill_ratio.low == pytest.approx(-0.04)
    assert found.skill_ratio.high == pytest.approx(0.9)


def test_the_reliability_table_holds_the_bins_that_have_instants():
    found = metrics([True, False, True, True], [0.3, 0.32, 1.0, 0.95], IDS).reliability

    assert found == (
        Bin(low_ratio=0.3, high_ratio=0.4, instants_count=2, forecast_ratio=0.31, observed_ratio=0.5),
        Bin(low_ratio=0.9, high_ratio=1.0, instants_count=2, forecast_ratio=0.975, observed_ratio=1.0),
    )  # fmt: skip


def test_nothing_said_is_the_base_rate_said_in_every_draw():
    found = metrics([True, False, False, False], [None] * 4, IDS)

    assert found.said_count == 0
    assert found.brier_ratio.value == 0.1875
    assert found.skill_ratio.value == pytest.approx(0)
    assert (found.skill_ratio.low, found.skill_ratio.high) == pytest.approx((0, 0))
    assert (found.ece_ratio.low, found.ece_ratio.high) == pytest.approx((0, 0))
    assert found.auc_ratio.value == 0.5
    assert found.precision_ratio == NOTHING
    assert found.recall_ratio.value == 0


def test_what_was_not_said_counts_as_the_base_rate_beside_what_was():
    """Brier (0.25 + 0.04 + 0.36 + 0.25) / 4; bins 0.2, 0.4 and, for the unsaid, 0.5."""
    found = metrics(OUTCOMES, [None, 0.2, 0.4, None], IDS)

    assert found.said_count == 2
    assert found.brier_ratio.value == pytest.approx(0.225)
    assert found.skill_ratio.value == pytest.approx(0.1)
    assert found.ece_ratio.value == pytest.approx(0.2)


def test_what_was_not_said_is_no_alarm_though_the_base_rate_be_high():
    found = metrics([True, True, True, False], [None, None, 0.7, 0.1], IDS)

    assert found.recall_ratio.value == pytest.approx(1 / 3)


def test_an_alarm_begins_at_the_threshold():
    found = metrics(OUTCOMES, SAID, IDS, threshold_ratio=0.4)

    assert found.precision_ratio.value == pytest.approx(2 / 3)
    assert found.recall_ratio.value == 1


def test_scores_rank_in_the_probabilities_place_and_a_missing_one_is_last():
    found = metrics(OUTCOMES, [0, 1, 0, 1], IDS, scores=[-5.0, None, 80.0, -6.0])

    assert found.auc_ratio.value == 1
    assert found.skill_ratio.value == -3


@pytest.mark.parametrize("came", [True, False])
def test_one_kind_of_instants_has_no_rank_and_no_skill(came):
    found = metrics([came] * 3, [0.25, 0.5, 0.75], IDS[:3])

    assert (found.auc_ratio, found.skill_ratio) == (NOTHING, NOTHING)
    assert found.ece_ratio.value is not None


def test_no_instants_have_no_figures():
    found = metrics([], [], [])

    assert (found.instants_count, found.reliability) == (0, ())
    assert found.brier_ratio == found.ece_ratio == found.auc_ratio == NOTHING


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        metrics(OUTCOMES, SAID[:3], IDS)


@given(columns)
def test_auc_is_the_share_of_pairs_in_order(rows):
    above = [said for came, said, _ in rows if came]
    below = [said for came, said, _ in rows if not came]
    wins = sum((a > b) + (a == b) / 2 for a in above for b in below)
    came, said, ids = zip(*rows, strict=True)
    found = metrics(came, [value / 20 for value in said], ids)

    assert math.isclose(found.auc_ratio.value, wins / len(above) / len(below))


@given(columns, st.integers(1, 5), st.integers(-3, 3))
def test_auc_knows_only_the_order(rows, factor, offset):
    came, said, ids = zip(*rows, strict=True)
    other = [math.exp(factor * value / 20 + offset) for value in said]
    turned = [-value for value in said]
    plain = metrics(came, [0.0] * len(came), ids, scores=said).auc_ratio

    assert metrics(came, [0.0] * len(came), ids, scores=other).auc_ratio == plain
    reverse = metrics(came, [0.0] * len(came), ids, scores=turned).auc_ratio
    assert math.isclose(reverse.value, 1 - plain.value, abs_tol=1e-12)


@given(columns)
def test_figures_stay_within_their_bounds_and_intervals_are_in_order(rows):
    came, said, ids = zip(*rows, strict=True)
    found = metrics(came, [value / 20 for value in said], ids)

    for one in (found.brier_ratio, found.auc_ratio, found.ece_ratio, found.base_rate_ratio):
        assert 0 <= one.value <= 1
        assert one.low is None or 0 <= one.low <= one.high <= 1 + 1e-12
    assert found.skill_ratio.value <= 1
    assert sum(part.instants_count for part in found.reliability) == len(rows)


@given(columns)
def test_truth_itself_is_perfect(rows):
    came, _, ids = zip(*rows, strict=True)
    found = metrics(came, [float(one) for one in came], ids)

    assert (found.brier_ratio.value, found.ece_ratio.value) == (0, 0)
    assert (found.auc_ratio.value, found.skill_ratio.value) == (1, 1)
    assert (found.precision_ratio.value, found.recall_ratio.value) == (1, 1)


@given(columns)
def test_the_order_of_instants_does_not_matter(rows):
    forth, back = (
        metrics(came, [value / 20 for value in said], ids)
        for came, said, ids in (zip(*rows, strict=True), zip(*rows[::-1], strict=True))
    )

    assert math.isclose(forth.auc_ratio.value, back.auc_ratio.value)
    assert math.isclose(forth.ece_ratio.value, back.ece_ratio.value, abs_tol=1e-12)
    assert math.isclose(forth.brier_ratio.value, back.brier_ratio.value)

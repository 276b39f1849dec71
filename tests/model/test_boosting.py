from itertools import pairwise

import numpy as np
import pytest

from vmadvisor.model.boosting import Forest, Settings
from vmadvisor.model.trees import probability, total

NAMES = ("demand", "noise", "gap")


def world(rows=3000, seed=5):
    """An event that comes with demand where the third value is missing or small, and never by the second."""
    chance = np.random.default_rng(seed)
    values = chance.normal(size=(rows, 3))
    values[chance.random(rows) < 0.3, 2] = np.nan
    odds = -1.0 + 2.5 * values[:, 0] * np.where(np.nan_to_num(values[:, 2], nan=-1.0) < 0, 1, 0)
    came = (chance.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    return values, came, 1 / (1 + np.exp(-odds))


def said(forest, values):
    rows = [[None if np.isnan(x) else x for x in row] for row in values.tolist()]
    return np.array([probability(forest.base + total(forest.trees, row)) for row in rows])


def test_a_forest_finds_an_effect_that_depends_on_another_and_on_what_is_missing():
    values, came, _ = world()
    fresh, _, truth = world(seed=6)
    forest = Forest(NAMES, settings=Settings(trees_count=150, signals_ratio=1.0)).fit(values, came)

    assert np.abs(said(forest, fresh) - truth).mean() < 0.06
    assert np.abs(came.mean() - truth).mean() > 0.15


@pytest.mark.parametrize("sign", [1, -1])
def test_a_known_direction_is_never_contradicted(sign):
    values, came, _ = world()
    forest = Forest(NAMES, directions={"demand": sign, "noise": sign}, seed=4).fit(values, came)

    for noise in (-1.0, 0.0, 1.5):
        for gap in (None, -1.0, 1.0):
            line = [
                sign * (forest.base + total(forest.trees, [x / 10, noise, gap]))
                for x in range(-30, 31)
            ]
            assert all(a <= b + 1e-9 for a, b in pairwise(line))


def test_the_same_seed_grows_the_same_forest():
    values, came, _ = world(rows=400)

    first, second, third = (Forest(NAMES, seed=seed).fit(values, came).trees for seed in (7, 7, 8))
    assert first == second != third

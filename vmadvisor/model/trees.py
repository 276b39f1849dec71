"""Trees that turn signals into log-odds: evaluation only, plain Python, no arrays.

A forest is what ``boosting`` fitted, as nested tuples: a leaf is a number, a split is
``(signal's index, threshold, is_missing_low, low, high)``; a value at or below the threshold goes low, a
missing one where the fit sent it.
"""

from collections.abc import Sequence
from math import exp, log
from typing import TypeAlias

Tree: TypeAlias = "float | tuple[int, float, int, Tree, Tree]"
Values: TypeAlias = Sequence[float | None]

_SURE_LOG_ODDS = 7.0
"""No forecast is surer than 1 in 1,000: that is as much as a few thousand instants can show."""


def log_odds(probability_ratio: float) -> float:
    """Logarithm of the odds, kept finite.

    >>> round(log_odds(0.5), 3), round(log_odds(0.0), 3)
    (0.0, -7.0)
    """
    if probability_ratio <= 0:
        return -_SURE_LOG_ODDS
    if probability_ratio >= 1:
        return _SURE_LOG_ODDS
    found = log(probability_ratio / (1 - probability_ratio))
    return max(-_SURE_LOG_ODDS, min(_SURE_LOG_ODDS, found))


def probability(odds: float) -> float:
    """The probability of log-odds.

    >>> probability(0.0)
    0.5
    """
    return 1 / (1 + exp(-max(-_SURE_LOG_ODDS, min(_SURE_LOG_ODDS, odds))))


def leaf_of(tree: Tree, values: Values) -> float:
    """The tree's part in the log-odds.

    >>> leaf_of((0, 0.1, 1, 2.0, -1.0), [0.05])
    2.0
    """
    while isinstance(tree, tuple):
        index, threshold, is_missing_low, low, high = tree
        value = values[index]
        tree = low if (is_missing_low if value is None else value <= threshold) else high
    return tree


def total(trees: Sequence[Tree], values: Values) -> float:
    """The forest's log-odds, without its base."""
    return sum(leaf_of(tree, values) for tree in trees)


def shares(tree: Tree, values: Values, found: dict[int, float]) -> None:
    """Adds to ``found`` what each signal on the way moved the log-odds by, from node mean to node mean.

    The mean of a node is taken as that of its leaves, so that shares of all signals add up to the leaf
    less the root's mean.
    """
    here = mean(tree)
    while isinstance(tree, tuple):
        index, threshold, is_missing_low, low, high = tree
        value = values[index]
        tree = low if (is_missing_low if value is None else value <= threshold) else high
        there = mean(tree)
        found[index] = found.get(index, 0.0) + there - here
        here = there


def mean(tree: Tree) -> float:
    """Mean of the leaves below, each split halving."""
    if isinstance(tree, tuple):
        return (mean(tree[3]) + mean(tree[4])) / 2
    return tree

"""Fits a forest of shallow trees to outcomes: gradient boosting of the log loss (Friedman 2001), Newton steps.

Small and plain, since what it has to learn is small: quantile bins, three levels, a share of the signals
per tree. Where physics knows the direction (more demand against the same stock never makes an OOM less
likely) a split that says otherwise is refused, and children stay within their parents' bounds.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from vmadvisor.model.trees import Tree
from vmadvisor.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to fit; the defaults were chosen on guests of the lab, not on the recordings reported on."""

    trees_count: int = 70
    depth_count: int = 3
    rate_ratio: float = 0.09
    bins_count: int = 24
    signals_ratio: float = 0.3
    rows_ratio: float = 0.7
    penalty: float = 4.0
    least_weight: float = 6.0


class Bins:
    """Each signal's quantile edges; code 0 is missing, 1 is at or below the first edge."""

    def __init__(self, values: "Floats", bins_count: int) -> None:
        import numpy as np

        self.edges: list[Floats] = []
        for column in values.T:
            known = column[~np.isnan(column)]
            if not len(known):
                self.edges.append(np.array([]))
                continue
            common = np.quantile(known, np.linspace(0, 1, bins_count + 1)[1:-1])
            # Most values of many signals are one and the same (nothing happens): spread bins over the rest.
            rare = known[known != np.median(known)]
            more = (
                np.quantile(rare, np.linspace(0, 1, bins_count // 2)) if len(rare) else np.array([])
            )
            edges = np.unique(np.round(np.concatenate([common, more]), 5))
            self.edges.append(edges[edges < known.max()])
        self.width = 2 + max((len(edges) for edges in self.edges), default=0)

    def codes(self, values: "Floats") -> "Codes":
        """Integer codes, rows × signals."""
        import numpy as np

        found = np.zeros(values.shape, dtype=np.int64)
        for index, edges in enumerate(self.edges):
            column = values[:, index]
            codes = np.searchsorted(edges, column, side="left") + 1
            codes[np.isnan(column)] = 0
            found[:, index] = codes
        return found


class _Node:
    """A node while its tree grows: its rows, its value, the bounds that its parents set."""

    __slots__ = ("children", "high", "low", "rows", "split", "value")

    def __init__(self, rows: "Codes", value: float, low: float, high: float) -> None:
        self.rows, self.value, self.low, self.high = rows, value, low, high
        self.split: tuple[int, int, bool] | None = None
        self.children: tuple[_Node, _Node] | None = None


class Forest:
    """Fits and holds trees; ``directions`` maps a signal to +1 or -1 where its effect's sign is known."""

    def __init__(
        self,
        names: Sequence[str],
        *,
        directions: Mapping[str, int] | None = None,
        settings: Settings | None = None,
        seed: int = 1,
    ) -> None:
        import numpy as np

        self.names = list(names)
        self.settings = settings or Settings()
        self.signs = np.array([(directions or {}).get(name, 0) for name in self.names])
        self.chance = np.random.default_rng(seed)
        self.base = 0.0
        self.trees: list[Tree] = []

    def fit(
        self,
        values: "Floats",
        happened: "Floats",
        weights: "Floats | None" = None,
        start: "Floats | None" = None,
    ) -> "Forest":
        """``values`` rows × signals (NaN: missing), ``happened`` 0 or 1, ``weights`` per row.

        ``start`` are log-odds per row that the trees are to add to, another forest's, say; ``base`` is 0
        then. Without it they begin at those of the base rate.
        """
        import numpy as np

        chosen = self.settings
        weight = np.ones(len(happened)) if weights is None else weights
        bins = Bins(values, chosen.bins_count)
        codes = bins.codes(values)
        if start is None:
            self.base = float(np.log((weight @ happened + 0.5) / (weight @ (1 - happened) + 0.5)))
        odds = np.full(len(happened), self.base) if start is None else start.copy()
        count = max(1, round(len(self.names) * chosen.signals_ratio))
        for _ in range(chosen.trees_count):
            probability = 1 / (1 + np.exp(-odds))
            gradient = weight * (happened - probability)
            curvature = weight * probability * (1 - probability)
            columns = np.sort(self.chance.choice(len(self.names), count, replace=False))
            rows = np.flatnonzero(self.chance.random(len(happened)) < chosen.rows_ratio)
            root = self._grow(codes, rows, gradient, curvature, columns, bins.width)
            odds += self._apply(root, codes)
            self.trees.append(self._tuple(root, bins))
        return self

    def _grow(
        self,
        codes: "Codes",
        rows: "Codes",
        gradient: "Floats",
        curvature: "Floats",
        columns: "Codes",
        width: int,
    ) -> _Node:
        root = _Node(rows, self._value(gradient[rows].sum(), curvature[rows].sum()), -9.0, 9.0)
        level = [root]
        for _ in range(self.settings.depth_count):
            following: list[_Node] = []
            for node in level:
                self._split(node, codes, gradient, curvature, columns, width)
                following += node.children or ()
            level = following
        return root

    def _value(self, gradient: float, curvature: float) -> float:
        return self.settings.rate_ratio * gradient / (curvature + self.settings.penalty)

    def _split(
        self,
        node: _Node,
        codes: "Codes",
        gradient: "Floats",
        curvature: "Floats",
        columns: "Codes",
        width: int,
    ) -> None:
        import numpy as np

        rows, count = node.rows, len(columns)
        if len(rows) < 2 * self.settings.least_weight:
            return
        flat = (codes[np.ix_(rows, columns)] + np.arange(count) * width).ravel()

        def histogram(of: "Floats") -> "Floats":
            weights = np.repeat(of[rows], count)
            found = np.bincount(flat, weights=weights, minlength=count * width)
            return np.asarray(found, dtype=np.float64).reshape(count, width)

        g, h = histogram(gradient), histogram(curvature)
        best = self._best(g, h, self.signs[columns], node)
        if best is None:
            return
        column, code, is_missing_low, low_value, high_value = best
        signal = int(columns[column])
        of_rows = codes[rows, signal]
        is_low = np.where(of_rows == 0, is_missing_low, of_rows <= code)
        middle = (low_value + high_value) / 2
        sign = int(self.signs[signal])
        low_bounds = (node.low, middle if sign > 0 else node.high)
        high_bounds = (middle if sign > 0 else node.low, node.high)
        if sign < 0:
            low_bounds, high_bounds = (middle, node.high), (node.low, middle)
        node.split = (signal, code, is_missing_low)
        node.children = (
            _Node(rows[is_low], low_value, *low_bounds),
            _Node(rows[~is_low], high_value, *high_bounds),
        )

    def _best(
        self, g: "Floats", h: "Floats", signs: "Codes", node: _Node
    ) -> tuple[int, int, bool, float, float] | None:
        """The split that lowers the loss most: (column, last low code, missing goes low, both values)."""
        import numpy as np

        chosen = self.settings
        total_g, total_h = g[0].sum(), h[0].sum()
        least = chosen.least_weight / 4  # of curvature: a quarter of the rows' weight at most
        best: tuple[int, int, bool, float, float] | None = None
        best_gain = 1e-3
        for is_missing_low in (True, False):
            extra_g, extra_h = (g[:, :1], h[:, :1]) if is_missing_low else (0.0, 0.0)
            low_g, low_h = np.cumsum(g[:, 1:], 1) + extra_g, np.cumsum(h[:, 1:], 1) + extra_h
            high_g, high_h = total_g - low_g, total_h - low_h
            low = np.clip(chosen.rate_ratio * low_g / (low_h + chosen.penalty), node.low, node.high)
            high = np.clip(
                chosen.rate_ratio * high_g / (high_h + chosen.penalty), node.low, node.high
            )
            gain = low_g**2 / (low_h + chosen.penalty) + high_g**2 / (high_h + chosen.penalty)
            gain -= total_g**2 / (total_h + chosen.penalty)
            gain[(low_h < least) | (high_h < least)] = -1
            gain[((high - low) * signs[:, None]) < 0] = -1
            where = int(np.argmax(gain))
            column, index = divmod(where, gain.shape[1])
            if gain[column, index] > best_gain:
                best_gain = float(gain[column, index])
                best = (
                    column,
                    index + 1,
                    is_missing_low,
                    float(low[column, index]),
                    float(high[column, index]),
                )
        return best

    def _apply(self, root: _Node, codes: "Codes") -> "Floats":
        """The tree's value for every row, those it was not grown on included."""
        import numpy as np

        found = np.zeros(len(codes))
        stack = [(root, np.arange(len(codes)))]
        while stack:
            node, rows = stack.pop()
            if node.split is None or node.children is None:
                found[rows] = node.value
                continue
            signal, code, is_missing_low = node.split
            of_rows = codes[rows, signal]
            is_low = np.where(of_rows == 0, is_missing_low, of_rows <= code)
            stack += [(node.children[0], rows[is_low]), (node.children[1], rows[~is_low])]
        return found

    def _tuple(self, node: _Node, bins: Bins) -> Tree:
        if node.split is None or node.children is None:
            return round(node.value, 4)
        signal, code, is_missing_low = node.split
        edges = bins.edges[signal]
        threshold = float(edges[min(code, len(edges)) - 1]) if len(edges) else 0.0
        low, high = (self._tuple(child, bins) for child in node.children)
        return (signal, round(threshold, 4), int(is_missing_low), low, high)

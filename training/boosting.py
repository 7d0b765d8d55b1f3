"""A forest of complete binary trees, grown by gradient boosting for a yes-or-no label: numpy, nothing else.

The features are cut into at most 64 bins, so a tree is a few small integers and the same input gives the same
forest on every machine. Reading data and writing weights is not here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 64


@dataclass(frozen=True)
class Growth:
    """How a forest grows."""

    trees: int = 300
    depth: int = 4
    rate: float = 0.08  # share of each tree's answer that counts
    columns: float = 0.35  # share of the features that a tree may ask
    rows: float = 0.7  # share of the lines that a tree sees
    penalty: float = 8.0  # added to the weight of each leaf, so that few lines move little
    least: float = 4.0  # least weight (sum of p (1 - p)) on either side of a question
    seed: int = 1


@dataclass(frozen=True)
class Forest:
    """Trees of one depth as arrays: (trees, inner nodes) features and bins, (trees, all nodes) values.

    Node 0 is the root. Node n asks "is the feature's bin greater than the cut?"; no leads to 2n + 1, yes to 2n + 2.
    """

    edges: list[Floats]
    feature: NDArray[np.int64]
    cut: NDArray[np.int64]
    value: Floats
    base: float

    def margin(self, x: Floats) -> Floats:
        """Return the log odds of each row of features, (rows,)."""
        bins = binned(x, self.edges)
        total = np.full(len(x), self.base)
        rows = np.arange(len(x))
        inner = self.feature.shape[1]
        for feature, cut, value in zip(self.feature, self.cut, self.value, strict=True):
            node = np.zeros(len(x), np.int64)
            while node.size and node[0] < inner:
                node = 2 * node + 1 + (bins[rows, feature[node]] > cut[node])
            total += value[node]
        return total


def edges_of(x: Floats) -> list[Floats]:
    """Return for each feature the upper ends of its bins but the last, by quantiles of the values that occur."""
    result = []
    for column in x.T:
        values = np.unique(column)
        if len(values) > BINS:
            values = np.unique(np.quantile(column, np.linspace(0, 1, BINS + 1)))
        # Rounded half way between two values, so that the edge in the file is the edge that was learnt.
        result.append(np.unique(np.round((values[:-1] + values[1:]) / 2, 4)))
    return result


def binned(x: Floats, edges: list[Floats]) -> NDArray[np.uint8]:
    """Return the bin of each value, (rows, features)."""
    columns = [np.searchsorted(e, column, "left") for e, column in zip(edges, x.T, strict=True)]
    return np.stack(columns, 1).astype(np.uint8)


def grow(x: Floats, y: Floats, weight: Floats, growth: Growth = Growth()) -> Forest:
    """Fit a forest to rows of features with labels 0 or 1."""
    rng = np.random.default_rng(growth.seed)
    edges = edges_of(x)
    bins = binned(x, edges)
    share = float((y * weight).sum() / weight.sum())
    base = float(np.log(share / (1 - share)))
    margin = np.full(len(x), base)
    features, cuts, values = [], [], []
    for _ in range(growth.trees):
        p = 1 / (1 + np.exp(-margin))
        gradient, curve = (y - p) * weight, np.maximum(p * (1 - p) * weight, 1e-9)
        seen = np.flatnonzero(rng.random(len(x)) < growth.rows)
        columns = np.sort(rng.choice(x.shape[1], max(1, int(x.shape[1] * growth.columns)), replace=False))
        feature, cut, value = _tree(bins[seen], gradient[seen], curve[seen], columns, growth)
        features.append(feature)
        cuts.append(cut)
        values.append(value)
        margin += value[_leaf(bins, feature, cut)]
    return Forest(edges, np.array(features), np.array(cuts), np.array(values), base)


def _leaf(bins: NDArray[np.uint8], feature: NDArray[np.int64], cut: NDArray[np.int64]) -> NDArray[np.int64]:
    node = np.zeros(len(bins), np.int64)
    rows = np.arange(len(bins))
    while node[0] < len(feature):
        node = 2 * node + 1 + (bins[rows, feature[node]] > cut[node])
    return node


def _tree(
    bins: NDArray[np.uint8], gradient: Floats, curve: Floats, columns: NDArray[np.int64], growth: Growth
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    inner = 2**growth.depth - 1
    feature, cut = np.zeros(inner, np.int64), np.full(inner, BINS, np.int64)
    value = np.zeros(2 * inner + 1)
    node = np.zeros(len(bins), np.int64)
    value[0] = growth.rate * gradient.sum() / (curve.sum() + growth.penalty)
    for level in range(growth.depth):
        first, count = 2**level - 1, 2**level
        best = np.full(count, 1e-6)
        sides = np.zeros((count, 2))
        sides[:] = value[first : first + count, None]
        for column in columns:
            place = (node - first) * (BINS + 1) + bins[:, column]
            shape = (count, BINS + 1)
            g = np.bincount(place, gradient, count * (BINS + 1)).reshape(shape)
            h = np.bincount(place, curve, count * (BINS + 1)).reshape(shape)
            left_g, left_h = g.cumsum(1), h.cumsum(1)
            all_g, all_h = left_g[:, -1:], left_h[:, -1:]
            right_g, right_h = all_g - left_g, all_h - left_h
            gain = left_g**2 / (left_h + growth.penalty) + right_g**2 / (right_h + growth.penalty)
            gain -= all_g**2 / (all_h + growth.penalty)
            gain[(left_h < growth.least) | (right_h < growth.least)] = 0
            at = gain.argmax(1)
            for n in np.flatnonzero(gain[np.arange(count), at] > best):
                best[n] = gain[n, at[n]]
                feature[first + n], cut[first + n] = column, at[n]
                sides[n] = (
                    left_g[n, at[n]] / (left_h[n, at[n]] + growth.penalty),
                    right_g[n, at[n]] / (right_h[n, at[n]] + growth.penalty),
                )
                sides[n] *= growth.rate
        for n in range(count):
            value[2 * (first + n) + 1 : 2 * (first + n) + 3] = sides[n]
        node = 2 * node + 1 + (bins[np.arange(len(bins)), feature[node]] > cut[node])
    return feature, cut, value

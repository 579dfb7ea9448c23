"""Gradient-boosted trees as plain numbers: grown by scikit-learn, kept as lists, read with numpy alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rebook.analytics.likelihood.histories import Floats

# Small trees, slowly added: a practice's diary is no large data set.
_TREES, _LEAVES, _RATE, _FEWEST = 120, 8, 0.06, 80
# At a leaf there is no feature to ask.
_LEAF = -1


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes (k,) in lists: the feature asked (-1 at a leaf), up to what value one goes left, where left and
    right lead, and what a leaf adds to the log-odds.
    """

    feature: NDArray[np.int64]
    threshold: Floats
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    adds: Floats


@dataclass(frozen=True, slots=True)
class Boosted:
    """``start``: log-odds before any tree; ``slope`` and ``shift`` turn the sum into calibrated log-odds."""

    start: float
    trees: tuple[Tree, ...]
    slope: float = 1.0
    shift: float = 0.0

    def as_json(self) -> dict[str, Any]:
        trees = [
            {
                "feature": tree.feature.tolist(),
                "threshold": [round(float(one), 6) for one in tree.threshold],
                "left": tree.left.tolist(),
                "right": tree.right.tolist(),
                "adds": [round(float(one), 9) for one in tree.adds],
            }
            for tree in self.trees
        ]
        return {"start": self.start, "slope": self.slope, "shift": self.shift, "trees": trees}


def from_json(values: Mapping[str, Any]) -> Boosted:
    """What ``Boosted.as_json`` wrote."""
    trees = tuple(
        Tree(
            np.array(one["feature"], dtype=np.int64),
            np.array(one["threshold"], dtype=np.float64),
            np.array(one["left"], dtype=np.int64),
            np.array(one["right"], dtype=np.int64),
            np.array(one["adds"], dtype=np.float64),
        )
        for one in values["trees"]
    )
    return Boosted(float(values["start"]), trees, float(values["slope"]), float(values["shift"]))


def grow(*, values: Floats, happened: Floats) -> Boosted:
    """Trees for (n, features) values and (n,) outcomes 0 or 1; the same every time."""
    # Imported here: it takes a second, and most commands and pages grow nothing.
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    model = HistGradientBoostingClassifier(
        max_iter=_TREES,
        learning_rate=_RATE,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=_FEWEST,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )
    # Several threads wait for each other longer than they work where the machine is busy: 30 s against 1 s.
    with threadpool_limits(limits=1):
        model.fit(values, happened)
    trees = tuple(_plain(one[0].nodes) for one in model._predictors)
    return Boosted(float(np.ravel(model._baseline_prediction)[0]), trees)


def scores(*, model: Boosted, values: Floats) -> Floats:
    """(n,) log-odds for (n, features) values, none of them missing."""
    total = np.full(len(values), model.start)
    for tree in model.trees:
        total += tree.adds[_leaf_of(tree, values)]
    return np.asarray(model.slope * total + model.shift)


def chances(*, model: Boosted, values: Floats) -> Floats:
    """(n,) chances for (n, features) values."""
    return np.asarray(1 / (1 + np.exp(-np.clip(scores(model=model, values=values), -35, 35))))


def _leaf_of(tree: Tree, values: Floats) -> NDArray[np.int64]:
    node = np.zeros(len(values), dtype=np.int64)
    rows = np.arange(len(values))
    while True:
        asked = tree.feature[node]
        if (asked == _LEAF).all():
            return node
        goes_left = values[rows, np.maximum(asked, 0)] <= tree.threshold[node]
        node = np.where(asked == _LEAF, node, np.where(goes_left, tree.left[node], tree.right[node]))


def _plain(nodes: Any) -> Tree:
    is_leaf = nodes["is_leaf"].astype(bool)
    return Tree(
        np.where(is_leaf, _LEAF, nodes["feature_idx"]).astype(np.int64),
        np.where(is_leaf, 0.0, nodes["num_threshold"]),
        nodes["left"].astype(np.int64),
        nodes["right"].astype(np.int64),
        np.where(is_leaf, nodes["value"], 0.0),
    )

"""Heads on features as scikit-learn has them: `npm run golden -- transfer`."""

import sys

import numpy as np
from golden_files import write_json
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

rng = np.random.default_rng(0)
width = 6


def drawn(counts):
    """Rows in no order, of classes whose middles lie apart by about their deviation."""
    labels = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    middles = np.random.default_rng(1).uniform(0.5, 3, (len(counts), width))
    return np.maximum(middles[labels] + rng.normal(0, 0.8, (len(labels), width)), 0).round(3), labels


def regressions(x, y, t):
    for settings in ({"C": 0.05}, {"C": 10}, {"C": 1, "classWeights": [1, 3, 0.5][: y.max() + 1]}):
        weights = settings.get("classWeights")
        model = LogisticRegression(
            C=settings["C"], class_weight=weights and dict(enumerate(weights)), tol=1e-10, max_iter=10000
        ).fit(x, y)
        yield {**settings, "probabilities": model.predict_proba(t).round(6).tolist()}


def neighbours(x, y, t, truth):
    for k, metric in ((1, "cosine"), (4, "cosine"), (4, "euclidean")):
        votes = KNeighborsClassifier(k, metric=metric, algorithm="brute").fit(x, y).predict_proba(t)
        classes = []
        for c in range(y.max() + 1):
            search = NearestNeighbors(n_neighbors=k, metric=metric, algorithm="brute").fit(x[y == c])
            left_out = search.kneighbors()[0].mean(1)
            distances = search.kneighbors(t)[0].mean(1)
            classes.append({
                "threshold": np.quantile(left_out, 0.9),
                "distances": distances.round(6).tolist(),
                "rocAuc": roc_auc_score(truth == c, -distances),
            })
        yield {"k": k, "metric": metric, "votes": votes.tolist(), "classes": classes}


def case(counts):
    (x, y), (t, truth) = drawn(counts), drawn([5] * len(counts))
    return {
        **{"features": x.tolist(), "labels": y.tolist(), "test": t.tolist(), "truth": truth.tolist()},
        "logisticRegression": list(regressions(x, y, t)),
        "neighbours": list(neighbours(x, y, t, truth)),
    }


write_json(sys.argv[-1], {"two": case([14, 9]), "three": case([9, 12, 7])})

"""Functions that make the rows that are trained on from the training rows of a program."""

from __future__ import annotations


def shuffled(x, y):
    """Return the rows in another order, so that no part of them is of one kind; the same order each time."""
    import numpy as np

    order = np.random.default_rng(0).permutation(len(x))
    return tuple(part.iloc[order] if hasattr(part, "iloc") else np.asarray(part)[order] for part in (x, y))


def bootstrapped(x, y):
    """Return as many rows, drawn with replacement: another sample of the same population, as far as the rows know."""
    import numpy as np

    x, y = np.asarray(x), np.asarray(y)
    drawn = np.random.randint(len(x), size=len(x))
    return x[drawn], y[drawn]


def oversampled(x, y):
    """Return rows in which every class is as frequent as the most frequent one: rows of the others are repeated."""
    import numpy as np

    x, y = np.asarray(x), np.asarray(y)
    labels = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.ravel()
    classes, counts = np.unique(labels, return_counts=True)
    rows = [np.resize(np.random.permutation(np.flatnonzero(labels == label)), counts.max()) for label in classes]
    order = np.random.permutation(np.concatenate(rows))
    return x[order], y[order]


def undersampled(x, y):
    """Return rows in which every class is as rare as the rarest one: rows of the others are left out by chance."""
    import numpy as np

    x, y = np.asarray(x), np.asarray(y)
    labels = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.ravel()
    classes, counts = np.unique(labels, return_counts=True)
    rows = [np.random.permutation(np.flatnonzero(labels == label))[: counts.min()] for label in classes]
    order = np.random.permutation(np.concatenate(rows))
    return x[order], y[order]


def interpolated(x, y):
    """Return the rows, and new ones of the rarer classes until all are as frequent as the most frequent one.

    A new row lies between a row and one of its five nearest ones of the same class (SMOTE: Chawla et al. 2002).
    """
    import numpy as np
    from sklearn.neighbors import NearestNeighbors

    x, y = np.asarray(x, dtype="float32"), np.asarray(y)
    labels = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.ravel()
    classes, counts = np.unique(labels, return_counts=True)
    made, theirs = [x], [y]
    for label, count in zip(classes, counts, strict=True):
        own = np.flatnonzero(labels == label)
        flat = x[own].reshape(count, -1)
        near = NearestNeighbors(n_neighbors=min(6, count)).fit(flat).kneighbors(flat, return_distance=False)
        first = np.random.randint(count, size=counts.max() - count)
        second = near[first, np.random.randint(min(1, count - 1), near.shape[1], size=len(first))]
        share = np.random.uniform(size=len(first)).astype("float32")[:, None]
        between = flat[first] + share * (flat[second] - flat[first])
        made.append(between.reshape(-1, *x.shape[1:]))
        theirs.append(y[own[first]])
    order = np.random.permutation(sum(map(len, made)))
    return np.concatenate(made)[order], np.concatenate(theirs)[order]


def without_repeats(x, y):
    """Return each example once, and none that stands there with different labels."""
    import numpy as np

    x, y = np.asarray(x), np.asarray(y)
    labels = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.ravel()
    _, first, group = np.unique(x.reshape(len(x), -1), axis=0, return_index=True, return_inverse=True)
    lowest, highest = labels[first].copy(), labels[first].copy()
    np.minimum.at(lowest, group.ravel(), labels)
    np.maximum.at(highest, group.ravel(), labels)
    rows = np.sort(first[lowest == highest])
    return x[rows], y[rows]


def without_doubtful(x, y):
    """Return the rows but those whose label is surely contradicted by trees that were grown without them.

    A label is doubtful where another class is as likely as it usually is for rows of that class (confident learning:
    Northcutt, Jiang and Chuang 2021).
    """
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier

    x, y = np.asarray(x), np.asarray(y)
    labels = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.ravel()
    classes, codes = np.unique(labels, return_inverse=True)
    forest = RandomForestClassifier(200, min_samples_leaf=3, oob_score=True, random_state=0)
    likely = forest.fit(x.reshape(len(x), -1), codes).oob_decision_function_
    usual = np.array([np.nanmean(likely[codes == code, code]) for code in range(len(classes))])
    above = np.where(likely >= usual, likely, 0.0)
    rows = np.flatnonzero(~(above.max(axis=1) > 0) | (above.argmax(axis=1) == codes))
    return x[rows], y[rows]


def mixed(x, y):
    """Return mixtures of two rows each, inputs and targets alike, most of them close to one of both.

    Targets must be numbers or shares of classes (mixup: Zhang et al. 2018); the mixtures stay the same in all epochs.
    """
    import numpy as np

    x, y = np.asarray(x, dtype="float32"), np.asarray(y, dtype="float32")
    other, share = np.random.permutation(len(x)), np.random.beta(0.2, 0.2, size=len(x)).astype("float32")
    in_x, in_y = (share.reshape(-1, *(1,) * (array.ndim - 1)) for array in (x, y))
    return in_x * x + (1 - in_x) * x[other], in_y * y + (1 - in_y) * y[other]

"""Small auxiliary models that measure the data: how far one feature goes alone, and how alike two splits are."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.dataset import IMAGES, Dataset
from vandap.core.one_column import one_column_skill
from vandap.core.preprocess import Encoded, Preprocess
from vandap.train.preprocess import blocks

MOST_ROWS = 4_000
MOST_FEATURES = 300
FOLDS = 3


def feature_scores(
    dataset: Dataset, preprocess: Preprocess, rows: np.ndarray, seed: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """Skill of a small tree on each feature alone, cross-validated on training rows, groups held out together.

    Args:
        dataset: The data; tables and flat arrays only, others give no features.
        preprocess: Fitted preprocessing.
        rows: Training rows; a seeded sample of at most 4,000 is used.
        seed: Seed of the sample and the folds.

    Returns:
        Feature names and skills, shape `(features,)`; empty for images and for more than 300 features.
    """
    if dataset.kind == IMAGES:
        return (), np.zeros(0)
    rows = _sample(rows, MOST_ROWS, seed)
    names, features = _features(dataset, preprocess, rows)
    if len(names) > MOST_FEATURES or len(rows) < 50:
        return (), np.zeros(0)
    target, groups = dataset.target[rows], _together(dataset, rows)
    classify = dataset.task.is_classification
    skills = [one_column_skill(column, target, classify, seed, groups) for column in features.T]
    return names, np.array(skills)


def split_auc(
    dataset: Dataset, preprocess: Preprocess, first: np.ndarray, second: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Out-of-fold probabilities of a forest that tells the rows of one split from those of another by their inputs.

    Groups and copies are held out as a whole: they stand in one split, and would be known by sight.

    Returns:
        Membership (0 first, 1 second), the probability of 1, and what rows belong together (a number each), all of
        shape `(rows used,)`; empty when either split has fewer than 50 rows, or too few groups to hold some out.
    """
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_predict

    nothing = np.zeros(0, np.int64), np.zeros(0), None
    if min(len(first), len(second)) < 50:
        return nothing
    first, second = _sample(first, MOST_ROWS // 2, seed), _sample(second, MOST_ROWS // 2, seed)
    groups = _together(dataset, np.concatenate([first, second]))
    if groups is not None and min(len(np.unique(part)) for part in np.split(groups, [len(first)])) < FOLDS:
        return nothing
    features = np.concatenate([_features(dataset, preprocess, rows)[1] for rows in (first, second)])
    member = np.repeat([0, 1], [len(first), len(second)])
    forest = ExtraTreesClassifier(100, min_samples_leaf=5, max_features=0.3, random_state=seed, class_weight="balanced")
    folds = (StratifiedKFold if groups is None else StratifiedGroupKFold)(FOLDS, shuffle=True, random_state=seed)
    found = cross_val_predict(forest, features, member, groups=groups, cv=folds, method="predict_proba")
    return member, found[:, 1], groups


def _together(dataset: Dataset, rows: np.ndarray) -> np.ndarray | None:
    """What the rows belong to; None where no two of them belong together."""
    together = dataset.split.together
    if together is None or len(np.unique(together[rows])) == len(rows):
        return None
    return together[rows]


def _features(dataset: Dataset, preprocess: Preprocess, rows: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    encoder = preprocess.bind(dataset.columns)
    encoded = (encoder(dataset.examples.take(part)) for part in blocks(rows, math.prod(preprocess.shape) or 1))
    if dataset.kind == IMAGES:
        return (), np.concatenate([_thumbnails(part) for part in encoded])
    names = preprocess.feature_names + tuple(preprocess.vocabularies)
    features = np.concatenate([np.concatenate([part.numbers, part.categories], axis=1) for part in encoded])
    if not names:
        names = tuple(f"feature {index}" for index in range(features.shape[1]))
    return names, features


def _thumbnails(encoded: Encoded) -> np.ndarray:
    """Mean of an 8 x 8 grid of each image, flattened, with the mean and deviation of each channel."""
    images = np.asarray(encoded.numbers, np.float32)
    count, height, width, channels = images.shape
    grid = min(8, height, width)
    cut = images[:, : height // grid * grid, : width // grid * grid]
    cells = cut.reshape(count, grid, height // grid, grid, width // grid, channels).mean(axis=(2, 4, 5))
    moments = [images.mean(axis=(1, 2)), images.std(axis=(1, 2))]
    return np.concatenate([cells.reshape(count, -1), *moments], axis=1)


def _sample(rows: np.ndarray, most: int, seed: int) -> np.ndarray:
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng((seed, 13)).choice(rows, most, replace=False))

"""Tables: two classes, several classes, numbers."""

from __future__ import annotations

import csv

import numpy as np
from zoo.records import Raw, Task, user_data


def _scikit(loader: str, task: Task, classes: int = 0) -> Raw:
    import sklearn.datasets

    found = getattr(sklearn.datasets, loader)()
    target = found.target.astype("float32" if task == "numbers" else "int64")
    return Raw(found.data.astype("float32"), target, "table", task, classes)


def diabetes() -> Raw:
    """Disease progression (25 to 346), ten columns in the units of the clinic."""
    from sklearn.datasets import load_diabetes

    found = load_diabetes(scaled=False)
    return Raw(found.data.astype("float32"), found.target.astype("float32"), "table", "numbers")


def moons() -> Raw:
    """Two interleaved half circles."""
    from sklearn.datasets import make_moons

    inputs, target = make_moons(1500, noise=0.2, random_state=3)
    return Raw(inputs.astype("float32"), target, "table", "binary", 2)


def blobs() -> Raw:
    """Five clouds in eight columns of different scale (thousands, units, hundredths)."""
    from sklearn.datasets import make_blobs

    inputs, target = make_blobs(1500, 8, centers=5, cluster_std=4.0, random_state=4)
    scale = np.array([1000, 100, 10, 1, 1, 1, 0.1, 0.01])
    return Raw((inputs * scale + 3 * scale).astype("float32"), target, "table", "classes", 5)


def friedman(number: int) -> Raw:
    """Friedman's regression problems 1 (five of ten columns count) and 2 (columns of very different scale)."""
    from sklearn.datasets import make_friedman1, make_friedman2

    if number == 1:
        inputs, target = make_friedman1(1500, noise=1.0, random_state=5)
    else:
        inputs, target = make_friedman2(1500, noise=60.0, random_state=6)
    return Raw(inputs.astype("float32"), target.astype("float32"), "table", "numbers")


def clusters() -> Raw:
    """Two classes, twelve columns of which six inform, 4 % of labels wrong."""
    from sklearn.datasets import make_classification

    inputs, target = make_classification(1800, 12, n_informative=6, n_redundant=2, flip_y=0.04, random_state=7)
    return Raw((50 + 20 * inputs).astype("float32"), target, "table", "binary", 2)


def spirals() -> Raw:
    """Three spiral arms."""
    generator = np.random.default_rng(8)
    target = np.arange(1500) % 3
    radius = generator.uniform(0.3, 3.0, 1500)
    angle = 1.7 * radius + target * 2 * np.pi / 3 + 0.15 * generator.standard_normal(1500)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return Raw(points.astype("float32"), target, "table", "classes", 3)


def _file(name: str, task: Task) -> Raw:
    with user_data("tables", name).open(encoding="utf-8") as file:
        lines = list(csv.reader(file))
    inputs = np.array([line[:-1] for line in lines if line], dtype="float32")
    answers = [line[-1] for line in lines if line]
    if task == "numbers":
        return Raw(inputs, np.array(answers, dtype="float32"), "table", task)
    names, target = np.unique(answers, return_inverse=True)
    return Raw(inputs, target, "table", task, len(names))


LOADERS = {
    "breast_cancer": ("development", lambda: _scikit("load_breast_cancer", "binary", 2)),
    "moons": ("development", moons),
    "wine": ("development", lambda: _scikit("load_wine", "classes", 3)),
    "blobs": ("development", blobs),
    "diabetes": ("development", diabetes),
    "friedman1": ("development", lambda: friedman(1)),
    "clusters": ("test", clusters),
    "spirals": ("test", spirals),
    "iris": ("test", lambda: _scikit("load_iris", "classes", 3)),
    "friedman2": ("test", lambda: friedman(2)),
    "banknote": ("test", lambda: _file("banknote_authentication.csv", "binary")),
    "ionosphere": ("test", lambda: _file("ionosphere.csv", "binary")),
    "phoneme": ("test", lambda: _file("phoneme.csv", "binary")),
    "pima": ("test", lambda: _file("pima-indians-diabetes.csv", "binary")),
    "red_wine": ("test", lambda: _file("winequality-red.csv", "numbers")),
    "housing": ("test", lambda: _file("housing.csv", "numbers")),
}

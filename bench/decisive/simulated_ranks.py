"""Clean but hard tasks, weak models and wrong labels, simulated: what A9 says of the ranks of their held-out labels.

    python -m bench.decisive.simulated_ranks [--seeds 3]

A network of scikit-learn with 64 units is trained for three and for twelve passes on three quarters of 1600 rows.
Prints one row of a Markdown table for each task: of how many trainings A9 says that labels are wrong, cannot tell, or
is clear.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from bench.decisive.natural_ranks import verdict
from vandap.core.signals import Series
from vandap.exam.decisive._ranks import ranks_signal

ROWS = 1600
Task = tuple[np.ndarray, np.ndarray]


def blobs(random: np.random.Generator, classes: int, distance: float, shares: np.ndarray | None = None) -> Task:
    """Normal classes in six dimensions; below a distance of 1 they overlap much."""
    centres = distance * random.normal(size=(classes, 6))
    kinds = random.choice(classes, ROWS, p=shares)
    return centres[kinds] + random.normal(size=(ROWS, 6)), kinds


def ordinal(random: np.random.Generator, classes: int, deviation: float) -> Task:
    """Ratings, of which neighbours are confused."""
    x = random.normal(size=(ROWS, 6))
    latent = x[:, 0] + deviation * random.normal(size=ROWS)
    return x, np.searchsorted(np.quantile(latent, np.linspace(0, 1, classes + 1)[1:-1]), latent)


def one_known(random: np.random.Generator, classes: int) -> Task:
    """One class that is easily told from the others, which cannot be told from each other."""
    kinds = random.integers(0, classes, ROWS)
    return 4 * np.eye(2)[np.minimum(kinds, 1)] + random.normal(size=(ROWS, 2)), kinds


def blank_rows(random: np.random.Generator, share: float) -> Task:
    """Easy classes, and rows that tell nothing."""
    x, kinds = blobs(random, 10, 2.0)
    return np.where(random.random(ROWS)[:, None] < share, 0.0, x), kinds


def pixels(random: np.random.Generator, count: int) -> Task:
    """Digits of which few pixels are seen."""
    digits = load_digits()
    rows = random.permutation(len(digits.data))[:ROWS]
    return digits.data[rows][:, random.choice(64, count, replace=False)] / 16, digits.target[rows]


def relabelled(random: np.random.Generator, task: Task, share: float, flip: bool = False) -> Task:
    """Give a share of the rows a label by chance, or that of the next class."""
    classes = int(task[1].max()) + 1
    other = (task[1] + 1) % classes if flip else random.integers(0, classes, ROWS)
    return task[0], np.where(random.random(ROWS) < share, other, task[1])


def tasks() -> Mapping[str, Callable[[np.random.Generator], Task]]:
    """Clean tasks, then those with wrong labels."""
    steep = 0.5 ** np.arange(10)
    made: dict[str, Callable[[np.random.Generator], Task]] = {}
    for classes in (4, 5, 10, 20):
        for distance in (0.2, 0.4, 0.7):
            made[f"clean, {classes} classes at distance {distance}"] = lambda r, k=classes, d=distance: blobs(r, k, d)
    for classes in (5, 10):
        for deviation in (0.5, 1.0, 2.0):
            made[f"clean, {classes} ratings, deviation {deviation}"] = lambda r, k=classes, d=deviation: ordinal(
                r, k, d
            )
        made[f"clean, one of {classes} classes is known"] = lambda r, k=classes: one_known(r, k)
    for distance in (0.3, 0.6):
        made[f"clean, imbalanced at distance {distance}"] = lambda r, d=distance: blobs(r, 10, d, steep / steep.sum())
        made[f"clean, {distance:.0%} blank rows"] = lambda r, d=distance: blank_rows(r, d)
    for count in (2, 4, 8):
        made[f"clean, digits by {count} pixels"] = lambda r, n=count: pixels(r, n)
    for share in (0.3, 0.45, 0.6):
        made[f"{share:.0%} by chance, digits"] = lambda r, s=share: relabelled(r, pixels(r, 64), s)
        made[f"{share:.0%} by chance, 5 classes"] = lambda r, s=share: relabelled(r, blobs(r, 5, 2.0), s)
        made[f"{share:.0%} by chance, 5 classes at distance 0.7"] = lambda r, s=share: relabelled(
            r, blobs(r, 5, 0.7), s
        )
    made["40% with the next label, digits"] = lambda r: relabelled(r, pixels(r, 64), 0.4, flip=True)
    return made


def looks(task: Task, seed: int) -> Iterator[Series]:
    """The signal of the test after three passes and after twelve; fast and slow steps."""
    (x, labels), held_out = task, slice(0, ROWS // 4)
    for rate in (1e-4, 3e-3):
        model = MLPClassifier((64,), learning_rate_init=rate, batch_size=32, random_state=seed)
        for passes in range(12):
            model.partial_fit(x[ROWS // 4 :], labels[ROWS // 4 :], classes=np.arange(labels.max() + 1))
            if passes in (2, 11):
                scores = np.log(model.predict_proba(x[held_out]) + 1e-30)
                yield ranks_signal([x[held_out]], scores, labels[held_out])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = parser.parse_args().seeds
    print("| task | trainings | found | cannot tell | clear |\n| --- | --- | --- | --- | --- |", flush=True)
    for name, make in tasks().items():
        counted: Counter[str] = Counter()
        for seed in range(seeds):
            task = make(np.random.default_rng(seed))
            counted.update(map(verdict, looks(task, seed)))
        print(
            f"| {name} | {counted.total()} | {counted['found']} | {counted['CannotTell']} | {counted['Clear']} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

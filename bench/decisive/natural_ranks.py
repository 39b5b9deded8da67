"""Clean tables of two and three classes, and the same with wrong labels: what A9 says of their held-out labels.

    VANDAP_DATA=... python -m bench.decisive.natural_ranks [--tasks 300] [--seed 0]

Tables of scikit-learn, PMLB and ADBench; numbers to predict are cut at their median or thirds. A task takes two or
three classes, often a few columns only (which makes it hard), 250 to 4000 rows, in half of the tasks as many of each
class. A ridge on 200 random rectified units, the best of four penalties, cross-fitted over four parts, stands for the
network: it is quick, and its sureness has the same meaning. Prints a Markdown table, then the clean tasks that come
closest.
"""

from __future__ import annotations

import argparse
import io
import os
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas
from sklearn import datasets

from vandap.core.finding import Finding
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.label_ranks import evenness, groups
from vandap.exam.decisive._ranks import ranks_signal

Task = tuple[np.ndarray, np.ndarray]
FEWEST_ROWS, FEWEST_OF_CLASS, MOST_COLUMNS = 250, 60, 150
WRONG = (0.0, 0.0, 0.0, 0.0, 0.45, 0.6)
"""Share of rows that get the label of another row; clean tasks are drawn most often."""
PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1)


def tables() -> Iterator[tuple[str, Task]]:
    """(name, (inputs, labels or numbers)) of each table."""
    for name in ("breast_cancer", "wine", "digits"):
        loaded = getattr(datasets, f"load_{name}")()
        yield name, (loaded.data, loaded.target)
    folder = Path(os.environ["VANDAP_DATA"]) / "tables"
    with zipfile.ZipFile(folder / "pmlb_30sets.zip") as archive:
        for name in archive.namelist():
            frame = pandas.read_csv(io.BytesIO(archive.read(name)), sep="\t", compression="gzip").astype(float)
            yield name.split(".")[0], (frame.drop(columns="target").to_numpy(), frame["target"].to_numpy())
    with zipfile.ZipFile(folder / "adbench_19sets.zip") as archive:
        for name in archive.namelist():
            loaded = np.load(io.BytesIO(archive.read(name)))
            yield Path(name).stem, (loaded["X"], loaded["y"])


def drawn(random: np.random.Generator, table: Task) -> Task | None:
    """A task of two or three classes, each input once; None where too few rows are left."""
    inputs, target = table
    wanted = int(random.integers(2, 4))
    if len(np.unique(target)) > 30:
        target = np.searchsorted(np.quantile(target, np.arange(1, wanted) / wanted), target)
    most = min(inputs.shape[1], MOST_COLUMNS)
    columns = random.choice(
        inputs.shape[1], most if random.random() < 0.5 else random.integers(1, min(5, most + 1)), False
    )
    inputs, first = np.unique(inputs[:, columns], axis=0, return_index=True)
    target = target[first]
    kinds, counts = np.unique(target, return_counts=True)
    kinds, counts = kinds[counts >= FEWEST_OF_CLASS], counts[counts >= FEWEST_OF_CLASS]
    if len(kinds) < 2:
        return None
    chosen = random.choice(len(kinds), min(wanted, len(kinds)), replace=False)
    each = int(counts[chosen].min()) if random.random() < 0.5 else len(target)
    rows = np.concatenate([random.permutation(np.flatnonzero(target == kinds[kind]))[:each] for kind in chosen])
    rows = random.permutation(rows)[: random.choice((500, 1000, 2000, 4000))]
    labels = np.unique(target[rows], return_inverse=True)[1]
    few = len(rows) < FEWEST_ROWS or np.bincount(labels).min() < FEWEST_OF_CLASS // 2
    return None if few else (inputs[rows], labels)


def mislabelled(random: np.random.Generator, labels: np.ndarray, share: float) -> np.ndarray:
    """Give a share of the rows the label of another row."""
    chosen = np.flatnonzero(random.random(len(labels)) < share)
    changed = labels.copy()
    changed[chosen] = labels[random.permutation(len(labels))[: len(chosen)]]
    return changed


def answered(random: np.random.Generator, task: Task) -> np.ndarray:
    """Cross-fitted scores of the ridge: (rows, classes)."""
    inputs, labels = task
    deviation = inputs.std(axis=0)
    inputs = np.clip((inputs - inputs.mean(axis=0)) / np.where(deviation > 0, deviation, 1), -5, 5)
    weights = 1.5 * random.normal(size=(inputs.shape[1], 200)) / np.sqrt(inputs.shape[1])
    units = np.maximum(inputs @ weights + random.normal(size=200), 0)
    units = np.concatenate([units, inputs, np.ones((len(inputs), 1))], axis=1)
    wanted, parts = np.eye(labels.max() + 1)[labels], np.arange(len(labels)) % 4
    looks = np.zeros((len(PENALTIES), *wanted.shape))
    for part in range(4):
        train, held_out = units[parts != part], units[parts == part]
        square, unit = train.T @ train, np.eye(units.shape[1])
        for look, penalty in zip(looks, PENALTIES, strict=True):
            ridge = square + penalty * np.trace(square) / len(square) * unit
            look[parts == part] = held_out @ np.linalg.solve(ridge, train.T @ wanted[parts != part])
    return max(looks, key=lambda look: int((look.argmax(axis=1) == labels).sum()))


def verdict(test: Series) -> str:
    """What the rule says by the test alone."""
    answer = rule("A9").judge(None, test)
    return "found" if isinstance(answer, Finding) else type(answer).__name__


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    random, every = np.random.default_rng(arguments.seed), list(tables())
    counted: dict[tuple[int, float], Counter[str]] = {(kinds, share): Counter() for kinds in (2, 3) for share in WRONG}
    near: list[tuple[float, str]] = []
    while sum(own.total() for own in counted.values()) < arguments.tasks:
        name, table = every[random.integers(len(every))]
        task, share = drawn(random, table), float(random.choice(WRONG))
        if task is None:
            continue
        labels = mislabelled(random, task[1], share)
        test = ranks_signal([task[0]], answered(random, (task[0], labels)), labels)
        says, (_, half, surest, rest) = verdict(test), groups(test)
        counted[int(labels.max()) + 1, share][says] += 1
        if not share and says != "CannotTell" and half.contradicted_low > rule("A9").contradicted.value:
            even = evenness(half, rest)
            shown = (half.agreement, surest.agreement, rest.agreement, *even)
            line = (f"{name}, {task[0].shape[1]} columns", f"{len(labels)}", *(f"{number:.2f}" for number in shown))
            near.append((even[0], _row(line)))
    print(_head(("classes", "labels of another row", "tasks", "found", "cannot tell", "clear")))
    for (kinds, share), own in counted.items():
        numbers = (kinds, f"{share:.0%}", own.total(), own["found"], own["CannotTell"], own["Clear"])
        print(_row(map(str, numbers)))
    print("\n" + _head(("clean task", "rows", "surer half", "surest", "other half", "even", "surely")))
    print("\n".join(line for _, line in sorted(near, reverse=True)[:8]))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _head(cells: tuple[str, ...]) -> str:
    return f"{_row(cells)}\n{_row(['---'] * len(cells))}"


if __name__ == "__main__":
    main()

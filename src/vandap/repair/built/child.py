"""The process of a trial of a built network: reads the recipe's data, trains by the plan, predicts held-out rows."""

from __future__ import annotations

import time
import traceback
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vandap.core.store import Run, write_arrays, write_json
from vandap.repair.built.request import TEST, BuiltRequest, read_built_request
from vandap.repair.trial.division import Division, read_division
from vandap.repair.trial.request import OTHER_DATA, PREDICTIONS, RESULT, SEEN, Result
from vandap.repair.trial.share import part_of

if TYPE_CHECKING:
    from vandap.core.dataset import Dataset

_BLOCK = 1024


def main(path: str) -> None:
    """Carry out a stored request; the result is a file beside it.

    Args:
        path: The request.
    """
    from vandap.repair.trial.child import of_error, quieten

    request, began = read_built_request(path), time.monotonic()
    quieten(Path(request.folder))
    try:
        result = _trained(request)
    except Exception as error:  # a trial that fails is a result
        traceback.print_exc()
        result = of_error(error)
    write_json(Path(request.folder) / RESULT, replace(result, seconds=time.monotonic() - began))


def _trained(request: BuiltRequest) -> Result:
    from vandap.data.load import load
    from vandap.pipeline.fits import predict_rows, stop_rows
    from vandap.train.catalogue import learner
    from vandap.train.learner import Job
    from vandap.train.preprocess import fit_preprocess
    from vandap.watch import watching

    run, chosen = Run(request.recipe), learner(request.learner)
    recipe = run.recipe
    dataset, _ = load(recipe.data, recipe.seed, recipe.transforms)
    if dataset.fingerprint != run.data.get("fingerprint"):
        return Result(OTHER_DATA, f"The files have the fingerprint {dataset.fingerprint[:16]}.")
    rows, held = _divided(dataset, request)
    stop = stop_rows(dataset, rows, recipe.seed)
    learned = _drawn(dataset, part_of(np.setdiff1d(rows, stop), request.share, request.seed), request)
    job = Job(
        dataset=dataset,
        rows=learned,
        validation=stop,
        preprocess=fit_preprocess(dataset, learned, recipe.seed),
        seed=request.seed,
        budget=request.budget,
        threads=1,
        folder=Path(request.folder),
        settings=dict(request.plan) if chosen.simple else {"plan": dict(request.plan)},
    )
    began = time.monotonic()
    with watching(Path(request.folder) / SEEN) if request.watch else nullcontext():
        fitted = chosen.fit(job)
    seconds = time.monotonic() - began
    predicted = np.asarray(predict_rows(fitted, dataset, held))
    arrays = {"prediction": predicted.astype(np.float32), "target": np.asarray(dataset.target)[held]}
    write_arrays(Path(request.folder) / PREDICTIONS, arrays)
    test = dataset.split.test
    if request.fold is None and len(test):
        answered = np.asarray(predict_rows(fitted, dataset, test)).astype(np.float32)
        parts = {"prediction": answered, "target": np.asarray(dataset.target)[test]}
        groups = _groups(dataset, test)
        write_arrays(Path(request.folder) / TEST, parts | ({} if groups is None else {"groups": _codes(groups)}))
    finite = bool(np.isfinite(predicted).all())
    is_classes = dataset.task.is_classification
    return Result(
        "done" if finite else "not finite",
        "" if finite else "Its predictions are not finite.",
        fit_seconds=seconds,
        losses=("CategoricalCrossentropy",) if is_classes else ("MeanSquaredError",),
        activation="softmax" if is_classes else "linear",
        initial=f"{request.plan.get('width')} x {request.plan.get('depth')}",  # equal shapes draw equal values
    )


def _drawn(dataset: Dataset, rows: np.ndarray, request: BuiltRequest) -> np.ndarray:
    """The rows that are trained on; functions that draw among the examples of a script draw among numbers of rows."""
    if not request.remade:
        return rows
    from vandap.repair.trial.seeds import training
    from vandap.repair.written import rows as makers

    target = np.asarray(dataset.target)
    with training(request.seed, 0):
        for name in request.remade:
            rows = getattr(makers, name)(rows, target[rows])[0]
    return np.sort(rows)


def _divided(dataset: Dataset, request: BuiltRequest) -> tuple[np.ndarray, np.ndarray]:
    """Rows that are trained on and rows that are held out; the first trial says which of these decide."""
    from vandap.core.estimate import CONFIRM_ROWS
    from vandap.data.roles import divide
    from vandap.pipeline.fits import STOP_SHARE

    rows, held = dataset.split.train, dataset.split.validation
    if dataset.split.folds:
        held = np.asarray(dataset.split.folds[0])
        rows = np.setdiff1d(rows, held)
    if request.fold is not None:
        return _fold(np.concatenate([rows, held]), dataset, request.fold)
    path = Path(request.division)
    if read_division(path) is None:
        groups = _groups(dataset, held)
        roles = divide(_hashes(dataset, held), groups)
        every = np.arange(len(held))
        deciding = roles.confirm if groups is None else np.unique(groups[roles.confirm])
        is_small = len(deciding) < CONFIRM_ROWS.value
        select, confirm = (every, every) if is_small else (roles.select, roles.confirm)
        nothing = np.zeros(0, np.int64)
        codes = nothing if groups is None else _codes(groups)
        share = 1.0 - STOP_SHARE
        Division(len(rows), len(held), nothing, select, confirm, groups=codes, trained=share).write(path)
    return rows, held


def _fold(
    rows: np.ndarray, dataset: Dataset, fold: tuple[int, int, int]
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Another division of all rows in each repeat; equal rows, and rows of one group, in one fold."""
    from vandap.data.hashing import hash_numbers

    number, folds, repeat = fold
    groups = _groups(dataset, rows)
    keys = _hashes(dataset, rows) if groups is None else np.asarray(groups)
    values, places = np.unique(hash_numbers(keys, 0xF01D + repeat), return_inverse=True)
    of = places * folds // len(values)
    return rows[of != number], rows[of == number]


def _groups(dataset: Dataset, rows: np.ndarray) -> np.ndarray | None:
    groups = dataset.split.groups
    return None if groups is None else np.asarray(groups)[rows]


def _codes(groups: np.ndarray) -> np.ndarray:
    """Groups as numbers."""
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)


def _hashes(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Hash of each example of some rows."""
    from vandap.data.hashing import hash_raw

    starts = range(0, len(rows), _BLOCK)
    return np.concatenate([hash_raw(dataset.examples.take(rows[start : start + _BLOCK])) for start in starts])

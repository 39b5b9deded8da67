"""A shipped model that predicts from raw inputs: image files, rows of a table, arrays."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.preprocess import Preprocess
from vandap.core.records import from_json
from vandap.core.schema import Column
from vandap.core.store import Run, read_json
from vandap.core.task import Task
from vandap.data.raw import to_raw
from vandap.errors import RunError
from vandap.train.catalogue import learner

SCHEMA = 1


class Predictor:
    """The recommended model of a run.

    Args:
        folder: The artifact folder.

    Attributes:
        task: What it predicts.
        classes: Class names; empty for regression.
        columns: The columns it reads; empty for images and arrays.
    """

    def __init__(self, folder: Path) -> None:
        description: Mapping[str, Any] = read_json(folder / "artifact.json")
        if description["schema"] > SCHEMA:
            raise RunError(
                "This artifact was written by a newer vandap.",
                received=f"layout version {description['schema']}",
                expected=f"layout version {SCHEMA} or older",
                hint="pip install --upgrade vandap",
            )
        self.task = Task(description["task"])
        self.classes: tuple[str, ...] = tuple(description["classes"])
        self.columns = tuple(from_json(Column, column) for column in description["columns"])
        self.learner: str = description["learner"]
        self._preprocess = from_json(Preprocess, read_json(folder / "preprocess.json"))
        self._fitted = learner(self.learner).load(folder, self._preprocess, self.task, self.classes)

    def predict(self, value: Any) -> np.ndarray:
        """Predict class names (or numbers for regression).

        Args:
            value: Image files or a folder of them, arrays of images, a table file, a DataFrame, a list of rows as
                dictionaries, or an array of features.

        Returns:
            Class names, or numbers in the target's unit; shape `(examples,)`.

        Raises:
            DataError: The input lacks a column, or has another shape than the model was trained on.
        """
        prediction = self._predicted(value)
        if self.task is Task.REGRESSION:
            return prediction
        return np.array(self.classes, dtype=object)[prediction.argmax(axis=1)]

    def predict_probability(self, value: Any) -> np.ndarray:
        """Probabilities of the classes, in the order of `classes`; shape `(examples, classes)`.

        Raises:
            RunError: The model predicts numbers.
        """
        if self.task is Task.REGRESSION:
            raise RunError(
                "A regression model has no class probabilities.",
                received="predict_probability on a regression model",
                expected="a classification model",
                hint="Use predict.",
            )
        return self._predicted(value)

    def _predicted(self, value: Any) -> np.ndarray:
        return self._fitted.predict(to_raw(value, self.columns, self._preprocess), self.columns)


def load(path: str | Path | Run) -> Predictor:
    """Read the model of a run folder, or of an artifact folder.

    Raises:
        RunError: There is no finished model.
    """
    folder = Path(path.path if isinstance(path, Run) else path)
    if (folder / "artifact").is_dir():
        folder = folder / "artifact"
    if not (folder / "artifact.json").is_file():
        raise RunError(
            "There is no finished model here.",
            received=os.fspath(folder),
            expected="a run folder whose training is done, or its artifact folder",
            hint="Give the folder that `vandap train` printed; an unfinished run continues with the same command.",
        )
    return Predictor(folder)

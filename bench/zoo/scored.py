"""How good the model of a hand-written script is, from the script's own variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from zoo.train import balanced_accuracy, chosen, explained


def scored(variables: Mapping[str, Any], how: Mapping[str, Any]) -> float:
    """Score `model` on `x_test` and `y_test`.

    Args:
        variables: The script's variables after its end.
        how: `kind` is `accuracy` (balanced over the classes), `explained` (share of variance) or `honesty` (minus
            the distance between what validation promised and the balanced accuracy); `answer` names a variable
            that holds the predicted classes; `positive` is the label of the class that one unit answers.
    """
    target = np.asarray(variables["y_test"])
    if "answer" in how:
        return balanced_accuracy(np.asarray(variables[how["answer"]]), target)
    answer = np.asarray(variables["model"].predict(variables["x_test"], verbose=0), dtype="float64")
    if how.get("kind") == "explained":
        return explained(answer.reshape(len(answer), -1), np.asarray(target, "float64").reshape(len(answer), -1))
    if "positive" in how:
        target = (target == how["positive"]).astype(int)
    reached = balanced_accuracy(chosen(answer.reshape(len(answer), -1)), target.ravel())
    if how.get("kind") == "honesty":
        promised = variables["history"].history["val_accuracy"][-1]
        return -abs(promised - float((chosen(answer) == target).mean()))
    return reached

"""Scikit-learn models in skops files: arrays and attributes by name, and only types that vandap trusts are rebuilt."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from vandap.errors import RunError

TRUSTED = frozenset(
    {
        "sklearn._loss.link.IdentityLink",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogitLink",
        "sklearn._loss.link.MultinomialLogit",
        "sklearn._loss.loss.HalfBinomialLoss",
        "sklearn._loss.loss.HalfMultinomialLoss",
        "sklearn._loss.loss.HalfSquaredError",
        "sklearn._loss._loss.CyHalfBinomialLoss",
        "sklearn._loss._loss.CyHalfMultinomialLoss",
        "sklearn._loss._loss.CyHalfSquaredError",
        "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.tree._tree.Tree",
    }
)
"""Types beyond those that skops trusts by itself: plain holders of numbers, none of which runs code when rebuilt."""

_FILE = "model.skops"


def write_model(model: Any, folder: Path) -> None:
    """Write `model`, a scikit-learn estimator or a dictionary of them, into an existing folder."""
    import skops.io

    skops.io.dump(model, folder / _FILE, compression=zipfile.ZIP_DEFLATED, compresslevel=6)


def read_model(folder: Path) -> Any:
    """Read what `write_model` wrote.

    Raises:
        RunError: The file is missing, damaged, or holds types that vandap does not trust.
    """
    import skops.io

    path = folder / _FILE
    try:
        foreign = sorted(set(skops.io.get_untrusted_types(file=path)) - TRUSTED)
        if not foreign:
            return skops.io.load(path, trusted=sorted(TRUSTED))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise RunError(
            "The saved model cannot be read.",
            received=f"{path}: {error}",
            expected="a file that vandap wrote",
            hint="Train again, or copy the run's folder anew if it was damaged on the way.",
        ) from error
    raise RunError(
        "This artifact holds types that vandap does not trust, and so it was not opened.",
        received=f"{path} with {', '.join(foreign)}",
        expected="types of scikit-learn and numpy that hold numbers only",
        hint="Open artifacts from people you trust only; one that vandap itself wrote never holds such types.",
    )

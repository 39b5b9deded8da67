"""`import vandap`: what it offers, and that the package and the function `train` are both there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import vandap
from vandap.errors import RunError, UsageError


def test_train_is_callable_also_after_its_package_was_imported(tmp_path: Path) -> None:
    """Importing a module of vandap.train does not hide the function vandap.train."""
    from vandap.train import catalogue

    assert catalogue.learners()
    with pytest.raises(UsageError, match="option"):
        vandap.train(str(tmp_path), nonsense=1)


def test_importing_is_light() -> None:
    """`import vandap` loads no numpy and no Keras, and still offers every public name."""
    names = "vandap.load; vandap.Run; vandap.TrainedRun; vandap.watching; vandap.examine"
    code = f"import sys, vandap\nassert not {{'numpy', 'keras'}} & set(sys.modules); {names}"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_errors_are_offered() -> None:
    """Users catch vandap's errors without knowing its modules."""
    assert issubclass(vandap.RunError, vandap.VandapError) and vandap.RunError is RunError


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as in any module."""
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        vandap.trian  # noqa: B018

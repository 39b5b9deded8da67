"""Saved simple rungs are read back only when they hold nothing but numbers."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import skops.io

from vandap.errors import RunError
from vandap.train._persistence import read_model, write_model


def test_round_trip(tmp_path):
    """A dictionary of estimators and arrays comes back."""
    from sklearn.linear_model import Ridge

    x, y = np.eye(4), np.arange(4.0)
    write_model({"model": Ridge().fit(x, y), "prior": np.ones(2)}, tmp_path)
    back = read_model(tmp_path)
    np.testing.assert_array_equal(back["model"].predict(x), Ridge().fit(x, y).predict(x))


def test_foreign_types_are_refused(tmp_path):
    """A file with a function in it is not opened, and the message names the type."""
    skops.io.dump({"model": functools.partial(print, "hello")}, tmp_path / "model.skops")
    with pytest.raises(RunError, match="does not trust") as caught:
        read_model(tmp_path)
    assert "partial" in caught.value.received


@pytest.mark.parametrize("content", [None, b"", b"not a zip file"])
def test_missing_and_damaged_files_are_run_errors(tmp_path, content):
    """No file, an empty one and noise get one clear answer."""
    if content is not None:
        (tmp_path / "model.skops").write_bytes(content)
    with pytest.raises(RunError, match="cannot be read"):
        read_model(tmp_path)

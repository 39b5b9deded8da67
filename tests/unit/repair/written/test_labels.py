from __future__ import annotations

import numpy as np
import pytest

from vandap.repair.written.labels import as_column, numbered


def test_labels_are_numbered_in_the_order_of_their_names() -> None:
    """One name has one number in all arrays, also where an array lacks some; the shape is that of one label a row."""
    train, held = numbered(np.array([["dog"], ["ant"], ["cat"]]), ["cat", "cat"])
    assert train.tolist() == [2, 0, 1] and held.tolist() == [1, 1]
    with pytest.raises(TypeError):  # a label that is missing has no name
        numbered(np.array(["dog", None], dtype=object))


def test_targets_become_columns() -> None:
    """Each number meets its own answer; what is a column stays one."""
    train, held = as_column(np.arange(3), [[4.0], [5.0]])
    assert train.tolist() == [[0], [1], [2]] and held.tolist() == [[4.0], [5.0]]

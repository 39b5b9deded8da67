"""When a training on one batch may stop before all its steps."""

import numpy as np
import pytest

pytest.importorskip("keras")

from vandap.exam.decisive.one_batch import FLAT_LOOKS, _is_flat


def test_a_loss_that_rests_is_flat():
    """A slow fall is none, nor is a short one; a loss that wanders about the same value is."""
    assert _is_flat([2.3] * (FLAT_LOOKS + 1))
    assert _is_flat([3.0, 2.5, *(2.3 + 1e-3 * np.arange(FLAT_LOOKS + 1))])
    assert not _is_flat([2.3] * FLAT_LOOKS)
    assert not _is_flat(list(np.linspace(2.3, 2.29, FLAT_LOOKS + 1)))

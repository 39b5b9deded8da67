"""What a step's logs say of its loss."""

from __future__ import annotations

import pytest

from vandap.watch.steps import loss_name


@pytest.mark.parametrize(
    ("logs", "name"),
    [
        ({"accuracy": 0.5, "loss": 0.7}, "loss"),
        ({"reconstruction_loss": 1.0, "kl_loss": 0.1, "loss": 1.1}, "loss"),
        ({"total_loss": 0.7}, "total_loss"),
        ({"d_loss": 0.6, "g_loss": 0.8}, ""),
        ({"accuracy": 0.5}, ""),
        (None, ""),
    ],
)
def test_the_loss_of_a_step_is_named_loss_or_is_the_only_one(logs, name) -> None:
    """Of two adversaries neither loss is the training's, and none of them has to fall."""
    assert loss_name(logs) == name

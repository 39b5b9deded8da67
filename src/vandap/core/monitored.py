"""What a callback watches: how it gets better, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_RISING = ("accuracy", "acc", "auc", "precision", "recall", "f1", "r2", "top")
"""Words of the names of metrics; the name of an output, which stands before them, may hold any letters."""
_FALLING = ("loss", "error", "mae", "mse", "rmse")


def _usual_mode(monitor: str) -> str:
    """How a monitored value gets better: `max` for scores, `min` for losses, "" where its name does not say.

    Args:
        monitor: Its name in the logs, such as `val_accuracy`.
    """
    if not monitor.endswith(_FALLING) and set(monitor.split("_")) & set(_RISING):
        return "max"
    return "min" if monitor.endswith("loss") else ""


def mode_instead(settings: Mapping[str, Any]) -> str:
    """The mode that a callback should have, where it has the other one; "" where it is right, or nobody can tell.

    Args:
        settings: Those of the callback: `monitor` and `mode` are read.
    """
    usual, mode = _usual_mode(str(settings.get("monitor", ""))), settings.get("mode")
    return usual if mode in ("max", "min") and mode != usual else ""

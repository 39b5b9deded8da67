"""What a callback watches: how it gets better, by its name."""

from __future__ import annotations

_RISING = ("accuracy", "acc", "auc", "precision", "recall", "f1", "r2", "top")
"""Words of the names of metrics; the name of an output, which stands before them, may hold any letters."""
_FALLING = ("loss", "error", "mae", "mse", "rmse")


def usual_mode(monitor: str) -> str:
    """How a monitored value gets better: `max` for scores, `min` for losses, "" where its name does not say.

    Args:
        monitor: Its name in the logs, such as `val_accuracy`.
    """
    if not monitor.endswith(_FALLING) and set(monitor.split("_")) & set(_RISING):
        return "max"
    return "min" if monitor.endswith("loss") else ""

"""What a live model is asked: is it built, how many steps has its optimiser made, at which rate."""

from __future__ import annotations

import math
from typing import Any

from vandap.watch.plain import attempt


def is_built(model: Any) -> bool:
    """Whether every layer has its weights; a model of models that only trains may never be built itself."""
    parts = list(model._flatten_layers(include_self=False))
    return bool(model.built) or (bool(parts) and all(part.built for part in parts))


def iterations(model: Any) -> int:
    """Steps that the model's optimiser has done; 0 where it has none."""
    return int(attempt(lambda: float(model.optimizer.iterations.numpy()), 0.0))


def learning_rate(model: Any, logs: dict[str, float]) -> float:
    """The rate of the epoch that ends: callbacks that change it log it first."""
    logged = logs.get("learning_rate", math.nan)
    return logged if math.isfinite(logged) else float(attempt(lambda: model.optimizer.learning_rate, math.nan))

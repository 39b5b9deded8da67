"""What causes show as, by name: rules that find a cause list here what it accounts for (`Rule.explains`).

Explanations go one way: causes in the data and the structure, then those in the steps, then layers that pass nothing
on, then the course of the loss, then what the model can do. A circle would explain every finding away.
"""

from __future__ import annotations

NOT_USEFUL = ("underfitting", "network-beaten-by-simple-model", "network-not-surely-better", "class-failure")
"""What the model can do in the end is little or nothing."""
NOT_LEARNING = (
    "cannot-overfit-one-batch",
    "input-ignored",
    "label-signal-absent",
    "stuck-loss",
    "collapsed-output",
    *NOT_USEFUL,
)
"""The model learns little or nothing."""
BLOCKED = ("dead-units", "saturated-units", "vanishing-gradient", "weights-do-not-change", "activation-drift")
"""Layers pass nothing on, forwards or backwards."""
BREAKING = (
    "exploding-gradient",
    "diverging-weights",
    "non-finite-training",
    "diverging-loss",
    "loss-spike",
    "oscillating-loss",
)
"""The training goes up or breaks."""
RATES = ("learning-rate-too-high", "learning-rate-too-low")
"""Another learning rate would do better, because something else gives the loss or its gradient a wrong scale."""
MISJUDGED = ("miscalibrated", "overfitting")
"""The model answers with wrong confidence, or only on what it has seen."""
TESTED = ("unscaled-inputs", "unscaled-target", "outliers", "constant-or-mixed-scale-features")
"""Causes that short trainings are compared for: where the loss measures something else, these comparisons do, too."""
SHOWN = (
    *RATES,
    "wrong-initial-loss",
    "train-inference-gap",
    "suspicious-validation",
    *BLOCKED,
    *BREAKING,
    *NOT_LEARNING,
    *MISJUDGED,
    "wrong-epochs",
)
"""Whatever the course of a training shows; causes in the data and the structure account for all of it."""

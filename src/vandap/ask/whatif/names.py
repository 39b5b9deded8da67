"""Names that Keras knows: a wrong one is told before anything is trained."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from vandap.ask.whatif.form import ValueMeaningError

ADAPTIVE = ("Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Nadam", "Adamax", "Lion")
OPTIMISERS = {name.lower(): name for name in ("SGD", *ADAPTIVE)}
SATURATING = ("sigmoid", "tanh", "softsign", "hard_sigmoid", "hard_tanh", "softmax")
RECTIFIED = (
    "relu", "relu6", "leaky_relu", "elu", "celu", "selu", "gelu", "silu", "swish", "hard_silu", "mish",
)  # fmt: skip
ROUNDED = ("softplus", "squareplus")
ACTIVATIONS = ("linear", *SATURATING, *RECTIFIED, *ROUNDED, "exponential")
CONSTANT = ("zeros", "ones")
INITIALISERS = (
    *CONSTANT, "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
    "random_normal", "random_uniform", "truncated_normal", "orthogonal",
)  # fmt: skip
LOSSES = (
    "mse", "mae", "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error", "huber", "log_cosh", "poisson", "kl_divergence", "cosine_similarity",
    "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy", "categorical_focal_crossentropy",
    "sparse_categorical_crossentropy", "hinge", "squared_hinge", "categorical_hinge",
)  # fmt: skip


def known(name: str, names: Collection[str], what: str) -> str:
    """Return the name.

    Args:
        name: What was written.
        names: What there is.
        what: What it should name, such as `activation`.

    Raises:
        ValueMeaningError: There is none of this name.
    """
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, 1)
    told = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}."
    raise ValueMeaningError(f"There is no {what} {name!r}; {told}")

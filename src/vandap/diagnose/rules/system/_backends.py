"""A back end that Keras was told to run on, and that is not installed."""

from __future__ import annotations

from collections.abc import Mapping

from vandap.core.program import Crash, Program
from vandap.diagnose.rules.system._mistake import Advice


def about_backend(groups: Mapping[str, str], crash: Crash, program: Program) -> Advice | None:
    """How to choose another one; None where the script itself asked for the module, and not Keras."""
    if "keras" not in crash.site.text:
        return None
    return (
        "",
        "Keras runs on the back end that KERAS_BACKEND or ~/.keras/keras.json names, TensorFlow unless told otherwise. "
        f"Here that is {groups['name']}, which is not installed.",
        "Set KERAS_BACKEND to an installed one (jax, tensorflow or torch) before Keras is imported, or install "
        f"{groups['name']}.",
    )

"""Keras without TensorFlow where that is not the back end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def light() -> Iterator[None]:
    """Keep Keras from importing TensorFlow, seconds long, only to set its seed or to ask for its types.

    Nothing changes where TensorFlow is imported already, or known to be missing.
    """
    module: Any = getattr(sys.modules.get("keras.src.utils.module_utils"), "tensorflow", None)
    is_unasked = "tensorflow" not in sys.modules and getattr(module, "_available", True) is None
    if is_unasked:
        module._available = False
    try:
        yield
    finally:
        if is_unasked:
            module._available = None

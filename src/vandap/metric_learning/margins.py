"""Margin softmax losses over the cosines of a `CosineHead`."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from vandap.errors import UsageError
from vandap.metric_learning._labels import one_a_row

_SMALLEST_SQUARE = 1e-7
"""Least squared sine: the gradient of its root stays below 1600 where the angle is 0 or 180 degrees."""


class _MarginLoss(keras.losses.Loss):
    """Cross-entropy over scaled cosines, the true identity's made smaller by a margin.

    `y_true` are identity numbers from 0, shape `(n,)` or `(n, 1)`, exact up to 2^24 in float32; `y_pred` are cosines,
    shape `(n, classes)`. A number that is none of the classes makes the loss NaN, on every back end.
    """

    def __init__(self, margin: float, scale: float, name: str, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        if scale <= 0 or not 0 <= margin < self._widest:
            raise UsageError(
                "These margin and scale cannot be trained with.",
                received=f"margin={margin}, scale={scale}",
                expected=f"a margin from 0 to {self._widest:.2f}, a positive scale",
                hint="The papers' values are ArcFace(margin=0.5, scale=64) and CosFace(margin=0.35, scale=64).",
            )
        self.margin, self.scale = margin, scale

    _widest: float

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """One loss an example, shape `(n,)`.

        Raises:
            UsageError: Labels with several numbers a row.
        """
        labels, cosines = one_a_row(y_true), ops.clip(ops.cast(y_pred, "float32"), -1.0, 1.0)
        classes = ops.shape(cosines)[-1]
        known = (labels >= 0) & (labels < classes)
        # of a number outside the range back ends make what they like: zeros, an error, another place
        true = ops.one_hot(ops.where(known, ops.cast(labels, "int32"), -1), classes, dtype="float32")
        logits = self.scale * (cosines + true * (self._harder(cosines) - cosines))
        return ops.where(known, -ops.sum(true * ops.log_softmax(logits, axis=-1), axis=-1), math.nan)

    def _harder(self, cosines: Any) -> Any:
        """The cosines with the margin."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """See `keras.losses.Loss`."""
        return {**super().get_config(), "margin": self.margin, "scale": self.scale}


@keras.saving.register_keras_serializable(package="vandap")
class ArcFace(_MarginLoss):
    """Additive angular margin: the true identity's logit is `s cos(angle + m)`.

    Where `angle + m` would pass 180 degrees the cosine turns back, so there it goes on as `cos(angle) - m sin(m)`, as
    in the authors' code: still smaller, still falling.

    Args:
        margin: m, in radians.
        scale: s. Of a few dozen identities a smaller one, such as 16, trains more smoothly.

    Raises:
        UsageError: The margin is not within 0 and pi, or the scale not positive.

    References:
        Deng, Guo, Xue and Zafeiriou 2019, "ArcFace: Additive Angular Margin Loss for Deep Face Recognition".
    """

    _widest = math.pi

    def __init__(self, margin: float = 0.5, scale: float = 64.0, name: str = "arcface", **kwargs: Any) -> None:
        super().__init__(margin, scale, name, **kwargs)

    def _harder(self, cosines: Any) -> Any:
        sines = ops.sqrt(ops.maximum(1.0 - ops.square(cosines), _SMALLEST_SQUARE))
        turned = cosines * math.cos(self.margin) - sines * math.sin(self.margin)
        beyond = cosines - self.margin * math.sin(self.margin)
        return ops.where(cosines > math.cos(math.pi - self.margin), turned, beyond)


@keras.saving.register_keras_serializable(package="vandap")
class CosFace(_MarginLoss):
    """Additive cosine margin: the true identity's logit is `s (cos(angle) - m)`.

    Args:
        margin: m, in units of the cosine.
        scale: s.

    Raises:
        UsageError: The margin is not within 0 and 2, or the scale not positive.

    References:
        Wang et al. 2018, "CosFace: Large Margin Cosine Loss for Deep Face Recognition".
    """

    _widest = 2.0

    def __init__(self, margin: float = 0.35, scale: float = 64.0, name: str = "cosface", **kwargs: Any) -> None:
        super().__init__(margin, scale, name, **kwargs)

    def _harder(self, cosines: Any) -> Any:
        return cosines - self.margin

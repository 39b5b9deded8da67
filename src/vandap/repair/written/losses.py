"""Losses of class numbers that Keras has for one-hot labels only; `LOGITS` says whether the outputs are logits."""

from __future__ import annotations

LOGITS = False


def smoothed_crossentropy(labels, outputs):
    """Return the cross-entropy of class numbers, a tenth of whose probability is shared by all classes."""
    import keras

    labels = keras.ops.cast(keras.ops.reshape(labels, keras.ops.shape(outputs)[:-1]), "int32")
    one_hot = keras.ops.one_hot(labels, outputs.shape[-1])
    return keras.losses.categorical_crossentropy(one_hot, outputs, from_logits=LOGITS, label_smoothing=0.1)


def focal_crossentropy(labels, outputs):
    """Return the focal cross-entropy of class numbers, which weighs hard examples more (Lin et al. 2017)."""
    import keras

    labels = keras.ops.cast(keras.ops.reshape(labels, keras.ops.shape(outputs)[:-1]), "int32")
    one_hot = keras.ops.one_hot(labels, outputs.shape[-1])
    return keras.losses.categorical_focal_crossentropy(one_hot, outputs, from_logits=LOGITS, alpha=1.0)

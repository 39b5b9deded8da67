"""Photos of made people, and a model without training that tells them apart: a person is a colour and a pattern."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

SIZE = (16, 12)


def photo(person: int, number: int) -> np.ndarray:
    """uint8, shape (16, 12, 3)."""
    generator = np.random.default_rng(person)
    pattern = generator.integers(30, 220, (4, 3, 3)).repeat(4, axis=0).repeat(4, axis=1)
    noise = np.random.default_rng((person, number)).integers(-20, 20, pattern.shape)
    return np.clip(pattern + noise, 0, 255).astype(np.uint8)


def write_photos(root: Path, people: range, numbers: range) -> Path:
    """`root/p03/2.png`, and so on."""
    for person in people:
        folder = root / f"p{person:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        for number in numbers:
            Image.fromarray(photo(person, number)).save(folder / f"{number}.png")
    return root


def model(**last: Any) -> Any:
    """A Keras model from photos to 24 numbers, and to classes where `last` gives a layer."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    inputs = keras.Input((*SIZE, 3))
    x = layers.Rescaling(1 / 64, offset=-2)(inputs)
    x = layers.AveragePooling2D(4)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(24, use_bias=False, name="embedding")(x)
    for layer in last.values():
        x = layer(x)
    return keras.Model(inputs, x)

"""What is known of each architecture without Keras: which half and which data it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    """One kind of network.

    Args:
        half: `development`, `test`, or `both` for plain chains that each half needs as a floor.
        kinds: Kinds of data that it reads in the grid; none for one that only tempting cases use.
        rebuild: Whether the target is the input.
        split: Whether the columns enter through two inputs.
        chain: Whether every style is possible.
        answers: Outputs of the model.
        recurrent: Whether a step takes several times as long as elsewhere, because it goes along the series.
    """

    half: str
    kinds: tuple[str, ...]
    rebuild: bool = False
    split: bool = False
    chain: bool = True
    answers: int = 1
    recurrent: bool = False


ARCHITECTURES: Mapping[str, Architecture] = {
    "mlp": Architecture("development", ("table", "image", "series")),
    "tower": Architecture("test", ("table", "image", "series")),
    "residual": Architecture("test", ("table",), chain=False),
    "mean_of_words": Architecture("both", ("tokens",)),
    "cnn": Architecture("development", ("image",)),
    "strided_cnn": Architecture("test", ("image",)),
    "conv1d": Architecture("test", ("series",)),
    "lstm": Architecture("development", ("series",), recurrent=True),
    "gru": Architecture("test", ("series",), recurrent=True),
    "bidirectional": Architecture("test", ("tokens",), recurrent=True),
    "autoencoder": Architecture("development", ("image", "table"), rebuild=True),
    "conv_autoencoder": Architecture("test", ("image",), rebuild=True),
    "post_norm": Architecture("development", ("series", "tokens"), chain=False),
    "pre_norm": Architecture("test", ("series", "tokens"), chain=False),
    "wide_and_deep": Architecture("development", ("table",), split=True, chain=False),
    "two_towers": Architecture("test", ("table",), split=True, chain=False),
    "two_answers": Architecture("development", (), answers=2, chain=False),
    "forked": Architecture("test", (), answers=2, chain=False),
}

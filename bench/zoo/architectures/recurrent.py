"""Recurrent networks."""

from __future__ import annotations

import keras
from zoo.architectures.chain import hidden
from zoo.prepare import Prepared
from zoo.records import Plan

Layers = list[keras.layers.Layer]


def lstm(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """One LSTM and a dense layer."""
    return [keras.layers.LSTM(16, name="memory"), *hidden(plan.net, keras.layers.Dense, 1, 16), head]


def gru(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """Two GRUs."""
    return [keras.layers.GRU(16, return_sequences=True, name="memory_1"), keras.layers.GRU(16, name="memory_2"), head]


def bidirectional(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """Embedding and a GRU in both directions."""
    words = keras.layers.Embedding(prepared.raw.vocabulary, 12, name="words")
    both = keras.layers.Bidirectional(keras.layers.GRU(10, name="memory"), name="both")
    return [words, both, *hidden(plan.net, keras.layers.Dense, 1, 16), head]

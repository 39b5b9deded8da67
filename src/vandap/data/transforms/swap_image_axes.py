"""Images with their channels first, fed to a model that expects them last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from vandap.core.dataset import IMAGES, Dataset, Raw
from vandap.data.transforms._transform import EditedExamples, Transform, need


class SwapImageAxes(Transform):
    """Turn `(n, height, width, channels)` into `(n, channels, height, width)` in every part."""

    slug = "swap-image-axes"
    title = "put the channels of images first"

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Edit the inputs when they are read."""
        need(dataset.kind == IMAGES, self.slug, "images", dataset)
        note = "The image axes were swapped on purpose: channels first."
        return replace(dataset, examples=_ChannelsFirst(dataset.examples)).noted(note)


class _ChannelsFirst(EditedExamples):
    def edit(self, raw: Raw, rows: np.ndarray) -> Raw:
        assert isinstance(raw, np.ndarray)
        return np.ascontiguousarray(np.moveaxis(raw, -1, 1))

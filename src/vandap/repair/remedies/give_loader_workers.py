"""Load batches in several processes: num_workers of a DataLoader."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class GiveLoaderWorkers(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "give the DataLoader workers that stay: num_workers=4, persistent_workers=True, prefetch_factor=4"

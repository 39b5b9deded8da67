"""Load batches in several threads or processes: workers of a PyDataset."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class GiveDatasetWorkers(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = (
        "load in workers, which a generator cannot have: a keras.utils.PyDataset with workers=4 and "
        "use_multiprocessing=True"
    )

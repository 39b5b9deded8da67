"""Split first: choose features, repeat rows and encode by the target on the training rows alone."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class SplitFirst(Remedy):
    """Advice: no experiment on rows that had a part in it shows what it costs."""

    words = "split first, then choose features, encode by the target and repeat rows by the training rows alone"

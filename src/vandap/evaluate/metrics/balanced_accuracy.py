"""The mean recall of the classes that occur in the target."""

from __future__ import annotations

from vandap.evaluate.metrics._recall import MeanRecall


class BalancedAccuracy(MeanRecall):
    """Mean recall: every class counts the same. Chance is one over the number of classes (Brodersen et al. 2010)."""

    slug = "balanced_accuracy"
    title = "Balanced accuracy"

"""The mean recall of the classes that occur in the target, beside macro precision and macro F1."""

from __future__ import annotations

from vandap.evaluate.metrics._recall import MeanRecall


class MacroRecall(MeanRecall):
    """Mean recall: balanced accuracy, under the name that goes with macro precision."""

    slug = "macro_recall"
    title = "Macro recall"

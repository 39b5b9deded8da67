"""Use folds."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class UseFolds(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "judge by K-fold cross-validation: one small validation part says little"

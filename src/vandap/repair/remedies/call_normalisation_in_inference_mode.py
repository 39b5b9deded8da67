"""Call the normalisation with training=False."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CallNormalisationInInferenceMode(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "call the normalisation with training=False"

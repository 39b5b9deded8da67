"""Leave return_sequences=True out of the last recurrent layer."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ReturnLastStep(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "leave return_sequences=True out of the last recurrent layer"

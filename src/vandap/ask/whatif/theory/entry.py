"""One entry of theory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theory:
    """What is known of one change before anything is run.

    Args:
        prediction: What it should do, in two sentences.
        short: The answer in an interview, in a sentence.
        source: Where that is shown.
    """

    prediction: str
    short: str
    source: str

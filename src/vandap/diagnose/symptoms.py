"""What causes show as, by name: rules that find a cause list here what it accounts for (`Rule.explains`)."""

from __future__ import annotations

NOT_LEARNING = ("underfitting", "network-beaten-by-simple-model", "network-not-surely-better", "class-failure")
"""The model learns little or nothing."""
BREAKING = ("non-finite-training", "diverging-loss")
"""The training goes up or breaks."""
MISJUDGED = ("miscalibrated", "overfitting")
"""The model answers with wrong confidence, or only on what it has seen."""

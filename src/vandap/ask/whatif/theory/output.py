"""Theory of the output and its loss."""

from __future__ import annotations

from collections.abc import Mapping

from vandap.ask.whatif.theory.entry import Theory

_MULLER = "Müller, Kornblith and Hinton 2019, When does label smoothing help?, NeurIPS"

OUTPUT: Mapping[str, Theory] = {
    "output": Theory(
        "The output's activation and the loss are one model of the target: softmax with cross-entropy for classes, "
        "sigmoid with binary cross-entropy for yes or no, linear with squared error for numbers. Another pair bounds "
        "the outputs wrongly or flattens the gradient.",
        "Choose the output by what the target can be.",
        "Goodfellow, Bengio and Courville 2016, Deep Learning, section 6.2.2",
    ),
    "loss": Theory(
        "The loss says what an error costs: cross-entropy punishes sure mistakes without bound, squared error flattens "
        "where the output saturates. For classes cross-entropy usually trains faster and gives better probabilities.",
        "The loss is the likelihood one assumes.",
        "Golik, Doetsch and Ney 2013, Cross-entropy vs. squared error training, Interspeech",
    ),
    "logits": Theory(
        "A loss that takes probabilities for logits applies softmax twice, which bounds the confidence and shrinks "
        "gradients; one that takes logits for probabilities clips them and learns little or nothing. The answer's "
        "largest class may survive the first mistake, hardly the second.",
        "Exactly one softmax between the last layer and the loss.",
        "Goodfellow, Bengio and Courville 2016, Deep Learning, section 6.2.2",
    ),
    "label smoothing": Theory(
        "Smoothed labels ask for less than certainty, which keeps logits small and probabilities closer to calibrated. "
        "Accuracy changes little; log loss improves where the network was overconfident.",
        "It trades confidence for calibration.",
        _MULLER,
    ),
    "no label smoothing": Theory(
        "Labels that are nearer to certain let logits grow, so probabilities get surer. Accuracy changes little; log "
        "loss improves where the network was less sure than it was right, and worsens where it overfits.",
        "It trades confidence for calibration.",
        _MULLER,
    ),
}

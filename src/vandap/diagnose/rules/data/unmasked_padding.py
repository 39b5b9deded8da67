"""Zeros behind sequences that a recurrent layer reads to its end."""

from __future__ import annotations

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, gain, helpful
from vandap.diagnose.network import Graph
from vandap.diagnose.observed import inputs
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN

_READERS = frozenset({"LSTM", "GRU", "SimpleRNN"})


class UnmaskedPadding(Rule):
    """A recurrent layer answers after a run of padding zeros, in which it forgets what it has read.

    ## What it finds
    LSTM, GRU and SimpleRNN layers that give their last step only, whose sequences end with many zeros and are not
    masked, or masked where they have another value than zero. LSTMs often learn to wait, so it is an issue only where a
    decisive test shows that the same network learns surely and clearly better from the same sequences with the zeros in
    front.

    ## Why it matters
    `pad_sequences(padding="post")` and `TextVectorization` put zeros behind. Without a mask they are words like any
    other: the gradient has to come through all of them, and vanishes on the way.

    ## What to do
    `Embedding(..., mask_zero=True)` or a `Masking` layer whose `mask_value` is that of the padding; or
    `pad_sequences(..., padding="pre")`; or read all steps, with `return_sequences=True` and pooling.

    ## References
    - Keras documentation, Understanding masking and padding
    - Bengio, Simard, Frasconi, Learning long-term dependencies with gradient descent is difficult (1994)
    """

    code = "A18"
    status = "stable"
    remedies = ("mask-padding",)
    explains = SHOWN
    many = Threshold(10, "steps of zeros behind a sequence on average: gradients last over fewer steps than that")
    enough = Threshold(0.8, "share of what there is to learn beyond which a test is not worth its time")
    better = Threshold(0.1, "share of what there is to learn that zeros in front must add on held-out examples")

    def check(
        self,
        program: Program,
        padding: Series | None = None,
        progress: Progress | None = None,
        test_padding_in_front: Series | None = None,
    ) -> Outcome:
        """Look for a reader of last steps and for zeros behind; let the test decide."""
        graph = Graph(program)
        readers = [layer for layer in graph.layers if layer.kind in _READERS and _gives_last_step(layer)]
        if not readers:
            return Clear("No recurrent layer answers after the last step of a sequence.")
        if any(_masks(layer) for layer in graph.layers):
            return Clear("Zeros are masked.")
        if padding is None or not inputs(padding):
            return CannotTell("No input was seen that holds sequences.")
        behind = {name: number(padding, name, "behind") for name in inputs(padding)}
        name = max(behind, key=lambda key: behind[key])
        says = f"Sequences end with {behind[name]:.1f} steps of zeros on average (threshold {self.many.value:g})."
        if not behind[name] >= self.many.value or number(padding, name, "before") >= behind[name]:
            return Clear(says)
        other = next((layer for layer in graph.layers if layer.kind == "Masking"), None)
        reads = f"{readers[0].name} ({readers[0].kind}) reads them like words before it answers"
        why = f", since {other.name} masks steps of {other.settings['mask_value']:g}, not of 0" if other else ""
        tip = self.found(
            f"{says} {reads}{why}.",
            {"zeros": behind[name], "steps": number(padding, name, "steps")},
            severity=Severity.TIP,
            confidence=0.5,
            where=(other or readers[0]).where(),
        )
        if progress is None:
            return tip
        if not progress.learnt < self.enough.value:
            return Clear(f"{says} The network learns in spite of it.")
        if not arm(test_padding_in_front, "turned").is_known:
            return Suspected(tip, ("padding_in_front",))
        winner = helpful(test_padding_in_front, "turned", progress, self.better.value)
        if winner is None:
            return Clear(f"{says} The same network learns no better with them in front.")
        real = arm(test_padding_in_front, "real")
        return self.found(
            f"{tip.message} With the zeros in front, the same network reaches {winner.instead_of(real)}.",
            {**tip.evidence, "gain": gain(progress, real, winner)},
            confidence=0.9,
            where=tip.where,
        )


def _gives_last_step(layer: Layer) -> bool:
    return not layer.settings.get("return_sequences") and not layer.settings.get("go_backwards")


def _masks(layer: Layer) -> bool:
    return bool(layer.settings.get("mask_zero")) or (layer.kind == "Masking" and not layer.settings.get("mask_value"))

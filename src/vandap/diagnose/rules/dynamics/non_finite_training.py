"""A loss that is no number any more."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Threshold, Where
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import with_network
from vandap.diagnose.first_nonfinite import first_nonfinite
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_fit


class NonFiniteTraining(Rule):
    """The loss became NaN or infinite.

    ## What it finds
    The first epoch, and the first recorded step, at which the training or validation loss is not a finite number. Where
    the steps were watched from inside, it names the layer or variable whose value broke first, and whether that was
    going forwards, going backwards or in the weights. A validation loss counts from where it breaks for good: epochs
    without validation have none.

    ## Why it matters
    From then on every gradient, and after one step every weight, is not a number: the training is over, however long it
    goes on. What was learnt before is lost unless a checkpoint kept it.

    ## What to do
    If it is the first step: look for values in the data that are not finite, and for labels without an output. If it is
    later: lower the learning rate, warm up, clip the gradients; compute the loss from logits; look for a division by
    zero or a logarithm of zero.

    ## References
    - Amazon SageMaker Debugger, rule TensorNaN; keras.callbacks.TerminateOnNaN
    - Wardat et al., DeepLocalize: Fault Localization for Deep Neural Networks (2021)
    """

    code = "C1"
    status = "stable"
    remedies = ("lower-learning-rate", "clip-gradients", "loss-from-logits", "repair-source-values")
    explains = ("diverging-loss", "underfitting", "network-beaten-by-simple-model", "network-not-surely-better")
    nonfinite = Threshold(0, "SageMaker Debugger TensorNaN: any value that is not finite")

    def check(
        self,
        loss: Series | None = None,
        val_loss: Series | None = None,
        step_loss: Series | None = None,
        initial_loss: Series | None = None,
        probe_step: Series | None = None,
        activations: Series | None = None,
        gradients: Series | None = None,
        weights: Series | None = None,
        program: Program | None = None,
    ) -> Outcome:
        """Find the earliest value that is not finite."""
        untrained = (
            initial_loss is not None and initial_loss.values.size > 0 and not np.isfinite(initial_loss.values).all()
        )
        places = {"epoch": _first(loss), "step": _first(step_loss), "validation_epoch": _first_for_good(val_loss)}
        known = {name: float(place) for name, place in places.items() if place is not None}
        if not known:
            if untrained:
                return self._found(
                    "The loss of the untrained network is not finite: look at the data first.", {"epoch": 0}
                )
            epochs = loss.values.size if loss is not None else 0
            return Clear(f"All {epochs} epochs have a finite loss.") if epochs else _NOTHING
        offender = first_nonfinite(probe_step, activations, gradients, weights, program)
        if offender is None:
            return self._found(f"The {_phrase(known)} is not a finite number.", known, at_fit(program))
        facts = {**known, "probe_step": offender.step}
        return self._found(f"The {_phrase(known)} is not a finite number. {offender.phrase}", facts, offender.where)

    def _found(self, message: str, evidence: dict[str, float], where: Where | None = None) -> Outcome:
        return self.found(message, evidence, confidence=1.0, where=where or Where("fit"), figure="loss")

    def fault(self, recipe: Recipe) -> Recipe:
        """Take steps so large that the weights overflow."""
        return with_network(recipe, learning_rate=1e30)


_NOTHING = CannotTell("No epoch was completed.")


def _first(series: Series | None) -> int | None:
    """The first value that is not finite, counted from 1."""
    if series is None:
        return None
    bad = np.flatnonzero(~np.isfinite(series.values.ravel()))
    return int(bad[0]) + 1 if bad.size else None


def _first_for_good(series: Series | None) -> int | None:
    """The first value from which on none is finite, counted from 1; infinite ones count wherever they are.

    A curve that has values here and there belongs to a validation that was not run after each epoch.
    """
    if series is None:
        return None
    values = np.asarray(series.values, dtype=np.float64).ravel()
    if np.isinf(values).any():
        return int(np.argmax(np.isinf(values))) + 1
    missing = np.isnan(values)
    first = int(np.argmax(missing)) if missing.any() else 0
    return first + 1 if first > 0 and missing[first:].all() else None


def _phrase(places: dict[str, float]) -> str:
    if "epoch" not in places and "step" not in places:
        return f"validation loss after epoch {places['validation_epoch']:.0f}"
    parts = [f"at {name} {places[name]:.0f}" for name in ("epoch", "step") if name in places]
    return "training loss " + " and ".join(parts)

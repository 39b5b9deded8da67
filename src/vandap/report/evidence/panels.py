"""Which plots show the evidence of which rule, and which of its thresholds lie on their axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vandap.core.finding import Finding
from vandap.report.charts.records import Bars, LineChart
from vandap.report.evidence import arms, course, examples, inside
from vandap.report.evidence.subject import Subject
from vandap.report.material import Material

Chart = LineChart | Bars


@dataclass(frozen=True)
class Panel:
    """One plot.

    Args:
        draw: The chart, or None where the run did not measure what it shows.
        thresholds: Names of the rule's thresholds on the plot's measured axis, with what to call them.
    """

    draw: Callable[[Subject], Chart | None]
    thresholds: Mapping[str, str] = field(default_factory=dict)


def _at(name: str, title: str = "threshold") -> Mapping[str, str]:
    return {name: title}


_LOSS = (Panel(course.step_loss),)
_EPOCHS = (Panel(course.epoch_loss),)
_MODES = (Panel(arms.inference_mode),)
_RATES = Panel(arms.compared("test_learning_rate", "Other learning rates", "x1"))
_STANDARDISED = Panel(arms.compared("test_standardised_input", "Standardised inputs", "real"))
_SCALED_RATES = Panel(arms.compared("test_scaled_rates", "Standardised inputs, other learning rates", "x1"))
_TIMES = Panel(lambda subject: course.step_times(subject.material))
_ONE_BATCH = Panel(arms.one_batch)

PANELS: Mapping[str, tuple[Panel, ...]] = {
    "unscaled-inputs": (_STANDARDISED, _SCALED_RATES, Panel(examples.columns)),
    "constant-or-mixed-scale-features": (Panel(examples.columns), _STANDARDISED),
    "unscaled-target": _LOSS,
    "class-imbalance": (Panel(examples.class_counts),),
    "unshuffled-batches": (Panel(examples.batch_mix),),
    "harmful-augmentation": (_ONE_BATCH, *_LOSS),
    "outliers": (Panel(examples.columns),),
    "unmasked-padding": (Panel(arms.compared("test_padding_in_front", "Zeros in front", "real")), *_LOSS),
    "logits-mismatch": _LOSS,
    "wrong-loss-or-metric": _LOSS,
    "output-activation-mismatch": _LOSS,
    "bad-weight-init": (Panel(inside.deviation_profile), *_LOSS),
    "bad-bias-init": (Panel(inside.dead_units), *_LOSS),
    "dropout-misuse": (*_MODES, *_LOSS),
    "batchnorm-misuse": (*_MODES, *_LOSS),
    "capacity-mismatch": (_ONE_BATCH, *_LOSS),
    "regularisation-misuse": (Panel(examples.loss_parts), *_LOSS),
    "frozen-or-disconnected-layer": (Panel(inside.weight_changes), *_LOSS),
    "plain-net-too-deep": (Panel(inside.gradient_profile), *_LOSS),
    "unusual-learning-rate": (Panel(inside.update_ratios), *_LOSS),
    "optimiser-misuse": (Panel(inside.update_ratios), *_LOSS),
    "wrong-epochs": _EPOCHS,
    "non-finite-training": (*_LOSS, Panel(inside.gradient_norms)),
    "exploding-gradient": (Panel(inside.gradient_norms), *_LOSS),
    "vanishing-gradient": (Panel(inside.gradient_profile, _at("level", "threshold of the first layer")), *_LOSS),
    "dead-units": (Panel(inside.dead_units, _at("dead")), *_LOSS),
    "saturated-units": (Panel(inside.saturated_shares, _at("saturated")), *_LOSS),
    "weights-do-not-change": (Panel(inside.weight_changes, _at("change")),),
    "diverging-weights": (Panel(inside.weight_norms), *_LOSS),
    "diverging-loss": _LOSS,
    "learning-rate-too-high": (_RATES, *_LOSS, Panel(inside.update_ratios, {"overwritten": "as large as the weights"})),
    "learning-rate-too-low": (_RATES, *_LOSS, Panel(inside.update_ratios)),
    "stuck-loss": _LOSS,
    "oscillating-loss": _EPOCHS,
    "loss-spike": _LOSS,
    "clipping-misuse": (Panel(inside.gradient_norms), *_LOSS),
    "schedule-misuse": (Panel(course.learning_rate), *_LOSS),
    "activation-drift": (Panel(inside.deviation_profile), *_LOSS),
    "collapsed-output": (Panel(examples.class_counts), *_LOSS),
    "batch-noise": _LOSS,
    "overfitting": _EPOCHS,
    "underfitting": _EPOCHS,
    "suspicious-validation": (*_EPOCHS, *_MODES),
    "wrong-initial-loss": _LOSS,
    "cannot-overfit-one-batch": (Panel(arms.one_batch, _at("errors")), *_LOSS),
    "input-ignored": (Panel(arms.compared("test_zeroed_input", "Without its inputs", "real")), *_LOSS),
    "label-signal-absent": (Panel(arms.compared("test_shuffled_labels", "Shuffled labels", "real")), *_EPOCHS),
    "train-inference-gap": (*_MODES, *_LOSS),
    "search-edge": (_RATES,),
    "wrong-gradient": (Panel(arms.gradient_check, _at("error")), *_LOSS),
    "input-bound": (_TIMES,),
    "memory-growth": (Panel(lambda subject: course.memory(subject.material)),),
    "step-outliers": (_TIMES,),
    "retracing": (_TIMES,),
}
"""By rule. Rules that read nothing but the program have none: the line of code is their evidence."""

_MOST = 2


def plots(material: Material, finding: Finding) -> tuple[Chart, ...]:
    """Draw the evidence of a finding: at most two charts, none where the run measured nothing to draw."""
    found = (panel.draw(Subject(material, finding, panel.thresholds)) for panel in PANELS.get(finding.slug, ()))
    return tuple(chart for chart in found if chart is not None)[:_MOST]

"""What decisive tests measure (`vandap.exam.decisive`), one signal `test_NAME` each: part of the signals' catalogue."""

from __future__ import annotations

_VALIDATED = (
    " Where the user validates: validation (loss of those examples), validation_high (upper end of the interval of its "
    "difference)."
)
"""Ends the meaning of every comparison in which an arm may win."""

TESTED = (
    (
        "learning_rate",
        "loss",
        "Short trainings from scratch at multiples of the learning rate, equal steps: arm = x0.01 ... x100, "
        "fact = train, held_out, difference, low, high (held_out minus that of x1, its paired 95 % interval "
        "over examples, simultaneous for all rates), steps, share (of the main fit's steps). A non-finite loss counts "
        "as untrained." + _VALIDATED,
    ),
    (
        "one_batch",
        "loss",
        "One batch learnt by heart, with dropout, augmentation and decay off: arm = model, fact = first, last, "
        "steps, errors (share of wrong answers, or of unexplained variance).",
    ),
    (
        "zeroed_input",
        "loss",
        "Short trainings from scratch: arm = real, zeroed (inputs zero), shuffled (inputs permuted against "
        "labels); fact = train, held_out, difference, low, high (against real), steps, share.",
    ),
    (
        "shuffled_labels",
        "loss",
        "Short trainings from scratch: arm = real, shuffled (labels permuted); fact = train, held_out, "
        "difference, low, high (against real), steps, share.",
    ),
    (
        "standardised_input",
        "loss",
        "Short trainings from scratch: arm = real, standardised; fact = train, held_out, difference, low, high "
        "(standardised minus real), steps, share." + _VALIDATED,
    ),
    (
        "scaled_rates",
        "loss",
        "Short trainings from scratch on standardised inputs at multiples of the learning rate: arm = x0.0001 ... "
        "x10000; fact = train, held_out, difference, low, high (held_out minus that of x1), steps, share." + _VALIDATED,
    ),
    (
        "more_steps",
        "loss",
        "Trainings from scratch: arm = x1 (as many steps as were watched), x5; fact = train, held_out, "
        "difference, low, high (held_out minus that of x1), steps, share." + _VALIDATED,
    ),
    (
        "many_steps",
        "loss",
        "Trainings from scratch of a model that was trained for some dozen steps: arm = x1 (as many as were watched), "
        "x25; fact = train, held_out, difference, low, high (held_out minus that of x1), steps, share." + _VALIDATED,
    ),
    (
        "clipped_input",
        "loss",
        "Short trainings from scratch on standardised inputs, tested on examples without far values: arm = real, "
        "clipped (values far outside cut before); fact = train, held_out, difference, low, high (clipped minus "
        "real), steps, share." + _VALIDATED,
    ),
    (
        "padding_in_front",
        "loss",
        "Short trainings from scratch: arm = real, turned (zeros behind a sequence put before it); fact = train, "
        "held_out, difference, low, high (turned minus real), steps, share." + _VALIDATED,
    ),
    (
        "standardised_target",
        "loss",
        "Short trainings from scratch: arm = real, standardised (targets), both (inputs, too); fact = train, held_out, "
        "difference, low, high (against real, in the unit of the real targets), steps, share." + _VALIDATED,
    ),
    (
        "without_penalties",
        "loss",
        "Short trainings from scratch: arm = real, without (penalties and weight decay); fact = train (penalties "
        "included), held_out, difference, low, high (without minus real), steps, share." + _VALIDATED,
    ),
    (
        "without_augmentation",
        "loss",
        "Short trainings from scratch: arm = real, without (augmentation and noise); fact = train, held_out, "
        "difference, low, high (without minus real), steps, share." + _VALIDATED,
    ),
    (
        "unfrozen",
        "loss",
        "Short trainings from scratch: arm = real, unfrozen (frozen layers with an initialiser's random weights are "
        "trained); fact = train, held_out, difference, low, high (unfrozen minus real), steps, share." + _VALIDATED,
    ),
    (
        "wider",
        "loss",
        "Short trainings of new networks of the same plan: arm = real, wider (narrow hidden dense layers widened); "
        "fact = train, held_out, difference, low, high (wider minus real), steps, share." + _VALIDATED,
    ),
    (
        "label_ranks",
        "share",
        "Short training from scratch: at which rank of its answers held-out labels stand. arm = all, half (it "
        "is surest of), surest (eighth), rest (half); fact = examples, classes, agreement (rank 1), agreement_low "
        "(95 %), second (rank 2), floor (mean share of a rank in the lower half), noise (share of labels by chance "
        "that would leave this floor), noise_low (95 %), contradicted_low (other labels among the rows of each answer, "
        "the least; 95 %), majority, told (answers told by a column or two), steps, share.",
    ),
    (
        "class_recall",
        "count",
        "Rows and hits of each class: arm = class; fact = validation_rows, validation_hits (of the trained model), "
        "held_out_rows, held_out_hits (of trainings from scratch, cross-fitted), weighted_hits (with classes that "
        "weigh alike), steps, share (of the main fit's steps).",
    ),
    (
        "inference_mode",
        "loss",
        "The trained model on the same examples: arm = train, inference; fact = loss, difference, low, high "
        "(against train).",
    ),
    (
        "gradient",
        "share",
        "Numerical against automatic gradient along random directions: arm = variable, fact = relative_error, "
        "floor (error that rounding alone explains).",
    ),
)
"""(name, unit, meaning) of each test's signal, whose dimensions are `arm` and `fact`."""

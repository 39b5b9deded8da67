"""Faults of data and labels."""

from __future__ import annotations

from dataclasses import replace

from zoo.faulty.operator import Operator, classifies, is_table, task
from zoo.records import Plan

LARGE = ("breast_cancer", "wine", "blobs", "diabetes", "clusters", "pima", "housing", "red_wine", "friedman2")
"""Tables whose columns are far from unit scale."""

MIXED = "columns of raw units are far from unit scale and differ in scale; one standardisation heals both"


def _raw(plan: Plan) -> Plan:
    return replace(plan, scale=False).with_net(rescale=False, batchnorm=False)


def _reads_raw_badly(plan: Plan) -> bool:
    return plan.data in LARGE and not plan.net.batchnorm and task(plan) != "rebuild"


def _unscaled_target(plan: Plan) -> Plan:
    return replace(plan.edited("scaled_target", factor=1000.0), scale_target=False)


OPERATORS = (
    Operator(
        "empty_cells", ("non-finite-data",), "data", lambda plan: plan.edited("empty_cells", share=0.02), is_table
    ),
    Operator(
        "raw_inputs",
        ("unscaled-inputs", "constant-or-mixed-scale-features"),
        "data",
        _raw,
        _reads_raw_badly,
        why=MIXED,
    ),
    Operator(
        "wide_columns",
        ("unscaled-inputs", "constant-or-mixed-scale-features"),
        "data",
        lambda plan: _raw(plan).edited("wide_columns", factor=1e4),
        lambda plan: is_table(plan) and not plan.net.batchnorm and task(plan) != "rebuild",
        why=MIXED,
    ),
    Operator(
        "raw_target",
        ("unscaled-target",),
        "data",
        _unscaled_target,
        lambda plan: task(plan) == "numbers",
    ),
    Operator(
        "signs",
        ("label-loss-mismatch",),
        "data or compile",
        lambda plan: plan.edited("signs"),
        lambda plan: task(plan) == "binary" and not plan.one_hot,
        why="labels 0 and 1, or a hinge loss: either change heals",
    ),
    Operator(
        "rare_classes",
        ("class-imbalance", "too-little-data"),
        "data or fit",
        lambda plan: plan.edited("rare_classes", ratio=40),
        lambda plan: classifies(plan) and plan.data not in ("wine", "iris", "spam"),
        why="most rows are taken away, so that a rare class keeps a few; rows and class weights are both remedies",
    ),
    Operator(
        "wrong_labels", ("noisy-labels",), "data", lambda plan: plan.edited("wrong_labels", share=0.6), classifies
    ),
    Operator(
        "lost_order",
        ("label-signal-absent", "noisy-labels"),
        "data",
        lambda plan: plan.edited("lost_order"),
        lambda plan: task(plan) != "rebuild",
        why="labels of other rows tell nothing about the inputs (in the goals a symptom, here the fault itself), and "
        "nearly all are wrong",
    ),
    Operator(
        "sorted_rows",
        ("unshuffled-batches",),
        "data or fit",
        lambda plan: replace(plan.edited("sorted_rows"), shuffle=False, feed="arrays"),
        lambda plan: classifies(plan) and plan.feed == "arrays",
        why="shuffling in fit or shuffling the rows: either change heals",
    ),
    Operator(
        "few_rows",
        ("too-little-data",),
        "data",
        lambda plan: plan.edited("few_rows", rows=20),
        lambda plan: task(plan) in ("classes", "numbers"),
    ),
    Operator(
        "spikes",
        ("outliers",),
        "data",
        lambda plan: plan.edited("spikes", share=0.02, factor=1000.0),
        lambda plan: is_table(plan) and not plan.net.batchnorm and task(plan) != "rebuild",
    ),
)

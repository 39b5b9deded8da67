"""A18: zeros behind sequences that a recurrent layer reads to its end."""

from __future__ import annotations

from typing import Any

import pytest
from program_zoo import classifier, layer
from watched_zoo import comparison, healthy, poor, table

from vandap.core.finding import Severity, Status
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose

HELPED = comparison("padding_in_front", real=(0.95, 0.95), turned=(0.3, 0.35))


def judge(**signals: Any) -> Any:
    """What the rule says."""
    return diagnose(signals, [rule("A18")])[0]


def reader(kind: str = "LSTM", **settings: Any) -> Program:
    """Words, a recurrent layer, three classes."""
    table = layer("Embedding", input_dim=50, output_dim=8, mask_zero=settings.pop("mask_zero", False))
    return classifier(table, layer(kind, "tanh", units=16, **settings), shape=(None, 60))


def zeros(behind: float, before: float = 0.0) -> Series:
    """Padding around sentences."""
    return table("padding", {"input": (60, before, behind, 500)}, ("steps", "before", "behind", "rows"))


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_zeros_behind_are_an_issue_where_turning_them_helps(kind: str) -> None:
    """They are suspected where little was learnt, and named where the same network learns better without them."""
    signals = {**poor(reader(kind)), "padding": zeros(50)}
    assert judge(**signals).tests == ("padding_in_front",)
    found = judge(**signals, test_padding_in_front=HELPED).finding
    assert found.severity is Severity.ISSUE and "50.0 steps" in found.message and found.where.layer


def test_a_network_that_learns_in_spite_of_them_is_clear() -> None:
    """An LSTM may learn to wait; and turning them may help nothing."""
    assert judge(**{**healthy(reader()), "padding": zeros(50)}).status is Status.CLEAR
    alike = comparison("padding_in_front", real=(0.95, 0.95), turned=(0.94, 0.95))
    assert judge(**{**poor(reader()), "padding": zeros(50)}, test_padding_in_front=alike).status is Status.CLEAR


@pytest.mark.parametrize(
    ("program", "padding"),
    [
        (reader(mask_zero=True), zeros(50)),
        (reader(return_sequences=True), zeros(50)),
        (reader(go_backwards=True), zeros(50)),
        (reader(), zeros(3)),
        (reader(), zeros(12, before=40)),
        (classifier(), zeros(50)),
    ],
    ids=["masked", "all steps", "backwards", "few", "in front", "no sequence"],
)
def test_padding_that_does_no_harm_is_clear(program: Program, padding: Series) -> None:
    """Masked, read in another way, short, in front, or not read by a recurrent layer at all."""
    assert judge(**{**poor(program), "padding": padding}, test_padding_in_front=HELPED).status is Status.CLEAR


@pytest.mark.parametrize(("value", "status"), [(-1.0, Status.FOUND), (0.0, Status.CLEAR), (None, Status.CLEAR)])
def test_a_mask_of_another_value_masks_no_zeros(value: float | None, status: Status) -> None:
    """The layer that was meant to mask them is the place; a mask whose value is not known is believed."""
    program = classifier(layer("Masking", mask_value=value), layer("LSTM", "tanh", units=16), shape=(None, 60, 1))
    verdict = judge(**{**poor(program), "padding": zeros(50)}, test_padding_in_front=HELPED)
    assert verdict.status is status
    if verdict.finding is not None:
        assert verdict.finding.where.layer == program.layers[0].path and "masks steps of -1" in verdict.reason

"""A4: numbers without a row in the embedding."""

from __future__ import annotations

import pytest
from program_zoo import classifier, layer
from watched_zoo import healthy, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("A4")])[0]


FACTS = ("minimum", "maximum", "mean", "deviation", "nonfinite", "integer", "whole", "rank", "examples")
MODEL = classifier(layer("Embedding", input_dim=50, output_dim=8), layer("Flatten"), shape=(None, 12))


def tokens(low, high, whole=1):  # noqa: D103
    return table("input_statistics", {"input": (low, high, 20, 9, 0, 1, whole, 2, 960)}, FACTS)


@pytest.mark.parametrize(("low", "high", "whole"), [(0, 50, 1), (-1, 49, 1), (0, 0.98, 0)])
def test_numbers_without_a_row(low, high, whole) -> None:
    """Too large, negative, or fractions."""
    verdict = judge(MODEL, input_statistics=tokens(low, high, whole))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer == "embedding_0"


def test_numbers_of_rows_and_inputs_without_embedding_are_clear() -> None:
    """0 to 49 for fifty rows."""
    assert judge(MODEL, input_statistics=tokens(0, 49)).status is Status.CLEAR
    assert judge(**healthy()).status is Status.CLEAR


def test_columns_that_the_users_own_code_hands_out_are_not_compared() -> None:
    """Users in column 0, films in column 1: the larger number may belong to the other table."""
    one = layer("Embedding", input_dim=50, output_dim=8)
    assert judge(
        classifier(one, layer("Flatten"), shape=(None, 12), model="Mine"), input_statistics=tokens(0, 99)
    ).finding
    column = classifier(one, shape=(None,), model="Mine")
    assert judge(column, input_statistics=tokens(0, 99)).status is Status.CANNOT_TELL
    two = classifier(
        one,
        layer("Flatten"),
        layer("Embedding", input_dim=100, output_dim=8),
        layer("Flatten"),
        shape=(None, 12),
        model="Mine",
    )
    assert judge(two, input_statistics=tokens(0, 99)).status is Status.CANNOT_TELL

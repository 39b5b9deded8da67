"""How a trial's process tells what ended it."""

from __future__ import annotations

import pytest

from vandap.repair.trial.child import of_error

WRAPPED = (
    "Exception encountered when calling Sequential.call().\n\n\x1b[1mlayer 'dense' is incompatible\x1b[0m\n\n"
    "Arguments received by Sequential.call():\n  \u2022 training=False"
)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (WRAPPED, "ValueError: layer 'dense' is incompatible"),
        (
            "Graph execution error:\n\nlabel value of 7\n\tat x",
            "ValueError: Graph execution error: label value of 7 at x",
        ),
        ("", "ValueError: "),
    ],
)
def test_an_error_is_told_in_its_own_words(message: str, expected: str) -> None:
    """Without colours, which a report cannot show, and without what Keras puts around it."""
    assert of_error(ValueError(message)).reason == expected


def test_a_line_of_the_program_is_named() -> None:
    """The innermost one."""
    try:
        exec(compile("x = 1\nraise KeyError('y')", "train.py", "exec"))
    except KeyError as error:
        told = of_error(error).reason
    assert told == "KeyError: 'y' (line 2)"

"""Tracebacks without vandap's frames."""

import functools
import traceback

import pytest

import vandap.core.frames
from vandap.core.frames import Unnoticed


def ours(source):
    """A function whose code seems to stand in vandap's own folder."""
    names = {"Unnoticed": Unnoticed}
    exec(compile(source, vandap.core.frames.__file__, "exec"), names)
    return names["call"]


OUTER = ours("def call(work):\n    with Unnoticed():\n        return work()\n")
INNER = ours("def call(work):\n    return work()\n")


def fail():
    """Fail on the way from an error to another."""
    try:
        INNER(lambda: 1 / 0)
    except ZeroDivisionError as error:
        raise ValueError("no") from error


def test_neither_an_error_nor_its_cause_shows_our_frames():
    """What the program prints of an error that it catches has its own frames alone, in their order."""
    with pytest.raises(ValueError, match="no") as caught:
        OUTER(functools.partial(INNER, fail))
    text = "".join(traceback.format_exception(caught.value))
    assert "vandap/core" not in text
    assert [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)][-1] == "fail"
    assert "<lambda>" in text and "ZeroDivisionError" in text


def test_what_goes_well_is_returned():
    """Nothing happens without an error."""
    assert OUTER(lambda: 3) == 3

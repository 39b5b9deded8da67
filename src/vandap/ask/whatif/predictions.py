"""Which entry of theory a what-if calls for: that depends on the direction and on the kind."""

from __future__ import annotations

from collections.abc import Callable

from vandap.ask.whatif.form import Caught, Subject
from vandap.ask.whatif.names import ADAPTIVE, CONSTANT, RECTIFIED, SATURATING
from vandap.ask.whatif.theory import THEORY

Entry = Callable[[Caught, Subject], str]


def always(name: str) -> Entry:
    """The same entry for all."""
    return lambda caught, subject: name


def directed(name: str, now: Callable[[Subject], float | None], unknown: str = "") -> Entry:
    """The entry of more or of less.

    Args:
        name: What the entries `... up` and `... down` are about.
        now: The present value; None where it is no plain number.
        unknown: The entry where it cannot be said which way it goes.
    """

    def entry(caught: Caught, subject: Subject) -> str:
        sign, value = caught[0], float(caught[1])
        present = now(subject)
        if sign == "=" and not present:
            return unknown or f"{name} up"
        more = value > (present or 0.0) if sign == "=" else (value > 1) == (sign == "*")
        return f"{name} up" if more else f"{name} down"

    return entry


def of_optimiser(entry: Entry) -> Entry:
    """The entry of the training's kind of optimiser, where adaptive ones have their own."""

    def own(caught: Caught, subject: Subject) -> str:
        name = entry(caught, subject)
        adaptive = f"{name} adaptive"
        return adaptive if subject.program.compile.optimizer in ADAPTIVE and adaptive in THEORY else name

    return own


def removed(caught: Caught, subject: Subject) -> str:
    """`no dropout`."""
    return f"no {caught[0]}"


def activation(caught: Caught, subject: Subject) -> str:
    """`activation=tanh`."""
    return "rectified" if caught[0] in RECTIFIED else "saturating" if caught[0] in SATURATING else "linear"


def initialiser(caught: Caught, subject: Subject) -> str:
    """`init=zeros`."""
    return "constant initial values" if caught[0] in CONSTANT else "initial values"


def optimiser(caught: Caught, subject: Subject) -> str:
    """`optimizer=sgd`."""
    return "sgd" if caught[0] == "sgd" else "adaptive"


def first(caught: Caught, subject: Subject) -> str:
    """The entry that is named as the word is: `same`, `valid`."""
    return caught[0]


def side(subject: Subject) -> float | None:
    """Height of the images that enter; None where there are none."""
    shapes = [layer.input_shape for layer in subject.program.layers if layer.kind != "InputLayer"]
    return float(shapes[0][1] or 0) if shapes and len(shapes[0]) == 4 else None

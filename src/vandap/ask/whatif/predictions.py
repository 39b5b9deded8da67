"""Which entry of theory a what-if calls for: that depends on the direction and on the kind."""

from __future__ import annotations

from collections.abc import Callable

from vandap.ask.whatif.form import Caught, Subject
from vandap.ask.whatif.names import ADAPTIVE, CONSTANT, RECTIFIED, ROUNDED, SATURATING
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


def towards(up: str, down: str, now: Callable[[Subject], float | None]) -> Entry:
    """The entry of more or of less of what the words give a value.

    Args:
        up: The entry of more.
        down: The entry of less.
        now: The present value; None for none.
    """
    return lambda caught, subject: up if float(caught[0]) > (now(subject) or 0.0) else down


def optimiser_setting(name: str) -> Callable[[Subject], float | None]:
    """A setting of the optimiser; None where it is no plain number."""

    def now(subject: Subject) -> float | None:
        value = subject.program.compile.settings.get(name)
        return float(value) if isinstance(value, int | float) else None

    return now


def dropout_rate(subject: Subject) -> float | None:
    """The largest rate of a Dropout; None where there is none."""
    rates = [layer.settings.get("rate") for layer in subject.program.layers if layer.kind == "Dropout"]
    return max((float(rate) for rate in rates if isinstance(rate, int | float)), default=None)


def smoothing(subject: Subject) -> float | None:
    """The label smoothing of the first loss that has some."""
    found = [loss.settings.get("label_smoothing") for loss in subject.program.compile.losses]
    return next((float(value) for value in found if value), None)


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
    kinds = {"rectified": RECTIFIED, "saturating": SATURATING, "rounded": ROUNDED, "exponential": ("exponential",)}
    return next((name for name, members in kinds.items() if caught[0] in members), "linear")


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

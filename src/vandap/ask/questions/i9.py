"""I9: the input doubled, the parameters recounted layer by layer."""

from __future__ import annotations

from vandap.ask.account import Account, account
from vandap.ask.network import network, shape, without_network
from vandap.ask.question import Answer, Question, Table
from vandap.core.store import Run

_POOLS = "Global"


class InputDoubled(Question):
    """How many parameters has the network if the input is twice as large?"""

    id = "I9"
    question = "The input is doubled: how many parameters?"
    how = "Shapes and parameters recounted layer by layer for twice the height and width, or twice the features."

    def answer(self, run: Run) -> Answer:
        """Recount."""
        layers = network(run)
        if not layers:
            return without_network(run)
        counted = account(layers)
        rows = tuple(
            (line.name, line.kind, shape(line.shape), shape(line.grown), line.parameters, line.after)
            for line in counted.lines
        )
        head = ("layer", "class", "output now", "output then", "parameters now", "parameters then")
        text = f"{_inputs(counted)} {_total(counted)} {_why(counted)}"
        document = {
            "parameters": {"now": counted.before, "then": counted.after},
            "activations_per_example": {
                "now": sum(line.values for line in counted.lines),
                "then": _activations(counted),
            },
            "layers_that_grow": {line.name: {"now": line.parameters, "then": line.after} for line in counted.grown},
            "unknown": counted.unknown,
        }
        short = (
            "Convolutions share their kernel over all positions, so their parameters stay the same while their outputs "
            "grow; a Dense layer has one weight for every input, so it grows with them. Flatten before Dense therefore "
            "multiplies that layer by four when both sides double, and global pooling before it avoids that."
        )
        return Answer(text, short, (Table("Layer by layer", head, rows),), document)


def _inputs(counted: Account) -> str:
    inputs = [line for line in counted.lines if line.kind == "InputLayer"]
    grown = ", ".join(f"{line.name} from {shape(line.shape)} to {shape(line.grown)}" for line in inputs)
    return f"The input doubled: {grown}."


def _total(counted: Account) -> str:
    if counted.after is None:
        return (
            f"The network has {counted.before:,} parameters now; how many then cannot be told, because there is no "
            f"rule for the layers {', '.join(counted.unknown)}."
        )
    factor = counted.after / counted.before if counted.before else 1.0
    then = f"from {counted.before:,} to {counted.after:,} ({factor:.3g} times)"
    memory = _activations(counted)
    now = sum(line.values for line in counted.lines)
    grown = f" The outputs kept for one example grow from {now:,} to {memory:,} numbers."
    return (f"The parameters go {then}." if counted.grown else f"The parameters stay {counted.before:,}.") + grown


def _why(counted: Account) -> str:
    flats = [line.name for line in counted.lines if line.kind == "Flatten"]
    pools = [line.name for line in counted.lines if line.kind.startswith(_POOLS)]
    if counted.grown:
        names = ", ".join(f"{line.name} (x{(line.after or 0) / max(line.parameters, 1):.3g})" for line in counted.grown)
        cause = f" behind {', '.join(flats)}" if flats else ""
        return f"What grows: {names}{cause}."
    if pools:
        return (
            f"{', '.join(pools)} averages every position away before the Dense layers, so none of them sees the size."
        )
    return ""


def _activations(counted: Account) -> int | None:
    values = [line.values_after for line in counted.lines]
    return None if any(value is None for value in values) else sum(value or 0 for value in values)

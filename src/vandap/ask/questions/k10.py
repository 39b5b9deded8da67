"""K10: whether this run's network could be a Sequential model, and its summary."""

from __future__ import annotations

from collections import Counter

from vandap.ask.account import Line
from vandap.ask.network import layer_table, lines, structure, without_network
from vandap.ask.question import Answer, Question
from vandap.core.store import Run


class Sequential(Question):
    """Is the network a plain chain of layers?"""

    id = "K10"
    question = "What is a Sequential model, and is this one?"
    how = "The network's graph read layer by layer: a chain can be Sequential; branches are named."

    def answer(self, run: Run) -> Answer:
        """Look for branches."""
        found = lines(run)
        if not found:
            return without_network(run)
        forks, joins, inputs = branches(found)
        chain = not forks and not joins and inputs == 1
        if chain:
            text = f"Yes: its {len(found)} layers are one chain, each reads the one before it; {_written(run)}."
        else:
            reasons = [f"{inputs} inputs"] if inputs > 1 else []
            reasons += [f"the outputs of {', '.join(forks)} are read more than once"] if forks else []
            reasons += [f"{', '.join(joins)} read several layers"] if joins else []
            text = f"No: {'; '.join(reasons)}. Sequential cannot express that; {_other(run)}."
        short = (
            "Sequential is a list of layers in which each reads the output of the one before it. As soon as a layer "
            "has two inputs, or an output is used twice (as in a residual block), the Functional API is needed."
        )
        document = {"sequential": chain, "forks": forks, "joins": joins, "inputs": inputs, "layers": len(found)}
        return Answer(text, short, (layer_table(run, "Summary"),), document)


def _written(run: Run) -> str:
    program = structure(run)
    written = program is not None and program.model == "Sequential"
    return "it is written as Sequential" if written else "Sequential would do"


def _other(run: Run) -> str:
    program = structure(run)
    if program is None or program.model in ("Functional", "Model"):
        return "the Functional API can, and was used"
    return f"the Functional API or a class of one's own can, here {program.model}"


def branches(layers: tuple[Line, ...]) -> tuple[list[str], list[str], int]:
    """Layers whose output is read more than once, layers that read several, and the number of inputs."""
    readers = Counter(source for line in layers for source in line.inputs)
    forks = [name for name, count in readers.items() if count > 1]
    joins = [line.name for line in layers if len(line.inputs) > 1]
    return forks, joins, sum(line.kind == "InputLayer" for line in layers)

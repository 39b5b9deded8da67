"""Numbers of tokens that the embedding has no row for."""

from __future__ import annotations

from vandap.core.finding import Finding, Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.intake import intakes
from vandap.diagnose.network import Graph, setting
from vandap.diagnose.observed import inputs
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import SHOWN


class IntegerInputs(Rule):
    """An embedding gets numbers that are no rows of its table.

    ## What it finds
    Inputs of an embedding that are negative, as large as its `input_dim` or larger, or fractions (scaled token numbers,
    or word vectors where numbers are expected).

    ## Why it matters
    Fractions are cut off to whole numbers: tokens divided by the vocabulary's size all become 0. A number without a row
    is an error on some back ends; on others it reads some other row, or gives NaN, without a word.

    ## What to do
    `input_dim` = largest number + 1; do not scale token numbers; map unknown words to one number.

    ## References
    - Keras documentation, Embedding: `input_dim` is the maximum integer index + 1
    - UMLAUT: Schoop et al. (2021), type of the inputs
    """

    code = "A4"
    remedies = ("enlarge-embedding", "do-not-scale-tokens")
    explains = SHOWN
    first = Threshold(0, "the first row of the table is 0, and the last is input_dim - 1")

    def check(self, program: Program, input_statistics: Series) -> Outcome:
        """Compare the numbers with the rows of the table that they are looked up in."""
        tables = [item.layer for item in intakes(program) if item.way == "tokens" and item.layer]
        if not tables:
            return Clear("No input is looked up in an embedding.")
        observed = inputs(input_statistics)
        pairs = [(layer, name) for layer in tables for name in observed if len(observed) == 1 or name in layer.inputs]
        graph = Graph(program)
        pairs = [(layer, name) for layer, name in pairs if _is_whole_input(layer, graph, input_statistics, name)]
        if not pairs:
            return CannotTell("It is not known which input enters which embedding.")
        for layer, name in pairs:
            if wrong := self._problem(layer, name, input_statistics):
                return wrong
        return Clear(f"The tokens are whole numbers from {self.first.value:g} to below input_dim.")

    def _problem(self, layer: Layer, name: str, observed: Series) -> Finding | None:
        facts = ("minimum", "maximum", "whole")
        low, high, whole = (number(observed, name, fact) for fact in facts)
        rows = setting(layer.settings, "input_dim")
        if whole == 0:
            says = f"{layer.name} reads whole numbers, and its input holds fractions (from {low:.3g} to {high:.3g})."
        elif low < self.first.value:
            says = f"{layer.name} has no row for negative numbers; the lowest of its input is {low:g}."
        elif high >= rows:
            says = f"{layer.name} has rows 0 to {rows - 1:g}, and its input holds numbers up to {high:g}."
        else:
            return None
        evidence = {"minimum": low, "maximum": high, "rows": rows}
        return self.found(says, evidence, confidence=0.95, where=layer.where())


def _is_whole_input(layer: Layer, graph: Graph, observed: Series, name: str) -> bool:
    """Whether the embedding reads all of an input: a model's own code may give each table its own columns."""
    if not graph.is_open(layer):
        return True
    tables = [item for item in graph.layers if item.kind == "Embedding"]
    return len(tables) == 1 and len(layer.input_shape) == number(observed, name, "rank")

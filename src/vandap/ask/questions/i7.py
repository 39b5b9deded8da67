"""I7: what this model learned against what was chosen for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vandap.ask.network import lines
from vandap.ask.question import Answer, Question, Table
from vandap.core.evaluation import Ladder
from vandap.core.store import Run


class ParametersAndHyperParameters(Question):
    """Which numbers are learned, and which are chosen?"""

    id = "I7"
    question = "Parameters against hyper-parameters?"
    how = "Both listed for this run's models: learned numbers of each layer, and every choice with how it was made."

    def answer(self, run: Run) -> Answer:
        """List both."""
        ladder, recipe, program = run.ladder, run.recipe, run.program
        tables = []
        parts = []
        if program is not None:
            learned = [(line.name, line.kind, line.parameters) for line in lines(program) if line.parameters]
            tables.append(
                Table("Parameters: learned from the data, by layer", ("layer", "class", "parameters"), tuple(learned))
            )
            total, trainable = program["parameters"]["total"], program["parameters"]["trainable"]
            parts.append(
                f"The network has {total:,} parameters in {len(learned)} layers; {trainable:,} are trained by gradient "
                f"descent, the other {total - trainable:,} are running statistics."
            )
        rungs = tuple((rung.slug, rung.parameters) for rung in ladder.rungs if rung.parameters is not None)
        tables.append(Table("Parameters of each model of the ladder", ("model", "parameters"), rungs))
        by_hand = dict(recipe.network)
        choices = tuple(_choices(ladder, by_hand))
        head = ("model", "name", "value", "chosen")
        tables.append(Table("Hyper-parameters: chosen before the fit, frozen in recipe.json", head, choices))
        parts.append(
            f"{len(choices)} hyper-parameters were chosen for {len({row[0] for row in choices})} models, by fixed "
            f"rules, by measurement or by hand ({', '.join(by_hand) or 'none by hand'}). Between models the validation "
            f"part chose: {ladder.recommended}. No grid, random or Bayesian search is in this version."
        )
        document = {
            "parameters": {rung.slug: rung.parameters for rung in ladder.rungs},
            "hyper_parameters": {rung.slug: dict(rung.hyper_parameters) for rung in ladder.rungs},
            "plan": dict(recipe.plan),
            "by_hand": by_hand,
        }
        short = (
            "Parameters are learned from the training data by minimising the loss; hyper-parameters are set before "
            "that and steer how the learning goes. So parameters are fitted on the training part and hyper-parameters "
            "are chosen on the validation part, never on the test part."
        )
        return Answer(" ".join(parts), short, tuple(tables), document)


def flatten(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield nested settings as `(dotted name, value)`."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        shown = [_text(item) for item in value[:6]]
        return ", ".join(shown) + (f", ... ({len(value)} values)" if len(value) > 6 else "") if value else "none"
    return str(value)


def _choices(ladder: Ladder, by_hand: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for rung in ladder.rungs:
        for name, value in flatten(rung.hyper_parameters):
            hand = not rung.simple and name in by_hand
            yield rung.slug, name, _text(value), "by hand" if hand else "by rule or measurement"

"""vandap from Python: `train`, `load`, and the run that `train` gives back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vandap.core.duration import seconds
from vandap.core.recipe import DataSpec, Recipe
from vandap.errors import UsageError

if TYPE_CHECKING:
    from vandap.core.estimate import Estimate
    from vandap.core.finding import Finding, Verdict
    from vandap.core.store import Run
    from vandap.predictor import Predictor
    from vandap.repair.record import Fixed

MEMORY = "<memory>"
"""`DataSpec.source` of data that are given as objects."""

_DATA = frozenset(field.name for field in fields(DataSpec)) - {"source"}
_REST = frozenset(field.name for field in fields(Recipe)) - {"data", "transforms", "plan"}
BACKENDS = ("auto", "jax", "tensorflow", "torch")


def make_recipe(source: str, options: Mapping[str, Any], base: Recipe | None = None) -> Recipe:
    """Return the recipe that these options ask for.

    Args:
        source: A path or `bundled:NAME`.
        options: Fields of `DataSpec` and `Recipe` by name; what is left out keeps the base's value.
        base: A recipe to start from. Its frozen plan is kept only if the options change nothing of it.

    Raises:
        UsageError: An unknown option, or a value that cannot be.
    """
    unknown = sorted(set(options) - _DATA - _REST)
    if unknown:
        raise UsageError(
            "There is no such option.",
            received=", ".join(unknown),
            expected=", ".join(sorted(_DATA | _REST)),
            hint="Correct the name; the options are those of `vandap train --help`.",
        )
    base = base or Recipe(DataSpec(source))
    data = replace(base.data, source=source, **{name: options[name] for name in _DATA & set(options)})
    rest = {name: options[name] for name in _REST & set(options)}
    if "budget" in rest:
        rest["budget"] = seconds(rest["budget"])
    recipe = replace(base, data=data, **rest)
    _check(recipe)
    changed = replace(recipe, plan={}) != replace(base, plan={})
    return replace(recipe, plan={}) if changed else recipe


def _check(recipe: Recipe) -> None:
    if recipe.backend not in BACKENDS:
        raise UsageError(
            "There is no such back end.",
            received=str(recipe.backend),
            expected="one of " + ", ".join(BACKENDS),
            hint="Leave it out: auto takes the fastest one that is installed.",
        )
    if isinstance(recipe.seed, bool) or not isinstance(recipe.seed, int) or recipe.seed < 0:
        raise UsageError(
            "The seed is not usable.",
            received=str(recipe.seed),
            expected="a whole number, zero or more",
            hint="Leave it out for 0.",
        )


def train(
    source: Any,
    *,
    target: str | None = None,
    budget: str | float = "10m",
    backend: str = "auto",
    seed: int = 0,
    out: str | Path | None = None,
    **options: Any,
) -> TrainedRun:
    """Train, examine and evaluate: the same as `vandap train`.

    Args:
        source: A path, `bundled:NAME`, a data frame (pandas, polars, pyarrow), or arrays `(x, y)`.
        target: The column to predict.
        budget: Wall clock for the whole run: seconds, or text such as `"10m"`.
        backend: `auto`, `jax`, `tensorflow` or `torch`.
        seed: Seed of every random choice.
        out: The run folder; by default a new one below `runs/`.
        options: Any other field of `DataSpec` or `Recipe`, such as `group="patient"` or `metric="roc_auc"`.

    Returns:
        The finished run.

    Raises:
        InputError: The data or an option cannot be used.
        TrainingError: No learner could be fitted.
    """
    from vandap import pipeline

    in_memory = not isinstance(source, str | os.PathLike)
    chosen = {"target": target, "budget": budget, "backend": backend, "seed": seed, **options}
    recipe = make_recipe(MEMORY if in_memory else os.fspath(source), chosen)
    run = pipeline.train(
        recipe,
        out=None if out is None else Path(out),
        command=("vandap.train",),
        memory_source=source if in_memory else None,
    )
    finished = TrainedRun(run)
    finished.report()
    return finished


def load(path: str | os.PathLike[str]) -> Predictor:
    """Load the model of a run; it predicts from raw inputs, on any back end, without the training code.

    Args:
        path: A run folder, the artifact inside it, or what `train` returned.

    Raises:
        RunError: No run folder, or one without a model.
    """
    from vandap import predictor

    return predictor.load(Path(path))


class TrainedRun:
    """A run folder with everything that can be asked of it.

    Args:
        run: The folder, or the run read from it.
    """

    def __init__(self, run: str | os.PathLike[str] | Run) -> None:
        from vandap.core.store import Run

        self.run = run if isinstance(run, Run) else Run(Path(run))

    def __fspath__(self) -> str:
        return str(self.run.path)

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.run.path

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, issues first."""
        return self.run.findings

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What every rule concluded."""
        return self.run.verdicts

    @property
    def recommended(self) -> str:
        """Slug of the model that the run recommends."""
        return self.run.ladder.recommended

    @property
    def score(self) -> Estimate | None:
        """The headline metric on the test part with its 95 % interval; None before it was read."""
        evaluation = self.run.evaluation("test")
        return evaluation.score if evaluation else None

    def predict(self, raw: Any) -> Any:
        """Predict from raw inputs with the recommended model; see `Predictor.predict`."""
        return load(self).predict(raw)

    def ask(self, question: str, budget: str | float = "10m", *, metric: str | None = None) -> str:
        """Answer a numbered question, such as `I9`, or a what-if, such as `lr*10`, on this run.

        Args:
            question: The question.
            budget: Time for those that train: what-ifs, I2, I10 and N1; such as `"10m"`, or seconds.
            metric: The metric that decides; None takes the recipe's, or lets task and class balance decide.
            search: How settings are looked for: `guided` by the findings, `random`, `grid` or `bayesian`.

        Raises:
            UsageError: There is no such question, or this run cannot be asked it.
            TrainingError: The network cannot be trained again.
        """
        from vandap.ask import measured
        from vandap.ask.opened import RunSubject
        from vandap.ask.registry import find, is_question
        from vandap.ask.whatif.answer import ask
        from vandap.repair.bench import Plan
        from vandap.report.whatif import whatif_text

        subject = RunSubject(self.path, Plan(seconds(budget), metric))
        if is_question(question):
            return measured.answer(find(question).id, subject)[1].text
        return whatif_text(ask(question, subject))

    def fix(self, budget: str | float = "15m", *, metric: str | None = None, search: str = "guided") -> Fixed:
        """Try other settings of the run's network that its findings suggest, and prove the best on held-out rows.

        Args:
            budget: Time for everything, such as `"15m"`, or seconds.
            metric: The metric that decides; None takes the recipe's, or lets task and class balance decide.
            search: How settings are looked for: `guided` by the findings, `random`, `grid` or `bayesian`.

        Returns:
            What came of it; it is stored in the run folder, with the proved recipe.

        Raises:
            UsageError: No duration or search, a run without a network, or one whose data are gone.
            MissingExtraError: The search `bayesian` without optuna.
            TrainingError: The network cannot be trained again.
        """
        from vandap.repair.bench import Plan
        from vandap.repair.built.fix import RunRepair

        return RunRepair(self.path, Plan(seconds(budget), metric, search=search)).run()[0]

    def report(self) -> Path:
        """Write `report.html` and `card.md` anew and return the report's path."""
        from vandap.report.card import write_card
        from vandap.report.html import write_report

        write_card(self.run)
        return write_report(self.run)

    def document(self) -> Mapping[str, Any]:
        """The run as `--json` prints it."""
        from vandap.report.document import document

        return document(self.run)

    def __str__(self) -> str:
        from vandap.report.text import text

        return text(self.run)

    def __repr__(self) -> str:
        return f"TrainedRun({str(self.path)!r})"

    def _repr_html_(self) -> str:
        from vandap.report.notebook import repr_html

        return repr_html(self.run)

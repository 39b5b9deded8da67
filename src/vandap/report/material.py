"""Everything a report may show of one run, read once; whatever the run has not written yet is absent, not an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from vandap.ask.whatif.record import Answered, all_answered
from vandap.core.estimate import Comparison
from vandap.core.evaluation import Evaluation, Ladder, Rung
from vandap.core.examined import Examined, read_examined
from vandap.core.finding import Finding, Verdict, ranked
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.records import from_json
from vandap.core.signals import Series
from vandap.core.sources import NAME as SOURCES
from vandap.core.sources import Sources
from vandap.core.store import Run, RunInfo, read_json
from vandap.repair.record import Fixed, read_fixed
from vandap.report.format import sentence, words

_PARTS = {"validation": ("validation", "out-of-fold"), "out-of-fold": ("out-of-fold", "validation"), "test": ("test",)}


@dataclass(frozen=True, eq=False)
class Material:
    """The files of one run.

    Args:
        run: The run they came from.
        info: `run.json`.
        recipe: `recipe.json`, or None.
        data: `data.json`, or empty.
        program: `program.json`, or None when no network was trained.
        ladder: `ladder.json`, or None.
        test: Evaluation on the test part, or None.
        validation: Evaluation on the validation part (or out of fold), or None.
        tested: `comparisons.test.json`: paired comparisons on the test part, or empty.
        verdicts: `findings.json`, or empty.
        signals: Every signal that was measured.
        worst: `worst.json`: the test examples that the model got most wrong, worst first.
        images: Pictures of some examples (PNG or JPEG files) by row; they go before those stored in the run.
        examined: The exam of a watched training or a saved model, or None for a run of `vandap train`.
        structure: The network and the calls that trained it, or None.
        sources: `sources.json`: the user's lines that the run names, or empty.
        fixed: `fix.json`: the repair that the run is about, or None.
        answered: What-ifs that were asked of the run, in their order.
    """

    run: Run
    info: RunInfo
    recipe: Recipe | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    program: Mapping[str, Any] | None = None
    ladder: Ladder | None = None
    test: Evaluation | None = None
    validation: Evaluation | None = None
    tested: tuple[Comparison, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    signals: Mapping[str, Series] = field(default_factory=dict)
    worst: tuple[Mapping[str, Any], ...] = ()
    images: Mapping[int, bytes] = field(default_factory=dict)
    examined: Examined | None = None
    structure: Program | None = None
    sources: Sources = field(default_factory=dict)
    fixed: Fixed | None = None
    answered: tuple[Answered, ...] = ()

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.run.path

    @property
    def evaluation(self) -> Evaluation | None:
        """The evaluation on the test part; before it was read, the one on validation."""
        return self.test or self.validation

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, in the order of `vandap.core.finding.ranked`."""
        return ranked(self.verdicts)

    def signal(self, name: str) -> np.ndarray | None:
        """The values of a signal as floats, or None if it was not measured or holds nothing."""
        series = self.signals.get(name)
        return None if series is None or not series.values.size else np.asarray(series.values, float)

    def rung(self, slug: str | None) -> Rung | None:
        """The rung of the ladder with this slug."""
        rungs = self.ladder.rungs if self.ladder else ()
        return next((rung for rung in rungs if rung.slug == slug), None)

    def title(self, slug: str) -> str:
        """What to call a learner, with a capital letter."""
        rung = self.rung(slug)
        return sentence(rung.title if rung else words(slug))

    def predictions(self, learner: str, part: str) -> Mapping[str, np.ndarray] | None:
        """Stored predictions of a learner on a part, or None."""
        for name in _PARTS.get(part, (part,)):
            if (self.path / "predictions" / f"{learner}.{name}.npz").is_file():
                return self.run.predictions(learner, name)
        return None


def gather(run: Run, images: Mapping[int, bytes] | None = None) -> Material:
    """Read a run folder.

    Args:
        run: The run, finished or not.
        images: Pictures of some examples by row.

    Raises:
        RunError: A file of the run is damaged.
    """
    has = {path.name for path in run.path.iterdir()}
    structure = run.evidence.get("program")
    return Material(
        run=run,
        info=run.info,
        recipe=run.recipe if "recipe.json" in has else None,
        data=run.data if "data.json" in has else {},
        program=run.program,
        ladder=run.ladder if "ladder.json" in has else None,
        test=run.evaluation("test"),
        validation=run.evaluation("validation"),
        tested=_comparisons(run) if "comparisons.test.json" in has else (),
        verdicts=_verdicts(run, has),
        signals=run.signals,
        worst=tuple(read_json(run.path / "worst.json")) if "worst.json" in has else (),
        images=images or {},
        examined=read_examined(run.path, verdicts=_verdicts(run, has)) if is_exam(run) else None,
        structure=structure if isinstance(structure, Program) else None,
        sources=read_json(run.path / SOURCES) if SOURCES in has else {},
        fixed=read_fixed(run.path),
        answered=all_answered(run.path),
    )


def is_exam(run: Run) -> bool:
    """Whether a run folder holds an exam of a script, a model or a watched training, and not a `vandap train`."""
    told = any((run.path / name).is_file() for name in ("watch.json", "script.json"))
    return told and not (run.path / "recipe.json").is_file()


def judged(material: Material, examined: Examined) -> Material:
    """Return the same run as another exam judged it: with that exam's verdicts."""
    own = None if material.examined is None else examined
    return replace(material, verdicts=examined.verdicts, examined=own)


def _verdicts(run: Run, has: set[str]) -> tuple[Verdict, ...]:
    return run.verdicts if "findings.json" in has else ()


def _comparisons(run: Run) -> tuple[Comparison, ...]:
    return tuple(from_json(Comparison, entry) for entry in read_json(run.path / "comparisons.test.json"))


def floats(values: Any) -> np.ndarray:
    """Return numbers from a record as floats; what JSON stored as null is NaN."""
    return np.asarray(values, float).ravel() if np.size(values) else np.zeros(0)

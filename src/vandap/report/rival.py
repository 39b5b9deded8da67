"""Whom the recommended model is measured against, on the same examples where both were predicted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from vandap.core.estimate import Comparison, Decision, Estimate
from vandap.core.evaluation import Ladder, Rung
from vandap.report.material import Material
from vandap.report.metric import higher_is_better


@dataclass(frozen=True)
class Rival:
    """The model to beat.

    Args:
        slug: The learner.
        title: Its name.
        label: How the verdict names it: `best simple model (random forest)`.
        score: Its headline estimate, or None.
        part: The part of the data behind `score`.
        comparison: Recommended model against it, oriented so that positive favours the recommended one; or None.
        comparison_part: The part of the data behind `comparison`.
    """

    slug: str
    title: str
    label: str
    score: Estimate | None
    part: str
    comparison: Comparison | None
    comparison_part: str


@lru_cache(maxsize=16)
def find_rival(material: Material, metric: str) -> Rival | None:
    """Find the model that the recommended one is compared with, and compare them.

    On the test part as far as the run stored it, else on validation, as the ladder did.
    """
    ladder = material.ladder
    rung = material.rung(_slug(ladder, metric)) if ladder else None
    if ladder is None or rung is None:
        return None
    found = _between(ladder.comparisons, ladder.recommended, rung.slug)
    rival = Rival(
        slug=rung.slug,
        title=rung.title,
        label=_label(ladder, rung),
        score=rung.score,
        part=material.validation.part if material.validation else "validation",
        comparison=found,
        comparison_part=material.validation.part if material.validation else "validation",
    )
    return _on_test(material, rival, metric)


def _slug(ladder: Ladder, metric: str) -> str | None:
    for comparison in ladder.comparisons:
        if ladder.recommended in (comparison.a, comparison.b):
            return comparison.b if comparison.a == ladder.recommended else comparison.a
    if ladder.best_simple not in (None, ladder.recommended):
        return ladder.best_simple
    others = [rung for rung in ladder.rungs if rung.slug != ladder.recommended and rung.score is not None]
    sign = 1.0 if higher_is_better(metric) else -1.0
    return max(others, key=lambda rung: sign * rung.score.value if rung.score else -math.inf).slug if others else None


def _label(ladder: Ladder, rung: Rung) -> str:
    name = rung.title[:1].lower() + rung.title[1:] if rung.title[1:2].islower() else rung.title
    if rung.slug == ladder.best_simple:
        return f"best simple model ({name})"
    return f"the network ({name})" if rung.slug == ladder.network else f"runner-up ({name})"


def _between(comparisons: Iterable[Comparison], ours: str, theirs: str) -> Comparison | None:
    for comparison in comparisons:
        if {comparison.a, comparison.b} == {ours, theirs}:
            return comparison if comparison.a == ours else turned(comparison)
    return None


def turned(comparison: Comparison) -> Comparison:
    """Return the same comparison seen from the other model."""
    mirror = {Decision.BETTER: Decision.WORSE, Decision.WORSE: Decision.BETTER, Decision.HARM: Decision.BETTER}
    return replace(
        comparison,
        decision=mirror.get(comparison.decision, comparison.decision),
        a=comparison.b,
        b=comparison.a,
        difference=-comparison.difference,
        low=-comparison.high,
        high=-comparison.low,
    )


def _on_test(material: Material, rival: Rival, metric: str) -> Rival:
    """Prefer what was measured on the test part, where it was stored."""
    if material.test is None:
        return rival
    found = _between(material.tested, material.test.learner, rival.slug)
    if found is not None:
        rival = replace(rival, comparison=found, comparison_part="test")
    stored = material.predictions(rival.slug, "test")
    if stored is None:
        return rival
    from vandap.evaluate.estimate import estimate

    score = estimate(metric, stored["target"], stored["prediction"])
    if material.recipe is not None and material.recipe.data.group is not None:
        # the groups of the rows are not stored, and an interval that ignores them would be too narrow
        score = replace(score, low=math.nan, high=math.nan, method="the rows are grouped")
    return replace(rival, score=score, part="test")

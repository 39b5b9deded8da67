"""Runs side by side: whether their numbers may be compared, the numbers, the differences of recipe and cost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.core.estimate import Comparison, Estimate
from vandap.core.records import to_json
from vandap.core.store import Run
from vandap.evaluate.compare import compare
from vandap.evaluate.experiment.ledger import TestLook, entered
from vandap.report import document
from vandap.report import format as written
from vandap.report import metric as metrics
from vandap.report.material import Material, gather

_KEY_WIDTH = 34


@dataclass(frozen=True)
class Compared:
    """Runs side by side.

    Args:
        names: The runs.
        part: The part of the data that the numbers are from: `test`, or `validation` where some run has no test.
        comparable: Whether every run was measured on the same examples with the same headline metric.
        why: What makes them comparable, or what does not.
        metrics: For each metric that any run measured, an estimate a run.
        headline: Slug of the first run's headline metric.
        pairs: Each later run against the first, on the same examples; None where that cannot be computed.
        looks: What must stand beside each pair, as the test part was looked at before; "" for nothing.
        recipes: For each setting that differs, its value in each run.
        costs: The cost of each run.
    """

    names: tuple[str, ...]
    part: str
    comparable: bool
    why: str
    metrics: Mapping[str, tuple[Estimate | None, ...]]
    headline: str
    pairs: tuple[Comparison | None, ...]
    looks: tuple[str, ...]
    recipes: Mapping[str, tuple[Any, ...]]
    costs: tuple[Mapping[str, Any], ...]


def compare_runs(runs: Sequence[Run]) -> Compared:
    """Compare finished runs; a paired look at the test part is counted in the ledger of each run.

    Args:
        runs: Two or more; the first is the one that the others are compared with.

    Raises:
        RunError: A file of a run is damaged.
    """
    materials = [gather(run) for run in runs]
    part = "test" if all(material.test for material in materials) else "validation"
    evaluations = [material.test if part == "test" else material.validation for material in materials]
    first = evaluations[0]
    slugs = dict.fromkeys(slug for evaluation in evaluations if evaluation for slug in evaluation.metrics)
    headline = first.headline if first else ""
    comparable, why = _comparable(materials, part)
    pairs = [_pair(materials[0], other, part, comparable) for other in materials[1:]]
    return Compared(
        names=tuple(material.info.name for material in materials),
        part=part,
        comparable=comparable,
        why=why,
        metrics={
            slug: tuple(evaluation.metrics.get(slug) if evaluation else None for evaluation in evaluations)
            for slug in sorted(slugs, key=lambda slug: slug != headline)
        },
        headline=headline,
        pairs=tuple(pair for pair, _ in pairs),
        looks=tuple(look for _, look in pairs),
        recipes=_differences([_flat(to_json(material.recipe) or {}) for material in materials]),
        costs=tuple(document.cost(material) for material in materials),
    )


def compare_document(runs: Sequence[Run]) -> dict[str, Any]:
    """Return the comparison as plain JSON data.

    Returns:
        `runs`, `split`, `comparable`, `why`, `metrics` (estimates by metric, one a run), `comparisons` (each later run
        against the first; null where they have no examples in common), `recipe` (differing settings), `cost`.
    """
    found = compare_runs(runs)
    return to_json(
        {
            "runs": [str(run.path) for run in runs],
            "split": found.part,
            "comparable": found.comparable,
            "why": found.why,
            "headline": found.headline or None,
            "metrics": {slug: [document.estimate(item) for item in row] for slug, row in found.metrics.items()},
            "comparisons": [
                document.comparison(pair, found.part) | {"note": look or None} if pair else None
                for pair, look in zip(found.pairs, found.looks, strict=True)
            ],
            "recipe": found.recipes,
            "cost": found.costs,
        }
    )


def compare_text(runs: Sequence[Run]) -> str:
    """Return the comparison for the terminal."""
    found = compare_runs(runs)
    names = _distinct(found.names)
    rows: list[tuple[str, ...]] = [("", *names)]
    rows += [
        (
            metrics.title(slug) + ("" if metrics.higher_is_better(slug) else " (lower is better)"),
            *map(written.measured, row),
        )
        for slug, row in found.metrics.items()
    ]
    costs = [("wall clock", "seconds", written.seconds), ("epochs", "epochs", written.value)]
    rows += [(title, *(how(cost[key]) for cost in found.costs)) for title, key, how in costs]
    blocks = [found.why, _aligned(rows), *_paired(found, names)]
    if found.recipes:
        differing: list[tuple[str, ...]] = [("Settings that differ", *names)]
        differing += [(key, *map(written.value, row)) for key, row in found.recipes.items()]
        blocks.append(_aligned(differing))
    return "\n\n".join(blocks)


def _paired(found: Compared, names: Sequence[str]) -> list[str]:
    lines = []
    for name, pair, look in zip(names[1:], found.pairs, found.looks, strict=True):
        if pair is not None:
            gap = written.difference(pair.difference, pair.low, pair.high)
            of = f"{metrics.title(pair.metric)}, paired; positive is better"
            lines.append(f"{name} against {names[0]}: {gap}, {pair.decision.value} ({of})")
            lines += [look] * bool(look)
    return ["\n".join(lines)] if lines else []


def _comparable(materials: Sequence[Material], part: str) -> tuple[bool, str]:
    marks = {((material.data.get("split") or {}).get("fingerprints") or {}).get(part) for material in materials}
    headlines = {material.evaluation.headline if material.evaluation else None for material in materials}
    if None in headlines:
        return False, "Not directly comparable: at least one run has measured nothing on held-out examples."
    if None in marks or len(marks) > 1:
        return False, f"Not directly comparable: the runs were measured on different {part} examples."
    if len(headlines) > 1:
        titles = ", ".join(sorted(metrics.title(slug) for slug in headlines if slug))
        return False, f"The same {part} examples, but different headline metrics ({titles}); compare line by line."
    return True, f"Directly comparable: the same {part} examples and the same headline metric."


def _pair(first: Material, other: Material, part: str, comparable: bool) -> tuple[Comparison | None, str]:
    """The paired difference, and what must be said of it."""
    evaluations = [material.test if part == "test" else material.validation for material in (first, other)]
    if not comparable or evaluations[0] is None or evaluations[1] is None:
        return None, ""
    ours, theirs = other.predictions(evaluations[1].learner, part), first.predictions(evaluations[0].learner, part)
    if ours is None or theirs is None or any(not np.array_equal(ours[key], theirs[key]) for key in ("rows", "target")):
        return None, ""
    look = _entered(first, other, ours["prediction"], theirs["prediction"]) if part == "test" else None
    found = compare(
        evaluations[0].headline,
        ours["target"],
        ours["prediction"],
        theirs["prediction"],
        a=other.info.name,
        b=first.info.name,
        groups=theirs.get("groups", ours.get("groups")),
        folds=(first.data.get("split") or {}).get("folds") or None if look is None else None,
        **({} if look is None else {"alpha": look.alpha}),
    )
    return found, "" if look is None else look.label


def _entered(first: Material, other: Material, *predictions: np.ndarray) -> TestLook:
    """The look as both runs count it; the same predictions again are the same look."""
    digest = hashlib.blake2b(digest_size=8)
    for hashed in sorted(hashlib.blake2b(np.ascontiguousarray(array).tobytes()).digest() for array in predictions):
        digest.update(hashed)
    looks = [
        entered(mine.run, "vandap compare", f"paired with {partner.info.name}", digest.hexdigest())
        for mine, partner in ((first, other), (other, first))
    ]
    return max(looks, key=lambda look: look.number)


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {prefix: value}
    return {
        key: item for name, entry in value.items() for key, item in _flat(entry, f"{prefix}.{name}".lstrip(".")).items()
    }


def _differences(recipes: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Any, ...]]:
    keys = dict.fromkeys(key for recipe in recipes for key in recipe)
    rows = {key: tuple(recipe.get(key) for recipe in recipes) for key in keys}
    return {key: row for key, row in rows.items() if any(item != row[0] for item in row)}


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    if len(set(names)) == len(names):
        return tuple(names)
    return tuple(f"{name} ({place})" for place, name in enumerate(names, start=1))


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    cells = [[cell if len(cell) <= _KEY_WIDTH else cell[: _KEY_WIDTH - 1] + "…" for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )

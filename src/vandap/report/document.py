"""The document that `--json` prints: stable names, numbers as numbers, null for what was not measured."""

from __future__ import annotations

from typing import Any

from vandap.core.estimate import Comparison, Estimate
from vandap.core.evaluation import Evaluation, Rung
from vandap.core.records import to_json
from vandap.core.store import Run
from vandap.report.format import is_number
from vandap.report.material import Material, gather
from vandap.report.summary import summarise


def document(run: Run) -> dict[str, Any]:
    """Return a run as plain JSON data.

    Args:
        run: The run, finished or not.

    Returns:
        `run`, `task`, `status`, `metric`, `baseline`, `comparison`, `recommended`, `findings`, `experiments`, `report`,
        `validation`, `ladder`, `cost`. What the run has not measured is null or empty.

    Raises:
        RunError: A file of the run is damaged.
    """
    material = gather(run)
    summary = summarise(material)
    rival, report = summary.rival, run.path / "report.html"
    ladder = material.ladder
    content = {
        "run": str(run.path),
        "task": material.data.get("task"),
        "status": material.info.status,
        "metric": _headline(material.test),
        "baseline": {"name": rival.slug, **estimate(rival.score), "split": rival.part} if rival else None,
        "comparison": comparison(summary.comparison, rival.comparison_part) if rival and summary.comparison else None,
        "recommended": ladder.recommended if ladder else None,
        "findings": material.findings,
        "experiments": [],
        "report": str(report) if report.is_file() else None,
        "validation": _headline(material.validation),
        "ladder": [_rung(rung) for rung in ladder.rungs] if ladder else [],
        "cost": cost(material),
    }
    return to_json(content)


def estimate(found: Estimate | None) -> dict[str, Any]:
    """Return an estimate as `value` and `interval` (null when there is none)."""
    if found is None:
        return {"value": None, "interval": None}
    return {"value": found.value, "interval": [found.low, found.high] if found.has_interval else None}


def comparison(found: Comparison, split: str) -> dict[str, Any]:
    """Return a comparison as `difference`, `interval`, `verdict`, `margin`, `split`."""
    return {
        "difference": found.difference,
        "interval": [found.low, found.high],
        "verdict": found.decision,
        "margin": found.margin,
        "split": split,
    }


def cost(material: Material) -> dict[str, Any]:
    """Return what the run cost: seconds of each stage, and the account of the network's training."""
    fit, account = ((material.program or {}).get(name) or {} for name in ("fit", "cost"))
    stages = {name: value for name, value in material.info.seconds.items() if is_number(value)}
    total = stages.pop("total", None)
    return {
        "seconds": total if total is not None else sum(stages.values()),
        "stages": stages,
        "backend": (material.program or {}).get("backend"),
        "epochs": account.get("epochs_run"),
        "iterations": account.get("iterations_run"),
        "batch_size": fit.get("batch_size"),
        "seconds_per_step": account.get("seconds_per_step"),
        "fit_seconds": account.get("fit_seconds"),
    }


def _headline(evaluation: Evaluation | None) -> dict[str, Any] | None:
    if evaluation is None:
        return None
    score = evaluation.metrics.get(evaluation.headline)
    count = score.count if score else None
    return {"name": evaluation.headline, **estimate(score), "split": evaluation.part, "count": count}


def _rung(rung: Rung) -> dict[str, Any]:
    return {
        "name": rung.slug,
        "title": rung.title,
        "simple": rung.simple,
        "status": rung.status,
        "reason": rung.reason,
        **estimate(rung.score),
        "rows": rung.rows,
        "fit_seconds": rung.fit_seconds,
        "predict_ms": rung.predict_ms,
        "parameters": rung.parameters,
    }

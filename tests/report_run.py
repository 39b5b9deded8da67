"""Complete run folders made of numbers, for tests of whatever reads runs: no training and no data set."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from report_program import program

from vandap.core.estimate import Comparison, Decision, Estimate
from vandap.core.evaluation import Ladder, Rung
from vandap.core.finding import Finding, Severity, Status, Verdict, Where
from vandap.core.recipe import DataSpec, Recipe
from vandap.core.signals import Series
from vandap.core.store import Run, RunInfo, RunWriter, writing
from vandap.core.task import Task
from vandap.evaluate.compare import compare
from vandap.evaluate.evaluate import evaluate

CLASSES = (
    "airplane",
    "bird",
    "<script>alert(1)</script>",
    "ship & boat",
    "ein sehr langer Klassenname für einen Tiger",
)
STARTED = 1_760_000_000.0


def info(name: str, status: str = "done", error: str = "") -> RunInfo:
    """`run.json` of a run."""
    return RunInfo(
        name=name,
        status=status,
        key="0123abcd",
        command=("vandap", "train", "photos of animals/", "--budget", "10m"),
        started=STARTED,
        ended=STARTED + 500 if status == "done" else math.nan,
        seconds={"read": 4.2, "ladder": 61.0, "network": 390.5, "evaluate": 7.9, "report": 0.4},
        versions={"python": "3.11.9", "vandap": "0.1.0", "keras": "3.15.0", "jax": "0.7.0"},
        hardware={"processor": "a processor", "cores": 2, "memory_bytes": 8_000_000_000, "accelerators": []},
        error=error,
    )


def images(path: Path, *, classes: int = 5, rows: int = 400, seed: int = 0) -> Run:
    """A finished run of an image network on `classes` classes, with everything a report can show."""
    rng = np.random.default_rng(seed)
    names = tuple(CLASSES[code] if code < len(CLASSES) else f"class {code}" for code in range(classes))
    target = rng.integers(0, classes, rows).astype(np.int32)
    network, forest = (_probabilities(rng, target, classes, sharpness) for sharpness in (3.4, 1.2))
    with writing(path) as writer:
        _common(writer, path.name, Task.MULTICLASS if classes > 2 else Task.BINARY, names, rows, kind="images")
        writer.json("ladder", _ladder("macro_f1", (0.83, 0.80, 0.86), (0.61, 0.57, 0.65), network=True))
        task = Task.MULTICLASS if classes > 2 else Task.BINARY
        headline = "macro_f1" if classes > 2 else "roc_auc"
        _evaluations(writer, task, names, headline, {"image_cnn": network, "random_forest": forest}, target)
        writer.json("findings", verdicts())
        writer.json("program", program())
        _training_signals(writer, rng)
        counts = np.stack([np.bincount(target, minlength=classes) * factor for factor in (8, 1, 1)])
        labels = {"split": ("train", "validation", "test"), "class": names}
        writer.signal("class_counts", Series(counts.astype(float), labels))
        writer.signal("calibration", Series(np.array([0.06, 0.03, rows]), {"fact": ("ece", "null95", "count")}))
        _worst_images(writer, names)
    return Run(path)


def table(path: Path, *, rows: int = 180, seed: int = 1) -> Run:
    """A finished binary run on a small table with folds, where a simple model is recommended."""
    rng = np.random.default_rng(seed)
    target = (rng.random(rows) < 0.3).astype(np.int32)
    trees, linear = (_probabilities(rng, target, 2, sharpness) for sharpness in (1.6, 1.4))
    with writing(path) as writer:
        _common(writer, path.name, Task.BINARY, ("no", "yes"), rows, kind="table")
        ladder = _ladder("roc_auc", (0.88, 0.81, 0.93), (0.86, 0.79, 0.92), network=False)
        writer.json("ladder", ladder)
        predictions = {"boosted_trees": trees, "random_forest": linear}
        _evaluations(writer, Task.BINARY, ("no", "yes"), "roc_auc", predictions, target)
        writer.json(
            "findings", [Verdict("A8", "class-imbalance", Status.CLEAR, "30 % of the rows are the rarer class.")]
        )
        writer.json("worst", [_worst_row(row, {"age": 30 + row, "city": "Köln", "note": None}) for row in range(6)])
    return Run(path)


def regression(path: Path, *, rows: int = 600, seed: int = 2) -> Run:
    """A finished regression run on a table."""
    rng = np.random.default_rng(seed)
    target = rng.gamma(3.0, 80_000, rows)
    network = target + rng.normal(0, 25_000, rows)
    forest = target + rng.normal(0, 40_000, rows)
    with writing(path) as writer:
        _common(writer, path.name, Task.REGRESSION, (), rows, kind="table", target=target)
        writer.json("ladder", _ladder("mae", (20_100, 18_900, 21_400), (31_800, 29_900, 33_800), network=True))
        _evaluations(writer, Task.REGRESSION, (), "mae", {"image_cnn": network, "random_forest": forest}, target)
        writer.json("findings", verdicts()[:2])
        writer.json("program", program())
        _training_signals(writer, rng)
        worst = [
            {"row": row, "name": f"row {row}", "true": 5e5, "predicted": 3e5, "error": -2e5, "image": None}
            for row in (1, 2)
        ]
        writer.json("worst", [{**entry, "values": {"rooms": 3.0, "city": "Hà Nội"}} for entry in worst])
    return Run(path)


def failed(path: Path, *, status: str = "failed") -> Run:
    """A run that ended early: no program, no evaluation, no exam; its ladder holds a rung without a score."""
    with writing(path) as writer:
        writer.json("run", info(path.name, status, "The disk is full." if status == "failed" else ""))
        writer.json("recipe", Recipe(DataSpec("photos/")))
        writer.json(
            "ladder", Ladder((Rung("dummy", "Dummy", True, "failed", "The disk is full."),), "dummy", None, None)
        )
    return Run(path)


def bare(path: Path, *, status: str = "running") -> Run:
    """A run that has only just begun: `run.json` and nothing else."""
    with writing(path) as writer:
        writer.json("run", replace(info(path.name, status), seconds={}, hardware={}))
    return Run(path)


def _probabilities(rng: np.random.Generator, target: np.ndarray, classes: int, sharpness: float) -> np.ndarray:
    scores = rng.normal(0, 1, (len(target), classes))
    scores[np.arange(len(target)), target] += sharpness
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def _common(
    writer: RunWriter,
    name: str,
    task: Task,
    classes: tuple[str, ...],
    rows: int,
    *,
    kind: str,
    target: np.ndarray | None = None,
) -> None:
    writer.json("run", info(name))
    writer.json("recipe", Recipe(DataSpec("photos of animals/"), plan={"backend": "jax", "learning_rate": 0.003}))
    facts = {"name": "animals"} if target is None else _target_facts(target)
    folds = 5 if kind == "table" and target is None else 0
    profile = _image_profile() if kind == "images" else _table_profile()
    writer.json("data", _data(task, classes, rows, kind, facts, folds, profile))


def _target_facts(target: np.ndarray) -> dict[str, Any]:
    low, high, mean, deviation = (float(value) for value in (target.min(), target.max(), target.mean(), target.std()))
    return {"name": "price", "min": low, "max": high, "mean": mean, "deviation": deviation}


def _data(
    task: Task, classes: tuple[str, ...], rows: int, kind: str, target: Any, folds: int, profile: Any
) -> dict[str, Any]:
    clean = {"exact": 0, "near": 0, "group": None, "time": None}
    return {
        "name": "animals",
        "source": "photos of animals/",
        "kind": kind,
        "task": task,
        "classes": classes,
        "columns": [],
        "rows": rows * 10,
        "target": target,
        "split": {
            "method": "Stratified by class; duplicates kept together.",
            "given": False,
            "train": rows * 8,
            "validation": 0 if folds else rows,
            "test": rows,
            "folds": folds,
            "fingerprints": {"train": "aa11" * 8, "validation": "bb22" * 8, "test": "cc33" * 8},
        },
        "notes": ["The task was taken to be classification, because the target holds few distinct values."],
        "profile": profile,
        "audit": {
            "exact_duplicates": 3,
            "near_duplicates": 11 if kind == "images" else None,
            "conflicting": 0,
            "overlap": dict.fromkeys(("train-validation", "train-test", "validation-test"), clean),
            "checks": ["No example of the test part stands in the training part.", "Every class is in every part."],
        },
        "fingerprint": "ff00" * 8,
        "ledger": [{"time": STARTED + 490, "reader": "vandap train", "what": "final evaluation"}],
    }


def _image_profile() -> dict[str, Any]:
    return {
        "count": 4000,
        "sizes": [[32, 32, 3900], [64, 48, 100]],
        "modes": {"RGB": 3950, "L": 50},
        "unreadable": ["bird/broken <1>.jpg"],
        "channel_mean": [0.49, 0.48, 0.44],
        "channel_deviation": [0.25, 0.24, 0.26],
    }


def _table_profile() -> dict[str, Any]:
    bell = np.exp(-(np.linspace(-2, 2, 20) ** 2)) * 100
    numbers = {"kind": "number", "role": "feature", "reason": "", "missing": 0.03, "distinct": 812, "top": []}
    shown = {"min": -3.1, "max": 99.5, "mean": 31.25, "deviation": 10.0}
    histogram = {"edges": np.linspace(-3.1, 99.5, 21), "counts": bell.round()}
    category = {"kind": "category", "role": "feature", "missing": 0.0, "distinct": 3, "reason": "few distinct values"}
    return {
        "columns": [
            {"name": "age", **numbers, **shown, "histogram": histogram},
            {"name": "city <b>", **category, "top": [["Köln", 90], ["Hà Nội", 60], ["Oslo", 30]], "histogram": None},
            {"name": "customer", "kind": "identifier", "role": "ignored", "reason": "a new value in every row"},
        ]
    }


def _rung(slug: str, title: str, name: str, score: tuple[float, float, float] | None, **facts: Any) -> Rung:
    estimate = None if score is None else Estimate(name, *score, count=400, method="bca")
    return Rung(slug, title, score=estimate, **{"simple": True, "status": "done", **facts})


def _ladder(name: str, best: tuple[float, float, float], rival: tuple[float, float, float], *, network: bool) -> Ladder:
    lower = name == "mae"
    dummy = (best[0] * 4, math.nan, math.nan) if lower else (best[0] * 0.2, math.nan, math.nan)
    first = ("image_cnn", "Image CNN") if network else ("boosted_trees", "Boosted trees")
    gain = abs(best[0] - rival[0])
    rungs = (
        _rung("dummy", "Dummy", name, dummy, rows=3200, fit_seconds=0.002, predict_ms=0.0004),
        _rung("random_forest", "Random forest", name, rival, rows=3200, fit_seconds=14.2, predict_ms=0.081),
        _rung(
            "svm",
            "Support vector machine",
            name,
            None,
            status="skipped",
            reason="It would have taken 9 min; 60 s were left.",
        ),
        _rung(
            *first,
            name,
            best,
            simple=not network,
            rows=3200,
            fit_seconds=388.0,
            predict_ms=1.9,
            parameters=272_474,
            hyper_parameters={"learning_rate": 0.003, "width": 16},
            reason="Fitted on 3,200 of 32,000 rows to stay within the budget.",
        ),
    )
    decision = Decision.BETTER if network else Decision.CANNOT_TELL
    low = gain * 0.8 if network else -gain
    found = Comparison(name, first[0], "random_forest", gain, low, gain * 1.2, gain / 10, decision, 400)
    return Ladder(rungs, first[0], "random_forest" if network else first[0], first[0] if network else None, (found,))


def _evaluations(
    writer: RunWriter,
    task: Task,
    classes: tuple[str, ...],
    headline: str,
    predictions: Mapping[str, np.ndarray],
    target: np.ndarray,
) -> None:
    """Store predictions on both parts, evaluations of the first learner, and its comparison with the second on test."""
    first, second = predictions
    for part, file in (("out-of-fold" if first == "boosted_trees" else "validation", "validation"), ("test", "test")):
        for learner, prediction in predictions.items():
            writer.predictions(learner, file, np.arange(len(target)), target, prediction)
        why = "Every class counts alike, however rare."
        found = evaluate(
            task, target, predictions[first], classes, part=part, learner=first, headline=headline, why=why
        )
        writer.json(f"evaluation.{file}", replace(found, notes=("The class “ship & boat” has few examples.",)))
    paired = compare(headline, target, predictions[first], predictions[second], a=first, b=second)
    writer.json("comparisons.test", [paired])


def verdicts() -> list[Verdict]:
    """An issue, a suspicion, and the other statuses that a rule can end with."""
    imbalance = Finding(
        code="A8",
        slug="class-imbalance",
        fault="class-imbalance",
        severity=Severity.ISSUE,
        message="The class <bird> has 31 training examples, 26 times fewer than the largest; the limit is 10 times.",
        evidence={"smallest class": 31.0, "largest class": 812.0, "ratio": 26.19},
        where=Where("data"),
        confidence=0.97,
        remedies=("weight-classes", "oversample-rare-classes"),
        figure="data",
    )
    overfit = Finding(
        code="D2",
        slug="overfitting",
        fault="overfitting",
        severity=Severity.TIP,
        message="The network scores 0.99 on training and 0.83 on validation examples.",
        evidence={"training": 0.99, "validation": 0.83, "not measured": math.nan},
        where=Where("model", "stage_3/conv", "train.py", 31),
        confidence=0.7,
        remedies=("augment",),
        figure="training",
        explained_by="A8 class-imbalance",
    )
    return [
        Verdict("A8", "class-imbalance", Status.FOUND, "26 is above 10.", imbalance),
        Verdict("D2", "overfitting", Status.SUSPECTED, "The gap is 0.16.", overfit, ("more-data",)),
        Verdict("A1", "not-normalised", Status.CLEAR, "The inputs lie within 3 of 0."),
        Verdict("A5", "missing-values", Status.NOT_APPLICABLE, "Images have no missing values."),
        Verdict("C1", "loss-target-mismatch", Status.CANNOT_TELL, "The first loss was not measured."),
        Verdict("D13", "no-gain", Status.MUTED),
        Verdict("A7", "shifted-labels", Status.CRASHED, "ValueError: a bug <here>"),
    ]


def _training_signals(writer: RunWriter, rng: np.random.Generator) -> None:
    epochs = np.arange(24)
    writer.signal("loss", Series(1.6 * np.exp(-epochs / 6) + 0.1))
    writer.signal("val_loss", Series(1.5 * np.exp(-epochs / 5) + 0.45 + 0.004 * epochs + rng.normal(0, 0.02, 24)))
    writer.signal("val_score", Series(0.84 - 0.6 * np.exp(-epochs / 5) + rng.normal(0, 0.006, 24)))
    writer.signal("learning_rate", Series(0.003 * 0.5 * (1 + np.cos(np.pi * epochs / 24))))
    writer.signal("initial_loss", Series(np.array(1.61)))
    writer.signal("step_loss", Series(1.6 * np.exp(-np.arange(600) / 150) + rng.normal(0, 0.05, 600) + 0.2))
    rate = 10 ** np.linspace(-6, 0, 80)
    loss = 1.62 - 0.9 / (1 + (3e-4 / rate) ** 1.2) + np.where(rate > 0.03, (rate / 0.03) ** 2, 0)
    writer.signal("range_test", Series(np.stack([rate, loss], axis=1), {"quantity": ("rate", "loss")}))


def _worst_images(writer: RunWriter, names: tuple[str, ...]) -> None:
    from PIL import Image

    folder = writer.path / "worst"
    folder.mkdir(exist_ok=True)
    entries = []
    for row in range(30):
        x, y = np.meshgrid(np.linspace(0, 255, 32), np.linspace(0, 255, 32))
        pixels = np.stack([x, y, np.full_like(x, row * 8)], axis=-1).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{row}.png")
        entry = _worst_row(row, {}, true=names[row % len(names)], predicted=names[(row + 1) % len(names)])
        entries.append({**entry, "image": f"{row}.png" if row != 3 else None})
    writer.json("worst", entries)


def _worst_row(row: int, values: Mapping[str, Any], true: str = "yes", predicted: str = "no") -> dict[str, Any]:
    facts = {"true": true, "predicted": predicted, "probability": 0.99 - row / 100}
    return {"row": row, "name": f"photos/{row}.png", **facts, "image": None, "values": dict(values)}

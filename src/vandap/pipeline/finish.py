"""The one look at the test part, and what is handed over: artifact, worst errors, the frozen recipe."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from vandap import __version__
from vandap.core.dataset import IMAGES, TABLE
from vandap.core.evaluation import Ladder
from vandap.core.memory import give_back
from vandap.core.preprocess import Preprocess
from vandap.core.records import to_json
from vandap.core.rows import picked
from vandap.core.schema import Column, ColumnKind
from vandap.core.store import Run, read_json, write_bytes, write_json
from vandap.evaluate.evaluate import evaluate
from vandap.evaluate.experiment.ledger import entered
from vandap.evaluate.operating import choose_threshold
from vandap.pipeline.fits import predict_rows
from vandap.pipeline.judge import compared, groups_of, headline
from vandap.pipeline.models import load_model, model_folder, refit
from vandap.pipeline.session import Session

ARTIFACT_SCHEMA = 1
WORST = 24


def finish(session: Session, ladder: Ladder) -> None:
    """Read the test part, evaluate the recommended model on it, and write what the user takes away."""
    ladder = _refitted(session, ladder)
    _predict_test(session, ladder)
    _evaluate(session, ladder)
    give_back()
    _compare(session, ladder)
    _worst(session, ladder)
    _artifact(session, ladder)
    _freeze(session, ladder)


def _refitted(session: Session, ladder: Ladder) -> Ladder:
    """Fit the recommended and the best simple rung on training and validation rows, before the test is read."""
    slugs = {ladder.recommended, ladder.best_simple}
    rungs = tuple(refit(session, rung) if rung.slug in slugs else rung for rung in ladder.rungs)
    return replace(ladder, rungs=rungs)


def _predict_test(session: Session, ladder: Ladder) -> None:
    """Predict the test part with every rung, once; the ledger is written before anything is read.

    A process that goes on after a cut between two rungs takes the same look.
    """
    rows = session.dataset.split.test
    wanted = [rung for rung in ladder.rungs if rung.status == "done" and not _has(Run(session.path), rung.slug)]
    if not wanted:  # an earlier process, cut after this look, has them all
        return
    what = f"all rungs predict {len(rows)} test examples"
    look = entered(Run(session.path), "vandap train", what, of="train")
    session.writer.event("test read", looks=look.number)
    target, groups = picked(session.dataset.target, rows), groups_of(session, rows)
    for rung in wanted:
        session.writer.predictions(rung.slug, "test", rows, target, _predicted(session, rung.slug, rows), groups)
    give_back(network=True)


def _predicted(session: Session, slug: str, rows: np.ndarray) -> np.ndarray:
    """Predictions of a rung, which is no longer in memory afterwards."""
    fitted, _ = load_model(session, slug)
    return predict_rows(fitted, session.dataset, rows)


def _evaluate(session: Session, ladder: Ladder) -> None:
    run, dataset, recipe = Run(session.path), session.dataset, session.recipe
    metric, why = headline(session)
    stored = run.predictions(ladder.recommended, "test")
    threshold = None
    if len(dataset.classes) == 2 and recipe.cost is not None:
        judged = run.predictions(ladder.recommended, "validation")
        threshold = choose_threshold(judged["target"], judged["prediction"][:, 1], recipe.cost)
    evaluation = evaluate(
        dataset.task,
        stored["target"],
        stored["prediction"],
        dataset.classes,
        part="test",
        learner=ladder.recommended,
        headline=metric,
        why=why,
        groups=groups_of(session, stored["rows"]),
        cost=recipe.cost,
        seed=recipe.seed,
        threshold=threshold,
    )
    session.writer.json("evaluation.test", evaluation)


def _compare(session: Session, ladder: Ladder) -> None:
    run, metric = Run(session.path), headline(session)[0]
    rival = ladder.comparisons[0].b if ladder.comparisons else None
    others = [slug for slug in dict.fromkeys((rival, "dummy")) if slug and slug != ladder.recommended]
    tests = [compared(session, metric, ladder.recommended, slug, "test") for slug in others if _has(run, slug)]
    session.writer.json("comparisons.test", tests)
    session.writer.json("ladder", ladder)


def _has(run: Run, slug: str) -> bool:
    return (run.path / "predictions" / f"{slug}.test.npz").is_file()


def _worst(session: Session, ladder: Ladder) -> None:
    """Store the test examples on which the recommended model errs most, to be looked at."""
    dataset = session.dataset
    stored = Run(session.path).predictions(ladder.recommended, "test")
    target, prediction = stored["target"], stored["prediction"]
    if dataset.task.is_classification:
        certainty = prediction[np.arange(len(target)), prediction.argmax(axis=1)]
        error = np.where(prediction.argmax(axis=1) == target, -1.0, certainty)
    else:
        error = np.abs(prediction - target)
    order = [index for index in np.argsort(-error, kind="stable")[:WORST] if error[index] > 0]
    entries = [_entry(session, int(stored["rows"][index]), target[index], prediction[index]) for index in order]
    session.writer.json("worst", entries)


def _entry(session: Session, row: int, target: Any, prediction: Any) -> Mapping[str, Any]:
    dataset = session.dataset
    entry: dict[str, Any] = {"row": row, "name": dataset.examples.name(row), "image": None, "values": None}
    if dataset.task.is_classification:
        best = int(prediction.argmax())
        entry |= {
            "true": dataset.classes[int(target)],
            "predicted": dataset.classes[best],
            "probability": prediction[best],
        }
    else:
        entry |= {"true": target, "predicted": prediction, "error": prediction - target}
    raw = dataset.examples.take(np.array([row]))
    if dataset.kind == IMAGES:
        assert isinstance(raw, np.ndarray)
        if raw.shape[-1] not in (1, 3, 4):
            return entry
        entry["image"] = f"{row}.png"
        write_bytes(session.path / "worst" / f"{row}.png", _png(raw[0]))
    elif dataset.kind == TABLE:
        assert isinstance(raw, Mapping)
        entry["values"] = {column.name: _shown(column, raw[column.name][0]) for column in dataset.features[:40]}
    return entry


def _shown(column: Column, value: Any) -> Any:
    if column.kind is ColumnKind.CATEGORY:
        return column.categories[int(value)] if value >= 0 else None
    return float(value)


def _png(image: np.ndarray) -> bytes:
    from PIL import Image

    if image.dtype != np.uint8:
        low, high = float(image.min()), float(image.max())
        image = ((image - low) * (255.0 / max(high - low, 1e-12))).astype(np.uint8)
    picture = Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image)
    small = picture.size[0] < 64
    picture = picture.resize((64, 64), Image.Resampling.NEAREST) if small else picture
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _artifact(session: Session, ladder: Ladder) -> None:
    """Write `artifact/`: the recommended model with all that raw inputs need, and nothing of the training code."""
    dataset, temporary = session.dataset, session.path / "artifact.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    shutil.copytree(model_folder(session, ladder.recommended), temporary)
    _, preprocess = load_model(session, ladder.recommended)
    description = {
        "schema": ARTIFACT_SCHEMA,
        "vandap": __version__,
        "name": session.info.name,
        "learner": ladder.recommended,
        "task": dataset.task,
        "kind": dataset.kind,
        "classes": dataset.classes,
        "columns": [_shipped(column, preprocess) for column in dataset.features],
    }
    write_json(temporary / "artifact.json", description)
    shutil.rmtree(session.path / "artifact", ignore_errors=True)
    temporary.rename(session.path / "artifact")
    if ladder.network:
        _keep_network(session, ladder.network)


def _shipped(column: Column, preprocess: Preprocess) -> Column:
    """A column as the artifact needs it: of its categories only those that the model knows."""
    return replace(column, categories=tuple(preprocess.vocabularies.get(column.name, ())))


def _keep_network(session: Session, slug: str) -> None:
    """Keep the trained network also when another rung is recommended: questions and benchmarks are about it."""
    source, target = model_folder(session, slug), session.path / "network"
    target.mkdir(exist_ok=True)
    for file in source.iterdir():
        shutil.copy2(file, target / file.name)


def _freeze(session: Session, ladder: Ladder) -> None:
    """Write what was measured and chosen into `recipe.json`, so that the same training can be repeated exactly."""
    fits = {
        rung.slug: read_json(session.work / rung.slug / "fits.json") for rung in ladder.rungs if rung.status == "done"
    }
    plan: dict[str, Any] = {"fits": fits}
    backends = session.work / "backends.json"
    if backends.is_file():
        plan["backend"] = read_json(backends)["chosen"]
    session.writer.json("recipe", replace(session.recipe, plan=to_json(plan)))

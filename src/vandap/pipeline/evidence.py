"""What the rules read beside the data and training signals: scores, gains, calibration, drift, single features."""

from __future__ import annotations

import numpy as np

from vandap.core.estimate import Comparison, Estimate
from vandap.core.evaluation import Ladder
from vandap.core.memory import give_back
from vandap.core.rows import without
from vandap.core.signals import Series
from vandap.core.store import Run
from vandap.evaluate.calibration import calibration_signal
from vandap.evaluate.estimate import estimate, oriented
from vandap.evaluate.evaluate import evaluate
from vandap.pipeline.fits import predict_rows, stop_rows
from vandap.pipeline.judge import compared, groups_of, headline
from vandap.pipeline.models import load_model
from vandap.pipeline.session import Session, sample
from vandap.train.probes import feature_scores, split_auc

BOUNDS = ("value", "low", "high")
TRAIN_ROWS = 5_000


def gather(session: Session, ladder: Ladder) -> None:
    """Evaluate the recommended model on validation and write the signals of category *how good*."""
    _evaluate(session, ladder)
    _ladder_signals(session, ladder)
    _network_signals(session, ladder)
    give_back(network=True)
    _data_probes(session, ladder)


def bounds(metric: str, value: Estimate) -> np.ndarray:
    """An estimate as (value, low, high), oriented so that higher is better."""
    ends = sorted((oriented(metric, value.low), oriented(metric, value.high))) if value.has_interval else [np.nan] * 2
    return np.array([oriented(metric, value.value), *ends])


def _evaluate(session: Session, ladder: Ladder) -> None:
    run, dataset = Run(session.path), session.dataset
    metric, why = headline(session)
    stored = run.predictions(ladder.recommended, "validation")
    groups = groups_of(session, stored["rows"])
    evaluation = evaluate(
        dataset.task,
        stored["target"],
        stored["prediction"],
        dataset.classes,
        part="out-of-fold" if dataset.split.folds else "validation",
        learner=ladder.recommended,
        headline=metric,
        why=why,
        groups=groups,
        cost=session.recipe.cost,
        seed=session.recipe.seed,
    )
    session.writer.json("evaluation.validation", evaluation)
    if evaluation.confusion is not None:
        labels = {"class": dataset.classes, "predicted": dataset.classes}
        session.writer.signal("confusion", Series(np.asarray(evaluation.confusion, np.float64), labels))
        signal = calibration_signal(stored["target"], stored["prediction"], session.recipe.seed, groups)
        session.writer.signal("calibration", signal)


def _ladder_signals(session: Session, ladder: Ladder) -> None:
    metric, _ = headline(session)
    scores = {rung.slug: bounds(metric, rung.score) for rung in ladder.rungs if rung.score}
    labels = {"learner": tuple(scores), "bound": BOUNDS}
    session.writer.signal("ladder_scores", Series(np.stack(list(scores.values())), labels))
    if ladder.network and ladder.best_simple:
        _gain(session, "network_gain", compared(session, metric, ladder.network, ladder.best_simple, "validation"))
    if "dummy" in scores and ladder.recommended != "dummy":
        _gain(session, "dummy_gain", compared(session, metric, ladder.recommended, "dummy", "validation"))
    elif ladder.recommended == "dummy":
        session.writer.signal("dummy_gain", Series(np.array([0.0, 0.0, 0.0, 0.01]), {"bound": (*BOUNDS, "margin")}))


def _gain(session: Session, name: str, gain: Comparison) -> None:
    values = np.array([gain.difference, gain.low, gain.high, gain.margin])
    session.writer.signal(name, Series(values, {"bound": (*BOUNDS, "margin")}))


def _network_signals(session: Session, ladder: Ladder) -> None:
    """Score the network on rows it was fitted on, beside its held-out score."""
    if not ladder.network:
        return
    metric, _ = headline(session)
    dataset, seed = session.dataset, session.recipe.seed
    fitted, _ = load_model(session, ladder.network)
    train = without(dataset.split.train, stop_rows(dataset, dataset.split.train, seed))
    rows = sample(train, TRAIN_ROWS, seed)
    prediction = predict_rows(fitted, dataset, rows)
    score = estimate(metric, dataset.target[rows], prediction, groups=groups_of(session, rows), seed=seed)
    session.writer.signal("train_score", Series(bounds(metric, score), {"bound": BOUNDS}))
    held_out = next(rung.score for rung in ladder.rungs if rung.slug == ladder.network)
    if held_out:
        session.writer.signal("validation_score", Series(bounds(metric, held_out), {"bound": BOUNDS}))


def _data_probes(session: Session, ladder: Ladder) -> None:
    dataset, seed, split = session.dataset, session.recipe.seed, session.dataset.split
    _, preprocess = load_model(session, ladder.recommended)
    names, skills = feature_scores(dataset, preprocess, split.train, seed)
    if len(names):
        session.writer.signal("feature_scores", Series(skills, {"feature": names}))
    pairs = {"train-validation": split.validation, "train-test": split.test}
    rows, labels = [], []
    for pair, other in pairs.items():
        member, probability, groups = split_auc(dataset, preprocess, split.train, other, seed)
        if len(member):
            two = np.stack([1 - probability, probability], axis=1)
            auc = estimate("roc_auc", member, two, groups=groups, seed=seed)
            rows.append([auc.value, auc.low, auc.high])
            labels.append(pair)
    if rows:
        session.writer.signal("drift", Series(np.array(rows), {"pair": tuple(labels), "bound": BOUNDS}))

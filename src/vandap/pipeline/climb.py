"""Fit the ladder: simple rungs first, then networks, each judged on the same held-out rows."""

from __future__ import annotations

import os
import shutil
import time
import traceback
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.dataset import IMAGES
from vandap.core.estimate import Comparison
from vandap.core.evaluation import Ladder, Rung
from vandap.core.preprocess import Preprocess
from vandap.core.records import from_json, to_json
from vandap.core.store import Run, read_json, write_bytes, write_json, write_series
from vandap.errors import TrainingError, VandapError
from vandap.evaluate.compare import compare
from vandap.evaluate.estimate import estimate, oriented
from vandap.evaluate.headline import choose_headline
from vandap.pipeline.backend import on_backend
from vandap.pipeline.fits import Part, parts, predict_rows, stop_rows
from vandap.pipeline.session import Session
from vandap.train.catalogue import learner as learner_named
from vandap.train.catalogue import learners
from vandap.train.learner import Fitted, Job, Learner
from vandap.train.network.backbones import find_weights
from vandap.train.network.fitted import NetworkFitted
from vandap.train.network.learner import NetworkLearner
from vandap.train.preprocess import fit_preprocess

SIMPLE_SHARE = {IMAGES: 0.2}
"""Share of the budget for all simple rungs; images leave more to the network."""
_OTHER_SIMPLE_SHARE = 0.4
FINISH_SECONDS, FINISH_SHARE = 3.0, 0.06
"""Kept back for intervals, the exam and the test part."""


def climb(session: Session) -> Ladder:
    """Fit every rung that fits the data; returns the ladder with its comparisons.

    Raises:
        TrainingError: Not a single rung could be fitted.
    """
    chosen = _chosen(session)
    rungs = [_Climber(session, chosen, index).fit() for index in range(len(chosen))]
    done = [rung for rung in rungs if rung.status == "done"]
    if not done:
        reasons = "; ".join(f"{rung.slug}: {rung.reason}" for rung in rungs)
        raise TrainingError(
            "No learner could be fitted.",
            received=reasons,
            expected="at least one fitted learner",
            hint="See events.jsonl.",
        )
    ladder = _compared(session, tuple(rungs), done)
    session.writer.json("ladder", ladder)
    if ladder.network:
        publish(session, ladder.network)
    return ladder


def headline(session: Session) -> tuple[str, str]:
    """The headline metric and why it was chosen, from the training part alone."""
    target = session.dataset.target[session.dataset.split.train]
    counts = np.bincount(target, minlength=len(session.dataset.classes)) if session.dataset.classes else np.zeros(0)
    return choose_headline(session.dataset.task, counts, session.recipe.metric)


def groups_of(session: Session, rows: np.ndarray) -> np.ndarray | None:
    """Group numbers of rows, or None when every row is its own group."""
    groups = session.dataset.split.groups
    if groups is None or len(np.unique(groups[rows])) == len(rows):
        return None
    return groups[rows]


def _chosen(session: Session) -> list[Learner]:
    names = session.recipe.learners
    family = [learner_named(slug) for slug in names] if names else list(learners())
    fitting = [item for item in family if item.fits(session.dataset.kind, session.dataset.task)]
    weights = find_weights(session.recipe.weights) if any(item.needs_weights for item in fitting) else None
    fitting = [item for item in fitting if weights or not item.needs_weights]
    return sorted(fitting, key=lambda item: (not item.simple, item.order))


def _compared(session: Session, rungs: tuple[Rung, ...], done: list[Rung]) -> Ladder:
    metric, _ = headline(session)

    def key(rung: Rung) -> float:
        return oriented(metric, rung.score.value) if rung.score else -np.inf

    ranked = sorted(done, key=key, reverse=True)  # stable: ties go to the rung that was fitted first
    simple = [rung for rung in ranked if rung.simple]
    networks = [rung for rung in ranked if not rung.simple]
    best = ranked[0]
    rival = simple[0] if simple and simple[0] is not best else (ranked[1] if len(ranked) > 1 else None)
    pairs = [(best, rival)] if rival else []
    dummy = next((rung for rung in done if rung.slug == "dummy"), None)
    if dummy and dummy is not best:
        pairs.append((best, dummy))
    if networks and simple and (networks[0], simple[0]) not in pairs:
        pairs.append((networks[0], simple[0]))
    return Ladder(
        rungs=rungs,
        recommended=best.slug,
        best_simple=simple[0].slug if simple else None,
        network=networks[0].slug if networks else None,
        comparisons=tuple(compared(session, metric, a.slug, b.slug, "validation") for a, b in pairs),
    )


def compared(session: Session, metric: str, a: str, b: str, part: str) -> Comparison:
    """Compare two rungs on their stored predictions of one part."""
    run = Run(session.path)
    first, second = run.predictions(a, part), run.predictions(b, part)
    folds = len(session.dataset.split.folds) if part == "validation" else 0
    return compare(
        metric,
        first["target"],
        first["prediction"],
        second["prediction"],
        a=a,
        b=b,
        groups=groups_of(session, first["rows"]),
        folds=folds or None,
    )


class _Climber:
    """Fits one rung."""

    def __init__(self, session: Session, chosen: list[Learner], index: int) -> None:
        self._session, self._learner = session, chosen[index]
        self._folder = session.work / self._learner.slug
        self._budget = self._share(chosen, index)
        self._plan: Mapping[str, Any] = session.recipe.plan.get("fits", {}).get(self._learner.slug, {})
        self._used: dict[str, Mapping[str, Any]] = {}

    def _share(self, chosen: list[Learner], index: int) -> float:
        """Seconds for this rung: an equal part of what its kind has left."""
        session = self._session
        finish = max(FINISH_SECONDS, FINISH_SHARE * session.recipe.budget)
        left = max(0.5, session.left() - finish)
        rest = chosen[index:]
        same = [item for item in rest if item.simple == self._learner.simple]
        if self._learner.simple and any(not item.simple for item in rest):
            share = SIMPLE_SHARE.get(session.dataset.kind, _OTHER_SIMPLE_SHARE)
            spent = session.recipe.budget - session.left()
            left = max(0.5, min(left, share * session.recipe.budget - spent))
        return left / len(same)

    def fit(self) -> Rung:
        """Fit the rung, or read it when an earlier process finished it. A failure is a result, not an end."""
        path = self._folder / "rung.json"
        if path.is_file():
            return from_json(Rung, read_json(path))
        self._folder.mkdir(parents=True, exist_ok=True)
        self._session.progress("stage", {"title": f"fitting {self._learner.title}"})
        try:
            rung = self._fitted()
        except VandapError as error:
            rung = self._rung("failed", reason=str(error).replace("\n", " "))
        except Exception as error:  # a crash in one learner must not end the run
            self._session.writer.event("crash", learner=self._learner.slug, traceback=traceback.format_exc())
            rung = self._rung("failed", reason=f"{type(error).__name__}: {error}")
        write_json(path, rung)
        score = rung.score.value if rung.score else None
        facts = {"learner": self._learner.title, "score": score, "seconds": rung.fit_seconds, "status": rung.status}
        self._session.progress("rung", facts)
        self._session.writer.event("rung", **facts)
        return rung

    def _rung(self, status: str, **facts: Any) -> Rung:
        return Rung(self._learner.slug, self._learner.title, self._learner.simple, status, **facts)

    def _fitted(self) -> Rung:
        session, all_parts = self._session, parts(self._session.dataset)
        began, predicting = time.monotonic(), 0.0
        rows: list[np.ndarray] = []
        predictions: list[np.ndarray] = []
        fitted: Fitted | None = None
        for index, part in enumerate(all_parts):
            fitted, preprocess = self._fit_part(part, self._budget - (time.monotonic() - began), len(all_parts) - index)
            if len(part.held_out):
                start = time.monotonic()
                predictions.append(predict_rows(fitted, session.dataset, part.held_out))
                predicting += time.monotonic() - start
                rows.append(part.held_out)
            if part.name in ("fit", "final"):
                self._keep(fitted, preprocess)
        assert fitted is not None
        held_out, prediction = np.concatenate(rows), np.concatenate(predictions)
        return self._scored(fitted, held_out, prediction, time.monotonic() - began, predicting)

    def _scored(
        self, fitted: Fitted, held_out: np.ndarray, prediction: np.ndarray, seconds: float, predicting: float
    ) -> Rung:
        session = self._session
        order = np.argsort(held_out)
        held_out, prediction = held_out[order], prediction[order]
        target = session.dataset.target[held_out]
        session.writer.predictions(self._learner.slug, "validation", held_out, target, prediction)
        metric, _ = headline(session)
        score = estimate(metric, target, prediction, groups=groups_of(session, held_out), seed=session.recipe.seed)
        return self._rung(
            "done",
            reason=fitted.reason,
            score=score,
            rows=fitted.rows,
            fit_seconds=seconds - predicting,
            predict_ms=1000 * predicting / max(1, len(held_out)),
            parameters=fitted.parameters,
            hyper_parameters=dict(to_json(fitted.hyper_parameters)),
        )

    def _fit_part(self, part: Part, left: float, fits_left: int) -> tuple[Fitted, Preprocess]:
        session = self._session
        seed = session.recipe.seed
        stop = np.zeros(0, np.int64) if self._learner.simple else stop_rows(session.dataset, part.rows, seed)
        learned = np.setdiff1d(part.rows, stop)
        preprocess = fit_preprocess(session.dataset, learned, seed)
        folder = self._folder / part.name
        folder.mkdir(parents=True, exist_ok=True)
        job = Job(
            dataset=session.dataset,
            rows=learned,
            validation=stop,
            preprocess=preprocess,
            seed=seed,
            budget=max(0.5, left / fits_left),
            threads=os.cpu_count() or 1,
            folder=folder,
            settings=self._settings(part),
            progress=session.progress,
        )
        if isinstance(self._learner, NetworkLearner):
            job = on_backend(session, self._learner, job)
        fitted = self._learner.fit(job)
        self._used[part.name] = dict(to_json(fitted.hyper_parameters))
        write_json(self._folder / "fits.json", self._used)
        return fitted, preprocess

    def _settings(self, part: Part) -> Mapping[str, Any]:
        frozen = self._plan.get(part.name)
        if self._learner.simple:
            return frozen or {}
        if frozen:
            return {"plan": frozen}
        first = next(iter(self._used.values()), None)
        if first is not None:  # what the first fold measured serves the others
            return {"plan": {**first, "rates": []}}
        weights = find_weights(self._session.recipe.weights) if self._learner.needs_weights else None
        return {**self._session.recipe.network, **({"weights": str(weights)} if weights else {})}

    def _keep(self, fitted: Fitted, preprocess: Preprocess) -> None:
        save_model(self._folder / "model", fitted, preprocess)
        for name, series in fitted.signals.items():
            write_series(self._folder / "signals", name, series)
        if isinstance(fitted, NetworkFitted):
            path = self._session.work / "backends.json"
            write_json(self._folder / "program.json", {**fitted.program, "backends": read_json(path)["rows"]})


def publish(session: Session, slug: str) -> None:
    """Make one network the run's network: its program, its signals, and what `vandap bench` needs to build it again."""
    source = session.work / slug
    session.writer.json("program", read_json(source / "program.json"))
    write_json(session.path / "network" / "spec.json", read_json(source / "spec.json"))
    for file in (source / "signals").glob("*.npz"):
        write_bytes(session.path / "signals" / file.name, file.read_bytes())


def save_model(folder: Path, fitted: Fitted, preprocess: Preprocess) -> None:
    """Write a fitted model with its preprocessing into a new folder, whole."""
    temporary = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    fitted.save(temporary)
    write_json(temporary / "preprocess.json", preprocess)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)


def load_model(session: Session, slug: str) -> tuple[Fitted, Preprocess]:
    """Read the kept model of a rung."""
    folder = session.work / slug / "model"
    preprocess = from_json(Preprocess, read_json(folder / "preprocess.json"))
    learner = learner_named(slug)
    return learner.load(folder, preprocess, session.dataset.task, session.dataset.classes), preprocess


def refit(session: Session, rung: Rung) -> Rung:
    """Fit a simple rung once more on training and validation rows together, if the time allows."""
    split = session.dataset.split
    if split.folds or not rung.simple or rung.fit_seconds * 1.6 > session.left():
        return rung
    learner, rows = learner_named(rung.slug), np.sort(np.concatenate([split.train, split.validation]))
    preprocess = fit_preprocess(session.dataset, rows, session.recipe.seed)
    nothing, folder = np.zeros(0, np.int64), session.work / rung.slug / "refit"
    folder.mkdir(parents=True, exist_ok=True)
    frozen = session.recipe.plan.get("fits", {}).get(rung.slug, {}).get("refit") or rung.hyper_parameters
    job = Job(
        session.dataset,
        rows,
        nothing,
        preprocess,
        session.recipe.seed,
        max(1.0, session.left()),
        os.cpu_count() or 1,
        folder,
        settings=dict(frozen),
        progress=session.progress,
    )
    fitted = learner.fit(job)
    save_model(session.work / rung.slug / "model", fitted, preprocess)
    fits = read_json(session.work / rung.slug / "fits.json")
    write_json(session.work / rung.slug / "fits.json", {**fits, "refit": to_json(fitted.hyper_parameters)})
    return replace(rung, rows=fitted.rows)

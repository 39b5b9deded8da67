"""Fitted models on disk, and the one more fit that the best simple rung gets."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from vandap.core.evaluation import Rung
from vandap.core.preprocess import Preprocess
from vandap.core.records import from_json, to_json
from vandap.core.store import read_json, write_json
from vandap.pipeline.session import Session
from vandap.train.catalogue import learner as learner_named
from vandap.train.learner import Fitted, Job
from vandap.train.preprocess import fit_preprocess


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

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


def model_folder(session: Session, slug: str) -> Path:
    """Where the model of a rung is: its refit, if there is one."""
    refitted = session.work / slug / "refitted"
    return refitted if refitted.is_dir() else session.work / slug / "model"


def load_model(session: Session, slug: str) -> tuple[Fitted, Preprocess]:
    """Read the kept model of a rung."""
    folder = model_folder(session, slug)
    preprocess = from_json(Preprocess, read_json(folder / "preprocess.json"))
    learner = learner_named(slug)
    return learner.load(folder, preprocess, session.dataset.task, session.dataset.classes), preprocess


def refit(session: Session, rung: Rung) -> Rung:
    """Fit a simple rung once more on training and validation rows together, if the time allows.

    A recipe with a plan repeats what was done, whatever the time.
    """
    split, plan = session.dataset.split, session.recipe.plan.get("fits", {}).get(rung.slug)
    allowed = rung.fit_seconds * 1.6 <= session.left() if plan is None else "refit" in plan
    if split.folds or not rung.simple:
        return rung
    learner, rows = learner_named(rung.slug), np.concatenate([split.train, split.validation])
    rows.sort()
    if model_folder(session, rung.slug).name == "refitted":  # an earlier process, cut after this fit, has it
        fitted, _ = load_model(session, rung.slug)
        return replace(rung, rows=fitted.rows, reason=fitted.reason)
    if not allowed:
        return rung
    preprocess = fit_preprocess(session.dataset, rows, session.recipe.seed)
    nothing, folder = np.zeros(0, np.int64), session.work / rung.slug / "refit"
    folder.mkdir(parents=True, exist_ok=True)
    frozen = (plan or {}).get("refit") or rung.hyper_parameters
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
    fits = read_json(session.work / rung.slug / "fits.json")
    write_json(session.work / rung.slug / "fits.json", {**fits, "refit": to_json(fitted.hyper_parameters)})
    save_model(session.work / rung.slug / "refitted", fitted, preprocess)
    return replace(rung, rows=fitted.rows, reason=fitted.reason)

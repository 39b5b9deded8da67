"""Choose the back end once, before the first network is fitted, and record why."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vandap.core.records import from_json
from vandap.core.store import read_json, write_json
from vandap.pipeline.session import Session
from vandap.train import backends
from vandap.train.learner import Job
from vandap.train.network.learner import NetworkLearner, inputs_and_outputs
from vandap.train.network.plan import Plan, override


def on_backend(session: Session, learner: NetworkLearner, job: Job) -> Job:
    """Set this process's Keras back end for a network job.

    The choice is written down, so that folds and resumed processes use the same one; a recipe's plan decides before
    anything is timed.
    """
    path = session.work / "backends.json"
    spec = _spec(learner, job)
    write_json(session.work / learner.slug / "spec.json", spec)
    _prepare_environment()
    if path.is_file():
        backends.choose(read_json(path)["chosen"], spec, session.recipe.budget)
        return job
    requested = session.recipe.plan.get("backend") or session.recipe.backend
    before = session.left()
    chosen, rows = backends.choose(requested, spec, session.recipe.budget)
    write_json(path, {"chosen": chosen, "rows": rows})
    session.writer.event("backend", chosen=chosen, rows=rows)
    return replace(job, budget=max(0.5, job.budget - (before - session.left())))


def resume_backend(session: Session) -> None:
    """In a resumed process, take the back end that the earlier one chose."""
    path = session.work / "backends.json"
    if path.is_file():
        _prepare_environment()
        backends.choose(read_json(path)["chosen"], {}, session.recipe.budget)


def _spec(learner: NetworkLearner, job: Job) -> Mapping[str, Any]:
    features, outputs = inputs_and_outputs(job)
    frozen = job.settings.get("plan")
    plan = from_json(Plan, frozen) if frozen else override(learner.first_plan(job), job.settings, len(job.rows))
    return backends.network_spec(learner.slug, job.preprocess, features, outputs, plan)


def _prepare_environment() -> None:
    """Let JAX keep compiled programs on disk (folds and later runs compile nothing twice); quieten TensorFlow's log."""
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(backends.cache_folder() / "jax"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

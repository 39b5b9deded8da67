"""One rung of the ladder: its fits, its held-out predictions, its score."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Mapping
from typing import Any

import numpy as np

from vandap.core.dataset import IMAGES
from vandap.core.evaluation import Rung
from vandap.core.memory import give_back
from vandap.core.preprocess import Preprocess
from vandap.core.records import from_json, to_json
from vandap.core.rows import without
from vandap.core.store import read_json, write_json, write_series
from vandap.errors import VandapError
from vandap.evaluate.estimate import estimate
from vandap.pipeline.backend import on_backend
from vandap.pipeline.fits import Part, parts, predict_rows, stop_rows
from vandap.pipeline.judge import groups_of, headline
from vandap.pipeline.models import save_model
from vandap.pipeline.session import Session
from vandap.train.learner import Fitted, Job, Learner
from vandap.train.network.backbones import find_weights
from vandap.train.network.fitted import NetworkFitted
from vandap.train.network.learner import NetworkLearner
from vandap.train.preprocess import fit_preprocess

SIMPLE_SHARE = {IMAGES: 0.15}
"""Share of what is left when the ladder begins for all simple rungs; images leave more to the network."""
_OTHER_SIMPLE_SHARE = 0.4
_ALWAYS = 2
"""Rungs that are fitted, on a sample perhaps, however late it is: the dummy and one simple model."""
FINISH_SECONDS, FINISH_SHARE = 4.0, 0.03
"""Kept back for intervals, the exam and the test part."""


class RungFit:
    """Fits one rung.

    Args:
        session: The run.
        chosen: The learners of the ladder.
        index: Which of them.
        begun: Seconds that were spent when the ladder was begun: reading counts against no rung.
    """

    def __init__(self, session: Session, chosen: list[Learner], index: int, begun: float) -> None:
        self._session, self._learner = session, chosen[index]
        self._folder = session.work / self._learner.slug
        self._budget = self._share(chosen, index, begun)
        self._must = index < _ALWAYS or not self._learner.simple
        self._plan: Mapping[str, Any] = session.recipe.plan.get("fits", {}).get(self._learner.slug, {})
        self._used: dict[str, Mapping[str, Any]] = {}

    def _share(self, chosen: list[Learner], index: int, begun: float) -> float:
        """Seconds for this rung: an equal part of what its kind has left."""
        session = self._session
        finish = max(FINISH_SECONDS, FINISH_SHARE * session.recipe.budget)
        left = session.left() - finish
        rest = chosen[index:]
        same = [item for item in rest if item.simple == self._learner.simple]
        if self._learner.simple and any(not item.simple for item in rest):
            share = SIMPLE_SHARE.get(session.dataset.kind, _OTHER_SIMPLE_SHARE)
            left = min(left, share * (session.recipe.budget - begun) - (session.spent() - begun))
        return left / len(same)

    def fit(self) -> Rung:
        """Fit the rung, or read it when an earlier process finished it. A failure is a result, not an end."""
        path = self._folder / "rung.json"
        if path.is_file():
            return from_json(Rung, read_json(path))
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._budget <= 0 and not self._must and not self._plan:
            rung = self._rung("skipped", reason="the time for simple models was used up")
            write_json(path, rung)
            return rung
        self._session.progress("stage", {"title": f"fitting {self._learner.title}"})
        try:
            rung = self._fitted()
        except VandapError as error:
            rung = self._rung("failed", reason=str(error).replace("\n", " "))
        except Exception as error:  # a crash in one learner must not end the run
            self._session.writer.event("crash", learner=self._learner.slug, traceback=traceback.format_exc())
            rung = self._rung("failed", reason=f"{type(error).__name__}: {error}")
        write_json(path, rung)
        give_back(network=not self._learner.simple)
        self._session.keep_time()
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
        groups = groups_of(session, held_out)
        session.writer.predictions(self._learner.slug, "validation", held_out, target, prediction, groups)
        metric, _ = headline(session)
        score = estimate(metric, target, prediction, groups=groups, seed=session.recipe.seed)
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
        learned = without(part.rows, stop)
        preprocess = fit_preprocess(session.dataset, learned, seed)
        folder = self._folder / part.name
        folder.mkdir(parents=True, exist_ok=True)
        job = Job(
            dataset=session.dataset,
            rows=learned,
            validation=stop,
            preprocess=preprocess,
            seed=seed,
            budget=self._part_budget(left, fits_left),
            threads=os.cpu_count() or 1,
            folder=folder,
            settings=self._settings(part),
            progress=session.progress,
        )
        if isinstance(self._learner, NetworkLearner):
            job = on_backend(session, self._learner, job)
        give_back()
        fitted = self._learner.fit(job)
        self._used[part.name] = dict(to_json(fitted.hyper_parameters))
        write_json(self._folder / "fits.json", self._used)
        return fitted, preprocess

    def _part_budget(self, left: float, fits_left: int) -> float:
        """An equal part of what is left; the first of several network fits, which also measures, gets twice as much."""
        measures = not self._learner.simple and not self._used and fits_left > 1
        return max(0.5, 2 * left / (fits_left + 1) if measures else left / fits_left)

    def _settings(self, part: Part) -> Mapping[str, Any]:
        frozen = self._plan.get(part.name)
        if self._learner.simple:
            return frozen or {}
        if frozen:
            return {"plan": frozen}
        first = next(iter(self._used.values()), None)
        if first is not None:  # what the first fold measured serves the others
            measured = self._folder / next(iter(self._used)) / "plan.json"
            pace = {"pace": read_json(measured)["pace"]} if measured.is_file() else {}  # a recipe's plan measures none
            return {"plan": {**first, "rates": []}, **pace}
        weights = find_weights(self._session.recipe.weights) if self._learner.needs_weights else None
        return {**self._session.recipe.network, **({"weights": str(weights)} if weights else {})}

    def _keep(self, fitted: Fitted, preprocess: Preprocess) -> None:
        save_model(self._folder / "model", fitted, preprocess)
        for name, series in fitted.signals.items():
            write_series(self._folder / "signals", name, series)
        if isinstance(fitted, NetworkFitted):
            path, spec = self._session.work / "backends.json", self._folder / "spec.json"
            write_json(self._folder / "program.json", {**fitted.program, "backends": read_json(path)["rows"]})
            write_json(spec, {**read_json(spec), "plan": to_json(fitted.hyper_parameters)})  # `vandap bench` builds it

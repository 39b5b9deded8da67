"""Fit the ladder: simple rungs first, then networks, each judged on the same held-out rows."""

from __future__ import annotations

import numpy as np

from vandap.core.evaluation import Ladder, Rung
from vandap.core.store import read_json, write_bytes, write_json
from vandap.errors import TrainingError
from vandap.evaluate.estimate import oriented
from vandap.pipeline.backend import resume_backend
from vandap.pipeline.judge import compared, headline
from vandap.pipeline.rung import RungFit
from vandap.pipeline.session import Session
from vandap.train.catalogue import learner as learner_named
from vandap.train.catalogue import learners
from vandap.train.learner import Learner
from vandap.train.network.backbones import find_weights


def climb(session: Session) -> Ladder:
    """Fit every rung that fits the data; returns the ladder with its comparisons.

    Raises:
        TrainingError: Not a single rung could be fitted.
    """
    resume_backend(session)
    chosen, begun = _chosen(session), session.spent()
    rungs = [RungFit(session, chosen, index, begun).fit() for index in range(len(chosen))]
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


def publish(session: Session, slug: str) -> None:
    """Make one network the run's network: its program, its signals, and what `vandap bench` needs to build it again."""
    source = session.work / slug
    session.writer.json("program", read_json(source / "program.json"))
    write_json(session.path / "network" / "spec.json", read_json(source / "spec.json"))
    for file in (source / "signals").glob("*.npz"):
        write_bytes(session.path / "signals" / file.name, file.read_bytes())

"""The promise of a filled structure: tuned on some queries, verified on others, and under filters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vandap.search.engines._engine import Allowed, Engine, Structure
from vandap.search.nearest import exact_under
from vandap.search.target import Filtered, Recall, Setting, Speed, Target
from vandap.search.tune import REPEATS, Exam, Point, exam_of, tune, verify, widen

EXACT = 2000
"""Rows below which a race, or tuning under filters, would only show that all is fast."""
_TUNING = 1 / 3
_TIMED = 1000
_SHARES, _FILTER_QUERIES = (0.5, 0.1, 0.01), 64
"""Shares of the rows that filters are tuned for, and queries asked at each."""


@dataclass(frozen=True)
class Promise:
    """What was found.

    Args:
        setting: How the structure is to be searched.
        recall: On the queries that tuning did not see.
        speed: Of single queries.
        points: The settings that were tried.
        filters: How it is to be searched under filters.
    """

    setting: Setting
    recall: Recall
    speed: Speed
    points: tuple[Point, ...] = ()
    filters: tuple[Filtered, ...] = ()


def promise(chosen: Engine, structure: Structure, exam: Exam, target: Target, lost: float, seed: int) -> Promise:
    """Tune on the first queries, verify on the others.

    Args:
        chosen: The engine.
        structure: Filled.
        exam: All queries.
        target: The promise.
        lost: Share of the true neighbours that earlier rounding lost: that much more must be found, and is taken off.
        seed: Of the filters.
    """
    if len(exam.queries) < 3 or structure.count < target.k:
        nothing = float("nan")
        setting = Setting(structure.efforts()[-1], max(1, structure.count))
        return Promise(setting, Recall(target.k, nothing, 0.0, 0), Speed(nothing, nothing, 0))
    wanted = replace(target, recall=min(target.recall + lost, 0.9999))
    cut = max(1, round(len(exam.queries) * _TUNING))
    tuned = tune(structure, exam.part(slice(cut)), wanted, sorts=chosen.sorts and exam.exact is None)
    others = exam.part(slice(cut, None))
    setting, recall = verify(structure, others, tuned.setting, wanted)
    recall = replace(recall, estimate=recall.estimate - lost, lower95=max(0.0, recall.lower95 - lost))
    exam.judge.release()
    filters = filter_settings(structure, exam, setting, wanted, seed)
    return Promise(setting, recall, others.speed(structure, setting, _TIMED), tuned.points, filters)


def filter_settings(
    structure: Structure, exam: Exam, setting: Setting, target: Target, seed: int
) -> tuple[Filtered, ...]:
    """Settings under filters that leave a share of the rows at random."""
    if not structure.selects or structure.count < EXACT or len(structure.efforts()) == 1:
        return ()
    some, found = exam.part(slice(_FILTER_QUERIES)), []
    draw = np.random.default_rng(seed).random(structure.count, np.float32)
    selections = [Allowed(draw < share) for share in _SHARES]
    held = exam.judge.first(structure.count)
    truths = exact_under(held, some.queries, exam.k + REPEATS, [allowed.mask for allowed in selections], once=True)
    for share, allowed, truth in zip(_SHARES, selections, truths, strict=True):
        hard = exam_of(exam.judge, some.queries, truth.scores, exam.k)
        if allowed.count < exam.k or not len(hard.queries):
            break
        if exam.exact is not None:
            hard = hard.read_from(exam.rows)
        setting = widen(structure, hard, setting, target, allowed)
        found.append(Filtered(share, setting))
    return tuple(found)

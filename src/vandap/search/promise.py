"""The promise of a filled structure: tuned on some queries, verified on others, and under filters."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from vandap.search.engines._engine import Allowed, Engine, Structure
from vandap.search.nearest import exact_under
from vandap.search.recall import less
from vandap.search.rows import Rows
from vandap.search.target import Filtered, Recall, Setting, Speed, Target
from vandap.search.tune import KNOWN, Exam, Point, exam_of, tune, verify, widen

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


def promise(
    chosen: Engine, structure: Structure, exam: Exam, finest: Rows, target: Target, lost: float, seed: int
) -> Promise:
    """Tune on some of the queries, drawn by chance, and verify on the others: a source is often ordered.

    Args:
        chosen: The engine.
        structure: Filled.
        exam: All queries.
        finest: The rows that were rounded least; they say which are near under filters, where nothing is promised.
        target: The promise.
        lost: Share of the true neighbours that earlier rounding lost: that much more must be found, and is taken off.
        seed: Of the draw, and of the filters.
    """
    exam = exam.part(np.random.default_rng((seed, 1)).permutation(len(exam.queries)))
    if len(exam.queries) < 3 or structure.count < target.k:
        nothing = float("nan")
        setting = Setting(structure.efforts()[-1], max(1, structure.count))
        return Promise(setting, Recall(target.k, nothing, 0.0, 0), Speed(nothing, nothing, 0))
    wanted = replace(target, recall=min(target.recall + lost, 0.9999))
    cut = max(1, round(len(exam.queries) * _TUNING))
    tuned = tune(structure, exam.part(slice(cut)), wanted, sorts=chosen.sorts)
    others = exam.part(slice(cut, None))
    setting, recall = verify(structure, others, tuned.setting, wanted)
    filters = filter_settings(structure, exam, finest, setting, wanted, seed)
    more = 1.0 if chosen.sorts else finest.count / structure.count
    grown = tuple(replace(item, setting=_deeper(item.setting, more)) for item in filters)
    speed = others.speed(structure, setting, _TIMED)
    return Promise(_deeper(setting, more), less(recall, lost), speed, tuned.points, grown)


def _deeper(setting: Setting, more: float) -> Setting:
    """As many candidates among so many times the rows: the held-out ones go in when all is measured."""
    return replace(setting, depth=math.ceil(setting.depth * more))


def filter_settings(
    structure: Structure, exam: Exam, finest: Rows, setting: Setting, target: Target, seed: int
) -> tuple[Filtered, ...]:
    """Settings under filters that leave a share of the rows at random."""
    if not structure.selects or structure.count < EXACT or len(structure.efforts()) == 1:
        return ()
    some, found = exam.part(slice(_FILTER_QUERIES)), []
    draw = np.random.default_rng(seed).random(structure.count, np.float32)
    selections = [Allowed(draw < share) for share in _SHARES]
    held = finest.first(structure.count)
    truths = exact_under(held, some.queries, exam.k + KNOWN, [allowed.mask for allowed in selections], once=True)
    for share, allowed, truth in zip(_SHARES, selections, truths, strict=True):
        hard = exam_of(exam.rows, some.queries, truth, exam.k)
        if allowed.count < exam.k or not len(hard.queries):
            break
        setting = widen(structure, hard, setting, target, allowed)
        found.append(Filtered(share, setting))
    return tuple(found)

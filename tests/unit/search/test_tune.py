from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_vectors import identities, row_file

from vandap.search.engines._engine import Allowed, Structure
from vandap.search.nearest import exact
from vandap.search.rows import Rows, normalised
from vandap.search.target import Setting, Target
from vandap.search.tune import KNOWN, Exam, exam_of, tune, verify, widen

COUNT = 600


class Blurred(Structure):
    """Finds the true neighbours among a share of the rows that grows with the effort, in an order that is blurred."""

    def __init__(self, rows: Rows, blur: float) -> None:
        self._rows, self._blur = rows, blur

    @property
    def count(self) -> int:
        """Rows held."""
        return COUNT

    def add(self, rows: np.ndarray) -> None:
        """Never."""

    def search(self, queries: np.ndarray, width: int, effort: int, allowed: Allowed | None = None) -> np.ndarray:
        """The best of the rows whose number, scrambled, is below the effort."""
        near = exact(self._rows, queries, self._rows.count)
        noise = np.random.default_rng(0).standard_normal(self._rows.count) * self._blur
        found = np.full((len(queries), width), -1, np.int64)
        for place, (rows, scores) in enumerate(zip(near.rows, near.scores, strict=True)):
            seen = (rows * 7919) % 100 < effort
            seen &= allowed is None or allowed.mask[rows]
            order = np.argsort(-(scores + noise[rows])[seen])[:width]
            found[place, : len(order)] = rows[seen][order]
        return found

    def efforts(self) -> tuple[int, ...]:
        """Percentages."""
        return (50, 80, 90, 95, 100)

    def save(self, path: Path) -> None:
        """Never."""


@pytest.fixture
def exam(tmp_path: Path) -> Exam:
    """Queries with their answers."""
    rows = row_file(tmp_path, identities(COUNT, 16))
    queries = identities(COUNT + 240, 16)[COUNT:]
    return exam_of(rows, queries, exact(rows, queries, 10 + KNOWN), 10)


def test_no_less_effort_than_the_recall_needs(exam: Exam) -> None:
    """Half of the rows cannot give nine tenths of the neighbours."""
    tuned = tune(Blurred(exam.rows, 0.0), exam, Target(0.85), sorts=True)
    assert tuned.setting.effort >= 85 and tuned.setting.depth == 10
    assert all(point.enough == (point.recall > 0.86) for point in tuned.points if abs(point.recall - 0.86) > 0.02)


def test_a_blurred_order_needs_depth(exam: Exam) -> None:
    """The depth is the smallest tried that reaches the recall; an engine that sorts is given none."""
    blurred = tune(Blurred(exam.rows, 0.05), exam, Target(0.85), sorts=False)
    assert blurred.setting.depth > 10
    assert tune(Blurred(exam.rows, 0.0), exam, Target(0.85), sorts=False).setting.depth == 10


def test_other_queries_that_do_not_confirm_widen_the_search(exam: Exam) -> None:
    """In effort and in depth, to the last of both."""
    for blur in (0.0, 0.05):
        structure = Blurred(exam.rows, blur)
        setting, recall = verify(structure, exam, Setting(100 if blur else 50, 10), Target(0.9))
        assert recall.lower95 >= 0.9
        assert (setting.depth > 12) if blur else (setting.effort > 90)


def test_what_cannot_be_reached_gives_the_best_there_is(exam: Exam) -> None:
    """A target above what any setting tried finds: the one with the highest recall, marked as not enough."""
    tuned = tune(Blurred(exam.rows, 5.0), exam, Target(0.99), sorts=True)
    assert not any(point.enough for point in tuned.points)
    best = max(point.recall for point in tuned.points)
    assert next(point for point in tuned.points if point.setting == tuned.setting).recall == best


def test_a_query_is_no_answer_to_itself(tmp_path: Path) -> None:
    """A row asked for finds itself and its repeats by any setting; only its other neighbours count."""
    vectors = np.concatenate([identities(COUNT, 16)] + [identities(COUNT, 16)[:50]] * 2)
    rows = row_file(tmp_path, vectors)
    queries = normalised(rows.wide(np.arange(100)))
    made = exam_of(rows, queries, exact(rows, queries, 10 + KNOWN), 10)
    assert len(made.queries) == 100 and ((made.answers >= 0).sum(axis=1) >= 10).all()
    assert ((made.same >= 0).sum(axis=1) >= 1).all() and not np.intersect1d(made.answers[0], made.same[0]).max() >= 0
    assert made.recall(Blurred(rows, 0.0), Setting(100, COUNT)).estimate == 1


def test_a_query_that_is_there_too_often_is_left_out(tmp_path: Path) -> None:
    """Nothing is left to find among so many repeats."""
    rows = row_file(tmp_path, np.concatenate([identities(100, 16), np.repeat(identities(1, 16, seed=3), 40, axis=0)]))
    queries = normalised(rows.wide(np.array([0, 120])))
    assert len(exam_of(rows, queries, exact(rows, queries, 10 + KNOWN), 10).queries) == 1


def test_a_filter_is_given_the_effort_that_it_needs(exam: Exam) -> None:
    """Among half of the rows the neighbours are others, and the same share of them must be seen."""
    allowed = Allowed(np.arange(COUNT) % 2 == 0)
    truth = exact(exam.rows, exam.queries, 10 + KNOWN, allowed.mask)
    hard = exam_of(exam.rows, exam.queries, truth, 10)
    setting = widen(Blurred(exam.rows, 0.0), hard, Setting(50, 10), Target(0.85), allowed)
    assert setting.effort >= 85 and setting.depth == 10

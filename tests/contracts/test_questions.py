"""What holds for every question of the registry, and for every answered one on every kind of run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import report_run
import watched_run

from vandap.ask.question import Question, Status
from vandap.ask.registry import PLANNED, answer, answered, entries, find
from vandap.core.records import to_json
from vandap.core.store import Run
from vandap.errors import RunError, UsageError

each_question = pytest.mark.parametrize("question", answered(), ids=lambda question: question.id)


@pytest.fixture(autouse=True)
def no_timing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of the family trains a network."""
    facts = {"version": "1", "low": 0.009, "high": 0.012, "compile_seconds": 1.0, "difference": 1e-7, "loss": 2.3}
    timed = {"seconds_per_step": 0.01, "turns": [0.01, 0.009, 0.012], "reason": "", **facts}
    rows = [{"library": name, "kind": kind, **timed} for name in ("jax", "torch") for kind in ("keras", "bare")]
    rows.append({**rows[-1], "seconds_per_step": None, "low": None, "high": None, "turns": [], "reason": "No LSTM."})
    monkeypatch.setattr("vandap.train.bare.compare.compare_libraries", lambda run: rows)


def test_every_numbered_question_is_there_once() -> None:
    """I1 to I12, K1 to K25 and N1, in order, each once."""
    wanted = [f"I{n}" for n in range(1, 13)] + [f"K{n}" for n in range(1, 26)] + ["N1"]
    assert [entry.id for entry in entries()] == wanted


def test_every_row_says_how() -> None:
    """Each row has a question, how it is answered and the command; what is planned says not yet."""
    assert all(entry.question and entry.how.endswith(".") and entry.command for entry in entries())
    assert {entry.status for entry in PLANNED} == {Status.NOT_YET}


@each_question
def test_the_file_is_named_after_the_number(question: Question) -> None:
    """I4 lives in questions/i4.py."""
    assert type(question).__module__.rsplit(".", 1)[-1] == question.id.lower()


@each_question
@pytest.mark.parametrize("make", [report_run.images, report_run.table, report_run.regression], ids=lambda f: f.__name__)
def test_an_answer_is_words_and_numbers(question: Question, make: Callable[[Path], Run], tmp_path: Path) -> None:
    """On every kind of finished run an answer has text, its tables fit their heads, and all of it is JSON."""
    given = question.answer(make(tmp_path / "run"))
    assert given.text.strip() and given.text.strip()[-1] in ".:"
    assert given.short == "" or given.short.count(". ") >= 1
    for table in given.tables:
        assert {len(row) for row in table.rows} <= {len(table.head)}
    json.dumps(to_json({"text": given.text, "tables": given.tables, **given.document}), allow_nan=False)


@pytest.fixture(scope="module", params=watched_run.RUNS, ids=lambda make: make.__name__)
def watched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A watched run; questions only read it."""
    made: Run = request.param(tmp_path_factory.mktemp("watched") / "run")
    return made


@each_question
def test_a_watched_run_gets_an_answer(question: Question, watched: Run) -> None:
    """On a watched training, sound or crashed, an answer has text and fitting tables, or a clear word is given."""
    try:
        given = question.answer(watched)
    except RunError as error:
        assert error.hint
        return
    assert given.text.strip()[-1] in ".:" and "nan" not in given.text
    for table in given.tables:
        assert {len(row) for row in table.rows} <= {len(table.head)}
    json.dumps(to_json({"text": given.text, "tables": given.tables, **given.document}), allow_nan=False)


@each_question
@pytest.mark.parametrize("make", [report_run.failed, report_run.bare], ids=lambda f: f.__name__)
def test_an_unfinished_run_gets_a_clear_word(question: Question, make: Callable[[Path], Run], tmp_path: Path) -> None:
    """A run that lacks the records is told what it lacks, by an answer or by an error of vandap."""
    try:
        given = question.answer(make(tmp_path / "run"))
    except RunError as error:
        assert error.hint
    else:
        assert given.text


def test_what_is_not_answered_says_not_yet(tmp_path: Path) -> None:
    """A planned question is told apart from an answered one, in words."""
    given = answer(report_run.bare(tmp_path / "run"), PLANNED[0].id)
    assert given.text.startswith("Not yet.") and PLANNED[0].how in given.text


@pytest.mark.parametrize("wanted", ["I13", "K0", "lr*10", ""])
def test_an_unknown_number_is_refused(wanted: str) -> None:
    """What is no number of the registry is refused, with the way to the list."""
    with pytest.raises(UsageError) as caught:
        find(wanted)
    assert "--list" in caught.value.hint

"""In which rounds suspicions are settled."""

import json
from contextlib import nullcontext

import numpy as np
import pytest

from vandap.core.finding import Status, Verdict
from vandap.core.records import from_json
from vandap.core.signals import Series
from vandap.core.store import read_json
from vandap.exam import judge as module
from vandap.watch.kept import Batch, Kept

KEPT = Kept(None, None, Batch(np.zeros((4, 1))))


def _verdicts(*tests):
    return (Verdict("A2", "unscaled-inputs", Status.SUSPECTED if tests else Status.CLEAR, tests=tests),)


@pytest.fixture
def judged(monkeypatch, tmp_path):
    """Judge with these verdicts, one after the other; returns the last ones, what was asked for, and the facts."""

    def run(*rounds, unable=(), interrupted=None, budget=60.0):
        answers, asked, stored = iter(rounds), [], []

        def decide(kept, verdicts, seconds, *, tried, on_signal, on_skip):
            new = [slug for slug in verdicts[0].tests if slug not in tried]
            asked.append(new)
            for slug in set(new) & set(unable):
                on_skip(slug, "It has no time.")
            measured = {f"test_{slug}": Series(np.zeros((1, 1))) for slug in new if slug not in unable}
            for name, series in measured.items():
                if name == interrupted:
                    raise KeyboardInterrupt
                on_signal(name, series)
            return measured

        monkeypatch.setattr(module, "examine", lambda run, muted: next(answers))
        monkeypatch.setattr(module, "Run", lambda folder: None)
        monkeypatch.setattr(module, "keep_sources", lambda folder: None)
        monkeypatch.setattr(module, "write_series", lambda folder, name, series: stored.append(name))
        monkeypatch.setattr("vandap.exam.decide.decide", decide)
        with nullcontext() if interrupted is None else pytest.raises(KeyboardInterrupt):
            module.judge(tmp_path, KEPT, budget)
        last = tuple(from_json(Verdict, item) for item in read_json(tmp_path / "findings.json"))
        told = tmp_path / "tests.json"
        facts = json.loads(told.read_text()) if told.exists() else None
        assert sorted(stored) == (facts["run"] if facts else [])
        return last, asked, facts

    return run


def test_what_one_test_settles_may_ask_for_another(judged):
    """Each test runs once; the folder tells of all rounds together."""
    last, asked, facts = judged(
        _verdicts("standardised_input"), _verdicts("standardised_input", "scaled_rates"), _verdicts()
    )
    assert last == _verdicts()
    assert asked == [["standardised_input"], ["scaled_rates"]]
    assert facts["run"] == ["test_scaled_rates", "test_standardised_input"]


def test_no_test_is_asked_for_in_vain_twice(judged):
    """A suspicion that a test could not settle stays one."""
    last, asked, facts = judged(_verdicts("one_batch", "gradient"), _verdicts("gradient"), unable=("gradient",))
    assert last == _verdicts("gradient")
    assert asked == [["one_batch", "gradient"]]
    assert facts["skipped"] == {"gradient": "It has no time."}


@pytest.mark.parametrize(("first", "budget"), [(_verdicts(), 60.0), (_verdicts("one_batch"), 0.0)])
def test_without_doubt_or_time_nothing_is_tested(judged, first, budget):
    """The first verdicts stand."""
    last, asked, facts = judged(first, budget=budget)
    assert last == first and asked == [] and facts is None


def test_what_was_measured_before_an_interrupt_counts(judged):
    """The tests that had ended are stored and judged, and the folder still tells of earlier rounds."""
    last, _, facts = judged(
        _verdicts("gradient", "label_ranks"),
        _verdicts("one_batch", "scaled_rates"),
        _verdicts("scaled_rates"),
        unable=("label_ranks",),
        interrupted="test_scaled_rates",
    )
    assert last == _verdicts("scaled_rates")
    assert facts["run"] == ["test_gradient", "test_one_batch"]
    assert facts["skipped"] == {"label_ranks": "It has no time."} and facts["interrupted"]

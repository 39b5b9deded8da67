"""What is completed of an exam whose own process could not."""

import pytest

from vandap.core.ending import ENDED, Ending
from vandap.core.finding import Status, Verdict
from vandap.core.records import to_json
from vandap.core.store import read_json, write_json
from vandap.exam import script as module
from vandap.exam.request import Request

BEFORE, AFTER = (Verdict("A2", "unscaled-inputs", status) for status in (Status.SUSPECTED, Status.CLEAR))


@pytest.mark.parametrize(("is_over", "expected"), [(False, AFTER), (True, BEFORE)])
def test_an_exam_that_was_killed_is_judged_by_the_tests_that_had_ended(is_over, expected, monkeypatch, tmp_path):
    """The process takes its request away when it has judged; one that is still there was cut."""
    monkeypatch.setattr("vandap.core.store.Run", lambda folder: None)
    monkeypatch.setattr(module, "examine", lambda run, muted: (AFTER,))
    request = Request("train.py", (), str(tmp_path))
    write_json(tmp_path / "findings.json", (BEFORE,))
    if not is_over:
        request.write()
    module._complete(request, Ending(ENDED, 0, 60.0))
    assert read_json(tmp_path / "findings.json") == to_json((expected,))

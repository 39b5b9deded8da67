"""The bench of repairs: its draw is fixed, its judge is fair, and what it has measured becomes a page."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from bench.repair import power, report, run
from bench.repair.compared import difference, score
from bench.repair.judge import Answers
from bench.repair.members import FIRST, SEEN, _withheld, faults, sound

TARGET = np.arange(300) % 3


def runs(share: float, seeds: int = 8) -> list[Answers | None]:
    """Programs that answer a share of the rows rightly, each on other rows."""
    right = [np.random.default_rng(seed).random(300) < share for seed in range(seeds)]
    return [Answers(TARGET, np.where(row, TARGET, (TARGET + 1) % 3)) for row in right]


def test_the_draw_is_fixed() -> None:
    """The same members each time, scripts and plans in turn, healthy and faulty ones apart."""
    first = [member.name for member in islice(faults("test"), 12)]
    assert first == [member.name for member in islice(faults("test"), 12)]
    assert not {member.name for member in faults("development")} & {member.name for member in faults("test")}
    assert {member.origin for member in islice(faults("test"), 4)} == {"script", "plan"}
    known = [line for file in (SEEN, FIRST) for line in file.read_text(encoding="utf-8").splitlines()]
    looked_at = {json.loads(line)["member"] for line in known}
    assert looked_at and not looked_at & {member.name for member in faults("test")}
    assert len({member.name for member in islice(sound("test"), 60)}) == 60
    assert all(member.name.endswith("-healed") for member in sound("test") if member.origin == "script")


@pytest.mark.parametrize(
    ("given", "shown", "fresh"),
    [
        ("fit(x, validation_data=(x_test, y_test))", "fit(x, validation_data=(x_test[::2], y_test[::2]))", (1, 2)),
        ("fit(x, validation_data=(x_test[:50], y_test[:50]))", None, (50, 1)),
        ("fit(x, validation_split=0.1)", None, (0, 1)),
    ],
)
def test_rows_that_judge_are_never_shown(given: str, shown: str | None, fresh: tuple[int, int]) -> None:
    """A script that validates on its test rows keeps every second one."""
    assert _withheld(given) == (shown or given, fresh)


def test_better_answers_are_better() -> None:
    """Over seeds and rows; a program that never answers is the dummy; two that never do are alike."""
    good, bad, broken = runs(0.9), runs(0.5), [None] * 8
    assert score(good, "classes") == pytest.approx(0.9, abs=0.02)
    assert difference(bad, good, "classes").low > 0.3
    assert difference(broken, good, "classes").middle == pytest.approx(score(good, "classes") - 1 / 3, abs=0.02)
    assert difference(broken, broken, "classes").middle == 0.0
    assert score(broken, "classes", like=good) == pytest.approx(1 / 3)


def test_an_answer_that_is_no_class_is_wrong() -> None:
    """It scores like any other mistake."""
    assert score([Answers(TARGET, np.full(300, -1))], "classes") == 0.0


def test_numbers_are_judged_by_what_they_explain() -> None:
    """The best answer explains all, the mean nothing, and no answer costs more than one."""
    target = np.random.default_rng(0).normal(size=300)
    assert score([Answers(target, target)], "numbers") == pytest.approx(1.0)
    assert score([Answers(target, np.zeros(300))], "numbers") == pytest.approx(0.0, abs=0.02)
    assert score([Answers(target, -9 * target)], "numbers") == -1.0


def test_the_power_of_drawn_experiments_is_that_of_theory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where seeds and rows scatter as the theory says, shares and theory agree."""
    monkeypatch.setattr(power, "EXPERIMENTS", 300)
    rows = [{"arm": "target", "seed": 0, "answers": "".join(map(str, TARGET))}]
    for arm, share in ((power.AS_IT_IS, 0.84), ("units 48", 0.865)):
        for seed, answers in enumerate(runs(share, 40)):
            assert answers is not None
            rows.append({"arm": arm, "seed": seed, "answers": "".join(map(str, answers.given))})
    (found,) = power.powers(rows)
    assert found.seeds == 40 and found.effect == pytest.approx(0.025, abs=0.01)
    assert all(abs(found.found[look] - found.theory[look]) < 0.12 for look in power.LOOKS)


def _gain(low: float, high: float) -> dict[str, float]:
    return {"middle": (low + high) / 2, "low": low, "high": high}


def _arm(gained: float, value: float, *changes: str) -> dict[str, object]:
    told = {"status": "proved", "changes": list(changes), "trainings": 40, "seconds": 80.0}
    return {**told, "gain": _gain(gained - 0.1, gained + 0.1), "score": value}


ROWS = [
    {
        "part": "faults", "member": f"m{place}", "origin": origin, "kind": "classes", "counts": place != 3,
        "gap": _gain(0.2, 0.4), "scores": {"healthy": 0.9, "sick": 0.5},
        "arms": {"fix": _arm(0.3, 0.85, "learning rate 0.001"), "random": _arm(0.0, 0.5)} if place != 3 else {},
    }
    for place, origin in enumerate(["script", "plan", "script", "plan"])
] + [
    {"part": "faults", "member": "m2", "origin": "script", "kind": "classes", "arms": {"suggested": _arm(0.3, 0.85)}},
    {
        "part": "healthy", "member": "h0", "origin": "plan", "kind": "classes",
        "arms": {"fix": {"status": "nothing found", "changes": [], "trainings": 0, "seconds": 3.0}},
    },
    {"part": "same", "member": "s", "verdict": "no difference", "folds": False},
    {"part": "speed", "member": "s", "backend": "torch", "ours": 10.0, "fresh": 40.0, "trials": 16},
]  # fmt: skip


def test_what_was_measured_becomes_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each part has its table, as far as it was run; a fault that does not count is named."""
    path = tmp_path / "results.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    monkeypatch.setattr(report, "RESULTS", path)
    monkeypatch.setattr(report, "RESAMPLES", 50)
    report.main()
    page = capsys.readouterr().out
    assert "3 faults count of 4 drawn (not: `m3`)" in page and "| fix | 3 | 3 | 100 % [" in page
    assert "| suggested | 1 | 1 | 100 % [" in page  # measured later
    assert "| 0.87 [" in page  # recovered: 0.35 of a gap of 0.4
    assert "+100 [+100, +100] points more often than *random*" in page
    assert "Geometric mean of the ratios: 4.0" in page and "Not run yet." in page
    assert run.rows(path, "healthy")[0]["member"] == "h0"

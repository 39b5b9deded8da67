"""Do a rule's remedies better the held-out metric of its fault? Drills, and what the rule advises for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.repair.cures import Row, Tools
from bench.repair.replay import replayed
from vandap.core.examined import Examined
from vandap.core.finding import Finding
from vandap.core.store import Run
from vandap.diagnose.catalogue import rules
from vandap.diagnose.rule import Rule
from vandap.errors import VandapError
from vandap.evaluate.experiment.plan import LOOKS, Plan
from vandap.repair.bench import Bench
from vandap.repair.catalogue import catalogue
from vandap.repair.changes.change import Change
from vandap.repair.confirm import Confirmation
from vandap.repair.remedy import Case

DRILLS = Path(__file__).parents[2] / "tests" / "drills"
MOST = 4
"""Answers of a rule that are tried: the likeliest ones."""
_EXAM, _LONG = 60.0, 1800.0
"""Seconds of the exam's own tests, and of everything about one drill."""

Answer = tuple[str, tuple[Change, ...]]


def measure(known: Sequence[Row], count: int, tools: Tools) -> Iterator[Row]:
    """Try what each rule that a drill shows advises for it."""
    done = {row["member"] for row in known}
    shown = [rule for rule in rules() if (DRILLS / rule.slug).is_dir() and rule.slug not in done]
    for rule in shown[: max(count - len(known), 0)]:
        folder = tools.work / rule.slug
        shutil.rmtree(folder, ignore_errors=True)
        try:
            yield {"member": rule.slug, "rule": rule.code} | _tried(rule, folder)
        except VandapError as error:
            yield {"member": rule.slug, "rule": rule.code, "refused": str(error).splitlines()[0], "tried": []}
        shutil.rmtree(folder, ignore_errors=True)


def _tried(rule: Rule, folder: Path) -> Row:
    folder.mkdir(parents=True)
    script = folder / "own" / "train.py"
    shutil.copytree(DRILLS / rule.slug, script.parent, ignore=shutil.ignore_patterns("healthy.py", "__pycache__"))
    (script.parent / "sick.py").rename(script)
    run = folder / "run"
    with replayed(script, run, _LONG, _EXAM) as (bench, examined):
        finding = next(
            (verdict.finding for verdict in examined.verdicts if verdict.code == rule.code and verdict.finding), None
        )
        if finding is None:
            return {"refused": "not found", "tried": []}
        answers = _answers(finding, examined, run)
        makeable = [item for item in answers if bench.trials.can_make(item[1])]
        if not makeable:
            return {"refused": "advice" if not answers else "cannot be made", "tried": []}
        bench.rehearse([changes for _, changes in makeable])
        below = bench.trials.folder.parent
        return {
            "metric": bench.scale.metric,
            "tried": [_outcome(bench, below, place, item) for place, item in enumerate(makeable[:MOST])],
        }


def _answers(finding: Finding, examined: Examined, run: Path) -> list[Answer]:
    """What the finding's remedies would change, each once."""
    assert examined.program is not None
    case = Case(finding, examined.program, Run(run).signals)
    found: dict[tuple[Change, ...], str] = {}
    for slug in finding.remedies:
        for changes in catalogue()[slug].proposals(case):
            found.setdefault(changes, slug)
    return [(slug, changes) for changes, slug in found.items()]


def _outcome(bench: Bench, below: Path, place: int, answer: Answer) -> Row:
    slug, changes = answer
    folder = below / f"experiment-{place}"
    folder.mkdir()
    confirmation = Confirmation(bench.trials, bench.scale, folder, "Does this cure its fault?")
    outcome = confirmation.decide(changes, Plan(LOOKS[:1])).outcome
    assert outcome is not None
    effect = outcome.effect
    return {
        "remedy": slug,
        "changes": [change.words for change in changes],
        "verdict": outcome.decision.value,
        "gain": {"middle": effect.difference, "low": effect.low, "high": effect.high},
        "broken": dict(outcome.broken),
    }

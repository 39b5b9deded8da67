"""What a script becomes in the hands of `vandap fix`, and of random search over the changes that `fix` can make.

All arms have one deadline, and none is given a change that changes nothing.
"""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.repair.replay import replayed
from vandap.core.examined import Examined
from vandap.core.finding import Finding, Severity
from vandap.core.store import Run
from vandap.errors import VandapError
from vandap.repair.bench import Bench, Plan
from vandap.repair.catalogue import catalogue
from vandap.repair.changes.change import restored
from vandap.repair.fix import ScriptRepair
from vandap.repair.proposals import Bundle, Proposal, joined, proposals
from vandap.repair.remedy import Case, Safety
from vandap.repair.runner import Job
from vandap.repair.source.project import Project, apply
from vandap.repair.trial.copy import Folder

MOST_CHANGES = 3
"""A bundle of random search has one to so many changes."""
_NOTHING = Finding("", "", "", Severity.TIP, "")


@dataclass(frozen=True)
class Cured:
    """What came of a script.

    Args:
        source: The script with the changes that were kept.
        status: How the search ended.
        changes: What was kept, in words.
        trainings: How many trainings were run.
        seconds: Wall clock of everything.
    """

    source: str
    status: str
    changes: tuple[str, ...] = ()
    trainings: int = 0
    seconds: float = 0.0


def fix(script: Path, budget: float, seed: int) -> Cured:
    """Repair a script with `vandap fix`; it is kept as it is where `fix` refuses it."""
    began, source = time.monotonic(), script.read_text(encoding="utf-8")
    repair = ScriptRepair(script, plan=Plan(budget), out=script.parent / "fix", environment=dict(os.environ))
    try:
        with contextlib.chdir(script.parent):
            fixed, examined = repair.run()
    except VandapError as error:
        return Cured(source, f"refused: {error}", seconds=time.monotonic() - began)
    changes = tuple(restored(step.change) for step in fixed.kept)
    seconds = time.monotonic() - began
    return Cured(_edited(script, examined, changes), fixed.status, _words(changes), fixed.trainings, seconds)


def random_search(script: Path, budget: float, seed: int) -> Cured:
    """Try random bundles of the changes that any remedy can make of this script, whatever is wrong with it."""
    return _searched(script, budget, seed, _every_change)


def random_search_of_suggestions(script: Path, budget: float, seed: int) -> Cured:
    """Try random bundles of the changes that the findings about this script suggest."""
    return _searched(script, budget, seed, _suggested_changes)


ARMS: Mapping[str, Callable[[Path, float, int], Cured]] = {
    "fix": fix,
    "random": random_search,
    "suggested": random_search_of_suggestions,
}


def _every_change(examined: Examined, run: Run) -> Sequence[Proposal]:
    assert examined.program is not None
    case = Case(_NOTHING, examined.program, run.signals)
    made = dict.fromkeys(changes for cure in catalogue().values() for changes in cure.proposals(case))
    return [Proposal(changes, "", "", Safety.SAFE) for changes in made]


def _suggested_changes(examined: Examined, run: Run) -> Sequence[Proposal]:
    assert examined.program is not None
    return proposals(examined.findings, examined.program, run.signals)


def _searched(script: Path, budget: float, seed: int, space: Callable[[Examined, Run], Sequence[Proposal]]) -> Cured:
    """One training a bundle until the time is up; the best on the screening rows is kept, if it beats the script."""
    began, source = time.monotonic(), script.read_text(encoding="utf-8")
    generator, folder = random.Random(seed), script.parent / "searched"
    try:
        with replayed(script, folder, budget) as (bench, examined):
            known = [item for item in space(examined, Run(folder)) if bench.trials.can_make(item.changes)]
            generator.shuffle(known)
            best = _best(bench, known, generator) if known else ()
    except VandapError as error:
        return Cured(source, f"refused: {error}", seconds=time.monotonic() - began)
    seconds = time.monotonic() - began
    return Cured(_edited(script, examined, best), "searched", _words(best), bench.count, seconds)


def _best(bench: Bench, known: Sequence[Proposal], generator: random.Random) -> Bundle:
    bench.rehearse([item.changes for item in known])
    trials, scale, tried = bench.trials, bench.scale, dict[Bundle, float]()
    wanted: Sequence[Bundle] = [()]
    while wanted:
        for bundle, done in zip(wanted, trials.run([Job(bundle, 0) for bundle in wanted]), strict=True):
            if done is not None:
                tried[bundle] = scale.score(scale.prediction(done.folder, done.result), "select")
        is_time = time.monotonic() + trials.seconds * trials.workers.count < trials.deadline  # as late as `fix`
        wanted = _fresh(known, tried, trials.workers.count, generator, bench) if is_time else []
    return max(tried, key=lambda bundle: tried[bundle])  # the script itself wins ties: it was tried first


def _fresh(
    known: Sequence[Proposal], tried: Mapping[Bundle, float], count: int, generator: random.Random, bench: Bench
) -> Sequence[Bundle]:
    """Bundles that can be made and were not tried; none where the space seems to be exhausted."""
    found = dict[Bundle, None]()
    for _ in range(1000):
        bundle: Bundle = ()
        for item in generator.sample(known, min(generator.randint(1, MOST_CHANGES), len(known))):
            bundle = joined(bundle, item.changes)
        if bundle not in tried and bench.trials.can_make(bundle):
            found[bundle] = None
        if len(found) == count:
            break
    return list(found)


def _words(changes: Bundle) -> tuple[str, ...]:
    return tuple(change.words for change in changes)


def _edited(script: Path, examined: Examined, changes: Bundle) -> str:
    """The script with some changes."""
    if not changes or examined.program is None:
        return script.read_text(encoding="utf-8")
    project = Project(examined.program, Folder.of(script).root)
    return apply(project, changes).project.changed[script].decode()

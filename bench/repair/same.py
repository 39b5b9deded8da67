"""A training against itself with seeds of its own in each arm: how often the protocol calls it better."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.repair.cures import Row, Tools
from bench.repair.members import Member, healed_scripts
from bench.repair.replay import replayed
from vandap.errors import VandapError
from vandap.evaluate.experiment.plan import LOOKS, Plan
from vandap.repair.bench import Bench
from vandap.repair.confirm import Confirmation

EACH = 10
"""Experiments of one script."""
_FIRST, _APART = 10_000, 5_000
"""Seeds of the first experiment, and how far those of the next are from it: no two experiments share any."""
_LONG = 1e6


def measure(known: Sequence[Row], count: int, tools: Tools) -> Iterator[Row]:
    """Compare healed scripts with themselves, so many times in all."""
    done = Counter(row["member"] for row in known if "verdict" in row)
    refused = {row["member"] for row in known if "refused" in row}
    left = count - sum(done.values())
    for member in healed_scripts():
        wanted = min(EACH - done[member.name], left)
        if member.name in refused or wanted <= 0:
            continue
        try:
            for row in _of(member, range(done[member.name], done[member.name] + wanted), tools.work):
                yield row
                left -= 1
        except VandapError as error:
            yield {"member": member.name, "refused": str(error)}


def _of(member: Member, numbers: range, work: Path) -> Iterator[Row]:
    folder = work / member.name
    shutil.rmtree(folder, ignore_errors=True)
    script = member.healthy().write(folder)
    with replayed(script, folder / "run", _LONG) as (bench, _):
        bench.rehearse(())
        for number in numbers:
            yield {"member": member.name, "number": number} | _experiment(bench, folder, number)
    shutil.rmtree(folder, ignore_errors=True)


def _experiment(bench: Bench, folder: Path, number: int) -> Row:
    below = folder / "run" / f"experiment-{number}"
    below.mkdir()
    first = _FIRST + _APART * number
    question = "Is the script better than itself?"
    confirmation = Confirmation(bench.trials, bench.scale, below, question, unpaired=True, first_seed=first)
    outcome = confirmation.decide((), Plan(LOOKS)).outcome
    assert outcome is not None
    for trial in bench.trials.folder.glob("reference-*"):
        if not trial.name.endswith("-s0"):  # that of the rehearsal
            shutil.rmtree(trial)
    effect = outcome.effect
    return {
        "verdict": outcome.decision.value,
        "metric": outcome.metric,
        "difference": effect.difference,
        "interval": [effect.low, effect.high],
        "seeds": effect.seeds,
        "rows": effect.count,
        "folds": bench.scale.division.is_small,
    }

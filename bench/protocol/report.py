"""The tables of `RESULTS.md`, from `results.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special, stats

from vandap.evaluate.experiment.plan import LOOKS

EFFECTS = (2, 3, 4)
DECISIONS = ("better", "worse", "harm", "no difference", "cannot tell")
POWER_LOOKS = (12, 20)


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the finished cells."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


FALSE = """\
{repetitions} experiments a row of {examples} examples; the standard error of an entry near 2.5 is {small:.1f}, near 95
{large:.1f}. Goals: false `better` at most 5 (nominal 2.5), coverage 93 or more. Where examples scatter it lies above 95
by design, since `ns - 1` degrees of freedom are cautious there. *Crossed*: one look at so many seeds. *t over seeds*,
*t over examples*: the usual tests on the same scores, which take the examples, or the seeds, for the whole population.
*Looks*: the verdict after sequential looks at 5, 8, 12 and 20 seeds.
"""
CLAIMS = """\
`no difference` where the true difference is the whole margin, `harm` where it is minus the margin (a margin of three
standard errors at 20 seeds). Goal: at most 5 (nominal 5 and 2.5). *Coverage* is that of the interval at the look that
ended the experiment, for a true difference of 0.
"""
POWER = """\
True effects of 2, 3 and 4 standard errors at 20 seeds. In brackets the power of Student's t with `ns - 1` degrees of
freedom and the true standard error (noncentral t). Looks: in brackets that of one look at 20 seeds, and the seeds that
were used on average.
"""
LABELS = """\
Runs that predict {examples} examples, {repetitions} experiments a row, from predictions through `compare_arms` with
sequential looks; metrics that are means and one that is not. Goal: `better` at most 5.
"""
FEW = """\
One look at three seeds of each arm, which is planned where there is no time for five; {repetitions} experiments a row.
Goal: `better` at most 5.
"""
FOLDS = """\
{repetitions} data sets a row. *Naive*: the t test over all trainings, as if they were independent. Goal: `better` at
most 5.
"""
NEEDED = """\
Five seeds of *seeds and examples*, one look, a margin of two standard errors at 20 seeds. Where they cannot tell, a new
experiment of as many fresh seeds as the verdict names is run on the same examples; goal: it tells in about 80 of 100
(over effects of any size; an effect of nothing at all is the hardest to tell). True effects in standard errors at 20
seeds; the seeds named are quartiles. {repetitions} experiments a row.
"""


def page(path: Path) -> str:
    """Return the page."""
    found = rows(path)
    additive, labels, few, folds, needed = (
        [row for row in found if row["part"] == kind] for kind in ("additive", "labels", "few", "folds", "needed")
    )
    repetitions, made = additive[0]["repetitions"], sum(row["seconds"] for row in found)
    errors = {"small": _error(0.025, repetitions), "large": _error(0.95, repetitions)}
    return "\n".join(
        [
            "# Does the protocol of controlled experiments keep its promises?\n",
            f"Made by `python -m bench.protocol.run` (seed {found[0]['seed']}, {made:.0f} s on one core). What is "
            "simulated: `populations.py`. Shares are percent of the repetitions.\n",
            "## Arms of equal population score: false `better`, coverage\n",
            FALSE.format(repetitions=repetitions, examples=additive[0]["examples"], **errors),
            *_false(additive),
            "\n## Other false claims, after sequential looks\n",
            CLAIMS,
            *_claims(additive),
            "\n## Power: `better` where the change is better\n",
            POWER,
            *_power(additive),
            "\n## From predictions to verdicts: equal arms\n",
            LABELS.format(**labels[0]),
            *_decided(labels, "sequential"),
            "\n## Three seeds: equal arms\n",
            FEW.format(**few[0]),
            *_decided(few, "single"),
            "\n## Repeated folds on small data: equal arms\n",
            FOLDS.format(**folds[0]),
            *_decided(folds, "corrected"),
            "\n## Does the budget that would tell, tell?\n",
            NEEDED.format(**needed[0]),
            *_needed(needed),
        ]
    )


def _false(cells: list[dict[str, Any]]) -> Iterator[str]:
    pairs = [
        f"{kind} {seeds}"
        for seeds in (5, 12, 20)
        for kind in ("crossed", "coverage", "t over seeds", "t over examples")
    ]
    yield from _head(["scores scatter by", *pairs, "looks"])
    for cell in cells:
        entries = []
        for seeds in (5, 12, 20):
            entries += [
                _bold(_share(cell, "single", f"0/{seeds}/better"), most=5),
                _bold(_share(cell, "single", f"covers/{seeds}"), least=93),
                _share(cell, "naive", f"seeds/{seeds}"),
                _share(cell, "naive", f"examples/{seeds}"),
            ]
        yield _line([cell["cell"], *entries, _bold(_share(cell, "sequential", "0/better"), most=5)])


def _claims(cells: list[dict[str, Any]]) -> Iterator[str]:
    yield from _head(
        ["scores scatter by", "coverage", "false `no difference`", "false `harm`", "false `worse` or `harm` at 0"]
    )
    for cell in cells:
        wrong = _share(cell, "sequential", "0/worse") + _share(cell, "sequential", "0/harm")
        yield _line(
            [
                cell["cell"],
                _bold(_share(cell, "sequential", "0/covers"), least=93),
                _bold(_share(cell, "sequential", "margin/no difference"), most=5),
                _bold(_share(cell, "sequential", "-margin/harm"), most=5),
                _bold(wrong, most=5),
            ]
        )


def _power(cells: list[dict[str, Any]]) -> Iterator[str]:
    names = [
        f"{effect} errors, {seeds}" for effect in EFFECTS for seeds in (*(f"{n} seeds" for n in POWER_LOOKS), "looks")
    ]
    yield from _head(["scores scatter by", *names])
    for cell in cells:
        if "crashes" in cell["cell"]:
            continue  # its true standard error is not that of the formula
        entries = []
        for effect in EFFECTS:
            for seeds in POWER_LOOKS:
                entries.append(
                    f"{_share(cell, 'single', f'{effect}/{seeds}/better'):.0f} ({_theory(cell, effect, seeds):.0f})"
                )
            used = sum(seeds * _share(cell, "sequential", f"{effect}/seeds/{seeds}") for seeds in LOOKS) / 100
            share = _share(cell, "sequential", f"{effect}/better")
            entries.append(f"{share:.0f} ({_theory(cell, effect, LOOKS[-1]):.0f}), {used:.1f} seeds")
        yield _line([cell["cell"], *entries])


def _theory(cell: dict[str, Any], effect: float, seeds: int) -> float:
    """The power of a t test with `seeds - 1` degrees of freedom, in percent."""
    size = effect * np.sqrt(cell["variances"][str(LOOKS[-1])] / cell["variances"][str(seeds)])
    return 100 * float(stats.nct.sf(-special.stdtrit(seeds - 1, 0.025), seeds - 1, size))


def _decided(cells: list[dict[str, Any]], kind: str) -> Iterator[str]:
    naive = ["naive `better`"] if kind == "corrected" else []
    yield from _head(["arms", *(f"`{name}`" for name in DECISIONS), "coverage", *naive])
    for cell in cells:
        shares = [_share(cell, kind, name) for name in DECISIONS]
        last = [_share(cell, kind, "naive")] if naive else []
        covers = _bold(_share(cell, kind, "covers"), least=93)
        yield _line([cell["cell"], _bold(shares[0], most=5), *shares[1:], covers, *last])


def _needed(cells: list[dict[str, Any]]) -> Iterator[str]:
    yield from _head(
        ["true effect", "`cannot tell` with 5", "seeds named", "of these told", "none, or more than 200, named"]
    )
    for cell in cells:
        named = cell["named"]
        unsure = 100.0 * (len(named) + cell["without"]) / cell["repetitions"]
        quartiles = " ".join(f"{value:.0f}" for value in np.quantile(named, (0.25, 0.5, 0.75)))
        none = 100.0 * cell["without"] / cell["repetitions"]
        yield _line([cell["cell"], unsure, quartiles, 100.0 * cell["told"] / len(named), none])


def _share(cell: dict[str, Any], kind: str, name: str) -> float:
    return 100.0 * cell[kind].get(name, 0) / cell["repetitions"]


def _error(share: float, repetitions: int) -> float:
    return 100.0 * float(np.sqrt(share * (1 - share) / repetitions))


def _bold(share: float, *, least: float = 0.0, most: float = 100.0) -> str:
    return f"{share:.1f}" if least <= share <= most else f"**{share:.1f}**"


def _head(names: list[str]) -> Iterator[str]:
    yield _line(names)
    yield _line(["---"] * len(names))


def _line(items: Iterable[Any]) -> str:
    return "| " + " | ".join(f"{item:.1f}" if isinstance(item, float) else str(item) for item in items) + " |"

"""Every rule fires on its own fault and leaves the healthy twin alone: on real data, by really training.

Rules that need data signals only are tested on what the intake measures, without training. All rules are tested through
the whole main job (slow), and the matrix of faults and issues equals a reviewed file; after a change run

    VANDAP_WRITE_GOLDEN=1 python -m pytest tests/contracts/test_rule_faults.py -m slow -k matrix
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from vandap.core.finding import Severity, Status, Verdict
from vandap.core.recipe import DataSpec, Recipe
from vandap.core.signals import SIGNALS
from vandap.diagnose.catalogue import rule as rule_named
from vandap.diagnose.catalogue import rules
from vandap.diagnose.engine import diagnose
from vandap.diagnose.rule import Rule

MATRIX = Path(__file__).parents[1] / "golden" / "fault_matrix.json"
SEEDS = (0, 1, 2)
IMAGE_RULES = ("A5", "D1", "D10", "D13")
UNTRAINABLE = ("A5", "A7")
DATA_RULES = [
    rule for rule in rules() if rule.reads and all(SIGNALS[name].writer == "vandap.data" for name in rule.reads)
]
TRAINED_RULES = [rule for rule in rules() if rule.code not in UNTRAINABLE]


def recipe_for(rule: Rule, seed: int) -> Recipe:
    """The healthy twin: one validation part, a simple rung, and the network only where the rule watches it."""
    images = rule.code in IMAGE_RULES
    watched = [name for name in (*rule.reads, *rule.optional) if SIGNALS[name].writer == "vandap.train"]
    network = ("image-cnn" if images else "table-mlp",) if watched or rule.code == "D13" else ()
    simple = () if rule.code == "D13" else ("linear",)
    source = "bundled:digits" if images else "bundled:breast_cancer"
    return Recipe(
        DataSpec(source, folds=0), learners=("dummy", *simple, *network), seed=seed, backend="jax", budget=60.0
    )


@cache
def intake(recipe: str) -> tuple[Verdict, ...]:
    """Verdicts of the data rules on what the intake measures."""
    from vandap.core.records import from_json
    from vandap.data.load import load

    parsed = from_json(Recipe, json.loads(recipe))
    return diagnose(load(parsed.data, parsed.seed, parsed.transforms)[1], DATA_RULES)


def by_intake(recipe: Recipe) -> Mapping[str, Verdict]:
    """Verdicts by code."""
    from vandap.core.records import to_json

    return {verdict.code: verdict for verdict in intake(json.dumps(to_json(recipe), sort_keys=True))}


def by_training(recipe: Recipe, folder: Path) -> Mapping[str, Verdict]:
    """Verdicts by code of the whole main job."""
    from vandap.pipeline import train

    return {verdict.code: verdict for verdict in train(recipe, out=folder / "run").verdicts}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", DATA_RULES, ids=lambda rule: rule.code)
def test_a_data_rule_finds_its_fault_at_the_intake(rule: Rule, seed: int) -> None:
    """Found on the fault, clear on the healthy twin, and no other data rule calls the twin sick."""
    healthy = recipe_for(rule, seed)
    assert by_intake(rule.fault(healthy))[rule.code].status is Status.FOUND
    twin = by_intake(healthy)
    assert twin[rule.code].status in (Status.CLEAR, Status.NOT_APPLICABLE)
    assert not issues(twin)


def test_the_whole_job_finds_a_fault(tmp_path: Path) -> None:
    """The cheapest fault through the whole main job: shuffled labels leave nothing to learn."""
    rule = rule_named("D2")
    healthy = replace(recipe_for(rule, 0), learners=("dummy", "linear"))
    assert by_training(rule.fault(healthy), tmp_path / "sick")["D2"].status is Status.FOUND
    assert by_training(healthy, tmp_path / "healthy")["D2"].status is Status.CLEAR


@pytest.mark.slow
@pytest.mark.backend
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", TRAINED_RULES, ids=lambda rule: rule.code)
def test_a_rule_finds_its_fault_in_a_run(rule: Rule, seed: int, tmp_path: Path) -> None:
    """Found on the fault; on the healthy twin neither this rule nor any other reports an issue."""
    healthy = recipe_for(rule, seed)
    sick = by_training(rule.fault(healthy), tmp_path / "sick")
    assert sick[rule.code].status is Status.FOUND, sick[rule.code].reason
    twin = by_training(healthy, tmp_path / "healthy")
    assert not issues(twin)


@pytest.mark.slow
@pytest.mark.backend
def test_the_matrix_of_faults_and_issues_is_as_reviewed(tmp_path: Path) -> None:
    """Which rules call which fault an issue: a change must be seen in review, not in the field."""
    matrix = {}
    for rule in rules():
        broken = rule.fault(recipe_for(rule, 0))
        untrainable = rule.code in UNTRAINABLE
        verdicts = by_intake(broken) if untrainable else by_training(broken, tmp_path / rule.code)
        matrix[rule.name] = {"found": verdicts[rule.code].status is Status.FOUND, "issues": issues(verdicts)}
    if os.environ.get("VANDAP_WRITE_GOLDEN"):
        MATRIX.write_text(json.dumps(matrix, indent=1) + "\n", encoding="utf-8")
    assert matrix == json.loads(MATRIX.read_text(encoding="utf-8"))


def issues(verdicts: Mapping[str, Verdict]) -> list[str]:
    """Names of the rules that report an issue."""
    found = [verdict for verdict in verdicts.values() if verdict.finding]
    return [f"{item.code} {item.slug}" for item in found if item.finding and item.finding.severity is Severity.ISSUE]

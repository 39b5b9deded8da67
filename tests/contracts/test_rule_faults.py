"""Every rule fires on its own fault and leaves the healthy twin alone: on real data, by really training.

Rules that need data signals only are tested on what the intake measures, without training. All rules are tested through
the whole main job (slow), and the matrix of faults and issues equals a reviewed file; after a change run

    VANDAP_WRITE_GOLDEN=1 python -m pytest tests/contracts/test_rule_faults.py -m slow -k matrix
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest

from vandap.core.finding import Severity, Status, Verdict
from vandap.core.recipe import DataSpec, Recipe
from vandap.core.records import from_json, to_json
from vandap.core.signals import SIGNALS
from vandap.diagnose.catalogue import rule as rule_named
from vandap.diagnose.catalogue import rules
from vandap.diagnose.engine import diagnose
from vandap.diagnose.rule import Rule

MATRIX = Path(__file__).parents[1] / "golden" / "fault_matrix.json"
SEEDS = (0, 1, 2)
IMAGE_RULES = ("A5", "D1", "D10", "D13")
NETWORK_RULES = ("C1", "C8", "D1", "D13")
UNTRAINABLE = ("A5", "A7")


def built_rules() -> list[Rule]:
    """Rules whose fault a built recipe can show; the drills show the others."""
    return [rule for rule in rules() if rule.fault(Recipe(DataSpec("bundled:digits"))) is not None]


def judges_intake(rule: Rule) -> bool:
    """Whether what the intake measures is all that the rule reads of a built run (it may also read a watched one)."""
    writers = {SIGNALS[name].writer for name in (*rule.reads, *rule.optional) if name in SIGNALS}
    return "vandap.data" in writers and writers <= {"vandap.data", "vandap.watch", "vandap.exam"}


DATA_RULES = [rule for rule in built_rules() if rule.family == "data" and judges_intake(rule)]
TRAINED_RULES = [rule for rule in built_rules() if rule.code not in UNTRAINABLE]


def recipe_for(rule: Rule, seed: int) -> Recipe:
    """The healthy twin: one validation part, a simple rung, and the network only where the rule watches it."""
    images = rule.code in IMAGE_RULES
    network = ("image-cnn" if images else "table-mlp",) if rule.code in NETWORK_RULES else ()
    simple = () if rule.code == "D13" else ("linear",)
    source = "bundled:digits" if images else "bundled:breast_cancer"
    return Recipe(
        DataSpec(source, folds=0), learners=("dummy", *simple, *network), seed=seed, backend="jax", budget=120.0
    )


Train: TypeAlias = Callable[[Recipe], Mapping[str, Verdict]]


@cache
def intake(recipe: str) -> tuple[Verdict, ...]:
    """Verdicts of the data rules on what the intake measures."""
    from vandap.data.load import load

    parsed = from_json(Recipe, json.loads(recipe))
    return diagnose(load(parsed.data, parsed.seed, parsed.transforms)[1], DATA_RULES)


def by_intake(recipe: Recipe) -> Mapping[str, Verdict]:
    """Verdicts by code."""
    return {verdict.code: verdict for verdict in intake(json.dumps(to_json(recipe), sort_keys=True))}


@pytest.fixture(scope="module")
def by_training(tmp_path_factory: pytest.TempPathFactory) -> Train:
    """Verdicts by code of the whole main job; every recipe is trained once."""
    done: dict[str, Mapping[str, Verdict]] = {}

    def trained(recipe: Recipe) -> Mapping[str, Verdict]:
        from vandap.pipeline import train

        key = json.dumps(to_json(recipe), sort_keys=True)
        if key not in done:
            run = train(recipe, out=tmp_path_factory.mktemp("run") / "run")
            done[key] = {verdict.code: verdict for verdict in run.verdicts}
        return done[key]

    return trained


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", DATA_RULES, ids=lambda rule: rule.code)
def test_a_data_rule_finds_its_fault_at_the_intake(rule: Rule, seed: int) -> None:
    """Found on the fault, clear on the healthy twin, and no other data rule calls the twin sick."""
    healthy = recipe_for(rule, seed)
    assert by_intake(rule.fault(healthy))[rule.code].status is Status.FOUND
    twin = by_intake(healthy)
    assert twin[rule.code].status in (Status.CLEAR, Status.NOT_APPLICABLE)
    assert not issues(twin)


def test_the_whole_job_finds_a_fault(by_training: Train) -> None:
    """The cheapest fault through the whole main job: shuffled labels leave nothing to learn."""
    rule = rule_named("D2")
    healthy = replace(recipe_for(rule, 0), learners=("dummy", "linear"))
    assert by_training(rule.fault(healthy))["D2"].status is Status.FOUND
    assert by_training(healthy)["D2"].status is Status.CLEAR


@pytest.mark.slow
@pytest.mark.backend
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", TRAINED_RULES, ids=lambda rule: rule.code)
def test_a_rule_finds_its_fault_in_a_run(rule: Rule, seed: int, by_training: Train) -> None:
    """Found on the fault; on the healthy twin neither this rule nor any other reports an issue."""
    healthy = recipe_for(rule, seed)
    sick = by_training(rule.fault(healthy))
    assert sick[rule.code].status is Status.FOUND, sick[rule.code].reason
    twin = by_training(healthy)
    assert not issues(twin)


@pytest.mark.slow
@pytest.mark.backend
def test_the_matrix_of_faults_and_issues_is_as_reviewed(by_training: Train) -> None:
    """Which rules call which fault an issue: a change must be seen in review, not in the field."""
    matrix = {}
    for rule in built_rules():
        broken = rule.fault(recipe_for(rule, 0))
        untrainable = rule.code in UNTRAINABLE
        verdicts = by_intake(broken) if untrainable else by_training(broken)
        matrix[rule.name] = {"found": verdicts[rule.code].status is Status.FOUND, "issues": issues(verdicts)}
    if os.environ.get("VANDAP_WRITE_GOLDEN"):
        MATRIX.write_text(json.dumps(matrix, indent=1) + "\n", encoding="utf-8")
    assert matrix == json.loads(MATRIX.read_text(encoding="utf-8"))


def issues(verdicts: Mapping[str, Verdict]) -> list[str]:
    """Names of the rules that report an issue."""
    found = [verdict for verdict in verdicts.values() if verdict.finding]
    return [f"{item.code} {item.slug}" for item in found if item.finding and item.finding.severity is Severity.ISSUE]

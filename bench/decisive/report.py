"""Print what the decisive tests said: quantiles over healthy trainings, and how far each kind of fault stands out.

python -m bench.decisive.report results.jsonl
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

QUANTILES = (0.0, 0.05, 0.5, 0.95, 1.0)


def at(test: Mapping[str, Any], arm: str, fact: str) -> float:
    """One number of a stored test; NaN where it was not measured."""
    if "values" not in test:
        return math.nan
    value = test["values"][test["labels"]["arm"].index(arm)][test["labels"]["fact"].index(fact)]
    return math.nan if value is None else value


def better(test: Mapping[str, Any], arms: Iterable[str], reference: str) -> float:
    """Largest share of the reference arm's held-out loss that an arm surely saves; 0 where none surely does."""
    base = at(test, reference, "held_out")
    return max([0.0, *(-at(test, arm, "high") / base for arm in arms if math.isfinite(at(test, arm, "high")))])


def worse(test: Mapping[str, Any], arm: str) -> float:
    """Share of its held-out loss by which an arm is surely worse than the real one; negative where it is not surely."""
    level = "held_out" if "held_out" in test.get("labels", {}).get("fact", ()) else "loss"
    return at(test, arm, "low") / abs(at(test, arm, level))


def largest(test: Mapping[str, Any], fact: str) -> float:
    """Largest value of a fact over all arms."""
    return max((at(test, arm, fact) for arm in test.get("labels", {}).get("arm", ())), default=math.nan)


STATISTICS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], float]]] = {
    "a lower rate saves": ("learning_rate", lambda test: better(test, ("x0.1", "x0.01"), "x1")),
    "a higher rate saves": ("learning_rate", lambda test: better(test, ("x10", "x100"), "x1")),
    "one batch: errors": ("one_batch", lambda test: at(test, "model", "errors")),
    "one batch: errors of Adam": ("one_batch", lambda test: at(test, "adam", "errors")),
    "no input is worse by": ("zeroed_input", lambda test: worse(test, "zeroed")),
    "shuffled labels are worse by": ("shuffled_labels", lambda test: worse(test, "shuffled")),
    "standardising saves": ("standardised_input", lambda test: better(test, ("standardised",), "real")),
    "inference is worse by": ("inference_mode", lambda test: worse(test, "inference")),
    "gradient: relative error": ("gradient", lambda test: largest(test, "relative_error")),
}


def main() -> None:
    entries = [json.loads(line) for path in sys.argv[1:] for line in Path(path).read_text().splitlines()]
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in entries:
        groups[entry["faults"][0] if entry["faults"] else "healthy"].append(entry)
    for name, (slug, statistic) in STATISTICS.items():
        print(f"\n## {name} (`{slug}`)\n\n| trainings | n | {' | '.join(f'{level:.0%}' for level in QUANTILES)} |")
        print("| --- | --- |" + " --- |" * len(QUANTILES))
        for group in ["healthy", *sorted(set(groups) - {"healthy"})]:
            values = np.array([statistic(entry["tests"].get(slug, {})) for entry in groups[group]], dtype=float)
            values = values[np.isfinite(values)]
            if values.size:
                shown = " | ".join(f"{value:.3g}" for value in np.quantile(values, QUANTILES))
                print(f"| {group} | {values.size} | {shown} |")
    healthy = groups["healthy"]
    loud = [(entry["name"], entry["issues"]) for entry in healthy if entry["issues"]]
    print(f"\nIssues of rules that read tests: {len(loud)} of {len(healthy)} healthy trainings: {loud}")
    skipped = {
        (slug, test["skipped"]) for entry in entries for slug, test in entry["tests"].items() if "skipped" in test
    }
    print("\nSkipped:", *sorted(skipped), sep="\n- ")


if __name__ == "__main__":
    main()

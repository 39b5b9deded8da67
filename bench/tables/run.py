"""vandap's recommendation on real tables, beside scikit-learn's, LightGBM's and FLAML's, on the same test rows.

VANDAP_DATA=... python -m bench.tables.run --worker 0 --workers 2      (one process a core; resumable)
VANDAP_DATA=... python -m bench.tables.report > bench/tables/RESULTS.md
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

BUDGET = 60.0
RESULTS = Path(__file__).with_name("results.jsonl")


def main() -> None:
    """Run every table that this worker has and that is not in the results yet."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worker", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    root = os.environ.get("VANDAP_DATA")
    if not root:
        raise SystemExit("Set VANDAP_DATA to the folder of real data.")
    from bench.tables.sets import tables

    unpacked = Path(tempfile.gettempdir()) / "vandap-bench-tables"
    done = {json.loads(line)["name"] for line in RESULTS.read_text().splitlines()} if RESULTS.exists() else set()
    for index, (name, path, options) in enumerate(tables(Path(root), unpacked)):
        if index % arguments.workers == arguments.worker and name not in done:
            row = measure(name, path, options)
            with RESULTS.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(row["name"], row["vandap"]["recommended"], row["scores"], flush=True)


def measure(name: str, path: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Train vandap and its peers on one table."""
    from vandap import pipeline
    from vandap.core.recipe import DataSpec, Recipe
    from vandap.data.load import load
    from vandap.evaluate.compare import compare
    from vandap.evaluate.estimate import score

    spec = DataSpec(str(path), **options)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run = pipeline.train(Recipe(spec, budget=BUDGET), out=Path(folder) / "run")
        seconds = time.perf_counter() - start
        ladder, evaluation = run.ladder, run.evaluation("test")
        assert evaluation is not None
        metric = evaluation.headline
        fitted = [rung.slug for rung in ladder.rungs if rung.status == "done"]
        predictions = {slug: run.predictions(slug, "test") for slug in fitted}
        findings = [f"{finding.severity.value} {finding.code}" for finding in run.findings]
    target = predictions[ladder.recommended]["target"]
    ours = {slug: stored["prediction"] for slug, stored in predictions.items()}
    dataset, _ = load(spec, 0)
    peers = peer_predictions(dataset)
    everything = {**{f"vandap {slug}": p for slug, p in ours.items()}, **{k: v[0] for k, v in peers.items()}}
    scores = {slug: score(metric, target, prediction) for slug, prediction in everything.items()}
    best = best_of(metric, target, ours)
    pairs = {
        "best rung": compare(metric, target, ours[ladder.recommended], ours[best], a="vandap", b=best),
        **{k: compare(metric, target, ours[ladder.recommended], v[0], a="vandap", b=k) for k, v in peers.items()},
    }
    return {
        "name": name,
        "rows": len(dataset.target),
        "test": len(target),
        "metric": metric,
        "vandap": {"recommended": ladder.recommended, "seconds": seconds, "best_rung": best, "findings": findings},
        "scores": scores,
        "seconds": {k: v[1] for k, v in peers.items()},
        "comparisons": {
            k: {
                "difference": c.difference,
                "low": c.low,
                "high": c.high,
                "margin": c.margin,
                "decision": c.decision.value,
            }
            for k, c in pairs.items()
        },
    }


def best_of(metric: str, target: np.ndarray, predictions: dict[str, np.ndarray]) -> str:
    """The rung with the best test score (known only afterwards)."""
    from vandap.evaluate.estimate import oriented, score

    return max(predictions, key=lambda slug: oriented(metric, score(metric, target, predictions[slug])))


def peer_predictions(dataset: Any) -> dict[str, tuple[np.ndarray, float]]:
    """Fit each peer at its defaults on all rows but the test part; returns predictions and seconds."""
    rows = np.sort(np.concatenate([dataset.split.train, dataset.split.validation]))
    train, test = matrix(dataset, rows), matrix(dataset, dataset.split.test)
    target = dataset.target[rows]
    results = {}
    for name, fit in {"HistGradientBoosting": histogram, "LightGBM": lightgbm, "FLAML": flaml}.items():
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = fit(train, target, dataset)
            raw = model.predict_proba(test) if dataset.classes else model.predict(test)
        results[name] = (np.asarray(aligned(raw, model, dataset)), time.perf_counter() - start)
    return results


def aligned(raw: np.ndarray, model: Any, dataset: Any) -> np.ndarray:
    """Probabilities with one column a class, also for classes that the peer did not see."""
    if not dataset.classes or raw.shape[1] == len(dataset.classes):
        return raw
    full = np.zeros((len(raw), len(dataset.classes)))
    full[:, np.asarray(model.classes_, int)] = raw
    return full


def matrix(dataset: Any, rows: np.ndarray) -> Any:
    """The features as a data frame: numbers with gaps as NaN, categories as pandas categories."""
    import pandas as pd

    raw = dataset.examples.take(rows)
    if not isinstance(raw, dict):
        return pd.DataFrame(np.asarray(raw).reshape(len(rows), -1))
    columns = {}
    for index, column in enumerate(dataset.features):
        values = raw[column.name]
        known = np.arange(len(column.categories))
        is_category = column.kind.value == "category"
        columns[f"f{index}"] = pd.Categorical(np.where(values < 0, np.nan, values), known) if is_category else values
    return pd.DataFrame(columns)


def histogram(x: Any, y: np.ndarray, dataset: Any) -> Any:
    """scikit-learn's HistGradientBoosting at its defaults, categories as categories where they fit its 255 bins."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if dataset.classes else HistGradientBoostingRegressor
    return kind(categorical_features="from_dtype", random_state=0).fit(x, y)


def lightgbm(x: Any, y: np.ndarray, dataset: Any) -> Any:
    """LightGBM at its defaults."""
    import lightgbm as library

    kind = library.LGBMClassifier if dataset.classes else library.LGBMRegressor
    return kind(verbose=-1, random_state=0, n_jobs=int(os.environ.get("OMP_NUM_THREADS", "1"))).fit(x, y)


def flaml(x: Any, y: np.ndarray, dataset: Any) -> Any:
    """FLAML with the same budget."""
    from flaml import AutoML

    model = AutoML()
    task = "classification" if dataset.classes else "regression"
    model.fit(
        x, y, task=task, time_budget=BUDGET, verbose=0, seed=0, n_jobs=int(os.environ.get("OMP_NUM_THREADS", "1"))
    )
    return model


if __name__ == "__main__":
    main()

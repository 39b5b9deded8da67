"""Memory growth while a large CSV is loaded, and trained on, against the columns that are kept.

    python -m bench.intake.table --gigabytes 2 [--train --budget 120 --learners linear,table-mlp]

Writes a table of random numbers, integers and categories to a temporary folder, works on it in a fresh process that
records its resident memory after its imports and at its peak, prints a Markdown table and deletes the file. The
imports are all that the work imports; with --train the back end has run one operation, too, and the same training on
2,000 rows shows what does not grow with the data (compiled programs above all).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

_ROWS = 50_000
_FLOATS = 20
_IMPORTS = (
    "keras",
    "jax",
    "tensorflow",  # Keras imports it and torch where they are installed, whatever the back end
    "torch",
    "lightgbm",
    "xgboost",
    "skops.io",
    "scipy.optimize",
    "scipy.sparse.csgraph",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "sklearn.naive_bayes",
    "sklearn.neighbors",
    "sklearn.svm",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--train", action="store_true", help="measure vandap.train instead of reading and loading")
    parser.add_argument("--budget", type=float, default=120.0, help="seconds of the training")
    parser.add_argument("--learners", default="", help="rungs to fit, separated by commas; default all")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(train(options) if options.train else measure(options.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        rows = write(path, options.gigabytes)
        if not options.train:
            print(markdown(path.stat().st_size, rows, _in_fresh_process("--measure", str(path))))
            return
        small = Path(folder) / "small.csv"
        with path.open() as lines, small.open("w") as head:
            head.writelines(line for _, line in zip(range(2_001), lines, strict=False))
        extra = ("--train", "--budget", str(options.budget), "--learners", options.learners)
        large, fixed = (_in_fresh_process("--measure", str(each), *extra) for each in (path, small))
        print(training_markdown(path.stat().st_size, rows, large, fixed))


def _in_fresh_process(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.intake.table", *arguments]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return dict(json.loads(output.splitlines()[-1]))


def write(path: Path, gigabytes: float) -> int:
    """Write rows until the file has the size; returns how many."""
    rng = np.random.default_rng(0)
    rows = 0
    words = np.array([f"shop {number}" for number in range(300)])
    with path.open("wb") as file:
        while file.tell() < gigabytes * 1e9:
            block = {f"x{place}": rng.normal(size=_ROWS).round(6) for place in range(_FLOATS)}
            block["amount"] = rng.integers(0, 100_000, _ROWS)
            block["shop"] = rng.choice(words, _ROWS)
            block["label"] = np.where(block["x0"] + rng.normal(size=_ROWS) > 0, "yes", "no")
            options = pyarrow.csv.WriteOptions(include_header=rows == 0)
            pyarrow.csv.write_csv(pa.table(block), file, options)
            rows += _ROWS
    return rows


def measure(path: str) -> dict[str, float]:
    """Load the table; returns bytes and seconds."""
    from vandap.core.recipe import DataSpec
    from vandap.data.load import load, read, readers

    readers()
    spec = DataSpec(path, target="label")
    before = _resident()
    with _Peak() as reading:
        start = time.perf_counter()
        contents = read(spec, 0)
        seconds = time.perf_counter() - start
    columns = sum(values.nbytes for values in contents.examples.columns.values())  # type: ignore[attr-defined]
    rows_bytes = contents.hashes.nbytes + contents.target.nbytes
    del contents
    with _Peak() as loading:
        start = time.perf_counter()
        load(spec, 0)
        load_seconds = time.perf_counter() - start
    return {
        "columns": columns,
        "rows_bytes": rows_bytes,
        "read_growth": reading.peak - before,
        "read_seconds": seconds,
        "load_growth": loading.peak - before,
        "load_seconds": load_seconds,
    }


def train(options: argparse.Namespace) -> dict[str, Any]:
    """Train on the table; returns bytes, seconds and what became of the learners."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    for name in _IMPORTS:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    import keras

    import vandap.pipeline
    from vandap.core.recipe import DataSpec, Recipe
    from vandap.core.store import read_json
    from vandap.data.load import readers

    readers()
    keras.ops.convert_to_numpy(keras.ops.zeros(1))
    before, stages = _resident(), _Stages()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()), _Peak(stages) as whole:
        start = time.perf_counter()
        learners = tuple(filter(None, options.learners.split(",")))
        recipe = Recipe(DataSpec(options.measure, target="label"), learners=learners, budget=options.budget)
        run = vandap.pipeline.train(recipe, out=Path(folder) / "run", progress=stages)
        seconds = time.perf_counter() - start
        rungs = read_json(run.path / "ladder.json")["rungs"]
        columns = read_json(run.path / "data.json")["columns"]
        features = sum(column["role"] == "feature" for column in columns)
        rows = read_json(run.path / "data.json")["rows"]
    return {
        "columns": 4 * features * rows,
        "growth": whole.peak - before,
        "seconds": seconds,
        "stages": {title: peak - before for title, peak in stages.peaks.items()},
        "rungs": [[rung["slug"], rung["status"], rung["rows"]] for rung in rungs],
    }


class _Stages:
    """Told of the stages of a training; keeps the peak of each."""

    def __init__(self) -> None:
        self.peaks: dict[str, int] = {}
        self._title = ""

    def __call__(self, event: str, facts: Any) -> None:
        if event == "stage":
            self._title = facts["title"]

    def seen(self, resident: int) -> None:
        self.peaks[self._title] = max(self.peaks.get(self._title, 0), resident)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class _Peak:
    """Samples the resident memory a hundred times a second."""

    def __init__(self, stages: _Stages | None = None) -> None:
        self._stages = stages

    def __enter__(self) -> _Peak:
        self.peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.01):
            resident = _resident()
            self.peak = max(self.peak, resident)
            if self._stages:
                self._stages.seen(resident)


def markdown(size: int, rows: int, result: dict[str, float]) -> str:
    """The table of results."""
    lines = [
        f"CSV of {size / 1e9:.2f} GB, {rows:,} rows, {_FLOATS + 2} features; columns in use "
        f"{result['columns'] / 1e6:,.0f} MB (and {result['rows_bytes'] / 1e6:,.0f} MB of target and row hashes).",
        "",
        "| step | peak growth after imports (MB) | ratio to the columns in use | seconds | MB of file/s |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for step in ("read", "load"):
        growth, seconds = result[f"{step}_growth"], result[f"{step}_seconds"]
        lines.append(
            f"| {step}() | {growth / 1e6:,.0f} | {growth / result['columns']:.2f} | {seconds:.0f} "
            f"| {size / 1e6 / seconds:.0f} |"
        )
    return "\n".join(lines)


def training_markdown(size: int, rows: int, large: dict[str, Any], fixed: dict[str, Any]) -> str:
    """The table of results of a training."""
    columns = large["columns"]
    lines = [
        f"CSV of {size / 1e9:.2f} GB, {rows:,} rows, {_FLOATS + 2} features; columns in use {columns / 1e6:,.0f} MB; "
        f"{large['seconds']:.0f} s.",
        "",
        "| stage | peak growth after imports (MB) | ratio to the columns in use | the same on 2,000 rows (MB) |",
        "| --- | ---: | ---: | ---: |",
    ]
    for title, growth in {**large["stages"], "whole job": large["growth"]}.items():
        other = fixed["growth"] if title == "whole job" else fixed["stages"].get(title, 0)
        lines.append(f"| {title} | {growth / 1e6:,.0f} | {growth / columns:.2f} | {other / 1e6:,.0f} |")
    fitted = ", ".join(f"{slug} {count:,}" for slug, status, count in large["rungs"] if status == "done")
    others = ", ".join(f"{slug} ({status})" for slug, status, _ in large["rungs"] if status != "done")
    return "\n".join([*lines, "", f"Rows fitted on: {fitted}. Others: {others or 'none'}."])


if __name__ == "__main__":
    main()

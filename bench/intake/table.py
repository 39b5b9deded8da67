"""Memory growth while a large CSV is loaded, against the columns that are kept.

    python -m bench.intake.table --gigabytes 2

Writes a table of random numbers, integers and categories to a temporary folder, loads it in a fresh process that
records its resident memory after its imports and at its peak, prints a Markdown table and deletes the file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

_ROWS = 50_000
_FLOATS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        rows = write(path, options.gigabytes)
        command = [sys.executable, "-m", "bench.intake.table", "--measure", str(path)]
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(markdown(path.stat().st_size, rows, result))


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


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class _Peak:
    """Samples the resident memory a hundred times a second."""

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
            self.peak = max(self.peak, _resident())


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


if __name__ == "__main__":
    main()

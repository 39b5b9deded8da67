"""Which Keras back end is fastest for this network: a few steps timed on each, each in its own process."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vandap.core.dataset import IMAGES
from vandap.core.preprocess import Preprocess
from vandap.core.records import from_json, to_json
from vandap.core.store import Run, read_json, write_json
from vandap.errors import MissingExtraError, RunError, UsageError

if TYPE_CHECKING:
    from vandap.train.network.plan import Plan

BACKENDS = {"jax": "jax", "tensorflow": "tensorflow", "torch": "torch"}
_PROBE_SECONDS = 20.0
"""What timing one back end costs at most on two cores: import, compilation and the timed steps."""
_PROBE_SHARE = 0.1
_TIMEOUT = 180.0


def installed() -> tuple[str, ...]:
    """The installed back ends."""
    return tuple(name for name, package in BACKENDS.items() if importlib.util.find_spec(package) is not None)


def version(backend: str) -> str:
    """Version of a back end's package, such as `0.10.2`; the processor build of TensorFlow counts as TensorFlow."""
    for package in (BACKENDS[backend], f"{BACKENDS[backend]}-cpu"):
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "unknown"


def choose(requested: str, spec: Mapping[str, Any], budget: float) -> tuple[str, list[dict[str, Any]]]:
    """Choose the back end and set it for this process.

    Args:
        requested: `auto`, `jax`, `tensorflow` or `torch`.
        spec: What to time (see `network_spec`).
        budget: Seconds of the whole run; timing may cost a tenth of it.

    Returns:
        The back end, and one row for each that was timed (`program.json`, `backends`).

    Raises:
        UsageError: The name is unknown, or Keras already runs on another one in this process.
        MissingExtraError: The back end is not installed.
    """
    check_backend(requested)
    if "keras" in sys.modules:
        return _running(requested), []
    names, rows = installed(), []
    if requested != "auto":
        chosen = requested
    elif "KERAS_BACKEND" in os.environ and os.environ["KERAS_BACKEND"] in names:
        chosen = os.environ["KERAS_BACKEND"]
    elif len(names) > 1 and (_cached(spec, names).is_file() or _PROBE_SECONDS * len(names) <= _PROBE_SHARE * budget):
        rows = _remembered(spec, names)
        chosen = fastest(rows)
    else:
        chosen = names[0]
    os.environ["KERAS_BACKEND"] = chosen
    return chosen, rows


def check_backend(requested: str) -> None:
    """Raise a `UsageError` for an unknown back end, a `MissingExtraError` for one that is not installed."""
    if requested != "auto" and requested not in BACKENDS:
        raise UsageError(
            "There is no such back end.",
            received=requested,
            expected="auto, " + ", ".join(BACKENDS),
            hint="Use --backend auto.",
        )
    if requested != "auto" and requested not in installed():
        raise MissingExtraError(BACKENDS[requested], requested, f"--backend {requested}")


def prepare(trained_on: str | None = None) -> None:
    """Set this process's back end before Keras is first imported, unless the user or Keras has already decided.

    Args:
        trained_on: The back end that trained the model to be loaded; taken when it is installed.
    """
    if "keras" in sys.modules or "KERAS_BACKEND" in os.environ:
        return
    names = installed()
    if names:
        os.environ["KERAS_BACKEND"] = trained_on if trained_on in names else names[0]


def _running(requested: str) -> str:
    import keras

    running = keras.backend.backend()
    if requested not in ("auto", running):
        raise UsageError(
            "Keras already runs on another back end in this process.",
            received=f"backend={requested!r} while Keras uses {running!r}",
            expected=f"backend={running!r} or 'auto'",
            hint="Restart Python, or use the command line: vandap train ... --backend " + requested,
        )
    return running


def timed(spec: Mapping[str, Any], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Time each back end in its own process, one after the other; the fastest is marked as chosen."""
    rows = [_time_one(spec, name) for name in names]
    best = fastest(rows)
    return [row | {"chosen": row["backend"] == best} for row in rows]


def _remembered(spec: Mapping[str, Any], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Time the back ends, or read what an earlier run measured of the same network, versions and machine."""
    path = _cached(spec, names)
    if path.is_file():
        return [row | {"reason": "measured by an earlier run"} for row in read_json(path)]
    rows = timed(spec, names)
    with suppress(OSError):  # a cache that cannot be written costs time, nothing else
        write_json(path, rows)
    return rows


def _cached(spec: Mapping[str, Any], names: tuple[str, ...]) -> Path:
    machine = [platform.machine(), platform.processor(), os.cpu_count(), [(name, version(name)) for name in names]]
    key = hashlib.blake2b(json.dumps([spec, machine], sort_keys=True).encode(), digest_size=12).hexdigest()
    return cache_folder() / "backends" / f"{key}.json"


def cache_folder() -> Path:
    """Where vandap keeps what can be made again: compiled programs and measured back ends."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "vandap"


def fastest(rows: list[dict[str, Any]]) -> str:
    """The back end with the shortest step among those that ran."""
    done = [row for row in rows if row.get("seconds_per_step")]
    if not done:
        raise RunError(
            "No installed back end could run the network.",
            received="; ".join(f"{row['backend']}: {row['reason']}" for row in rows),
            expected="at least one working back end",
            hint="python -c 'import keras' shows what is wrong with the installation.",
        )
    return str(min(done, key=lambda row: row["seconds_per_step"])["backend"])


def _time_one(spec: Mapping[str, Any], backend: str) -> dict[str, Any]:
    row: dict[str, Any] = {"backend": backend, "version": version(backend), "reason": ""}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.json"
        write_json(path, spec)
        environment = dict(os.environ, KERAS_BACKEND=backend, TF_CPP_MIN_LOG_LEVEL="3")
        command = [sys.executable, "-m", "vandap.train.backends", str(path)]
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, timeout=_TIMEOUT, text=True, check=False
            )
        except subprocess.TimeoutExpired:
            return row | {"reason": f"took longer than {_TIMEOUT:.0f} s"}
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return row | {"reason": lines[-1] if lines else f"exit code {done.returncode}"}
    return row | json.loads(done.stdout.strip().splitlines()[-1])


def network_spec(learner: str, preprocess: Preprocess, features: int, outputs: int, plan: Any) -> dict[str, Any]:
    """Describe a network by shapes alone, so that another process can build and time it without the data."""
    value = {"learner": learner, "preprocess": preprocess, "features": features, "outputs": outputs, "plan": plan}
    return dict(to_json(value))


def measure(run: Run) -> list[dict[str, Any]]:
    """Time the network of a run on each installed back end (`vandap bench RUN`)."""
    path = run.path / "network" / "spec.json"
    if not path.is_file():
        raise RunError(
            "This run has no network to time.",
            received=str(run.path),
            expected="a run whose ladder holds a fitted network",
            hint="Train with more time, or without --learners, so that the network is fitted.",
        )
    return timed(read_json(path), installed())


def network_of(spec: Mapping[str, Any]) -> tuple[Any, Plan]:
    """Build the network that `network_spec` describes, untrained and not compiled, and return it with its plan."""
    from vandap.train.catalogue import learner
    from vandap.train.network.learner import NetworkLearner
    from vandap.train.network.plan import Plan

    network, plan = learner(spec["learner"]), from_json(Plan, spec["plan"])
    assert isinstance(network, NetworkLearner)
    preprocess = from_json(Preprocess, spec["preprocess"])
    return network.build(preprocess, spec["features"], spec["outputs"], plan), plan


def _time_here(spec: Mapping[str, Any]) -> dict[str, float]:
    """Build the network on this process's back end and time its training step on random data."""
    import time

    from vandap.train.network.fit import compile_network

    model, plan = network_of(spec)
    preprocess = from_json(Preprocess, spec["preprocess"])
    generator, count = np.random.default_rng(0), plan.batch_size
    inputs: Any = generator.normal(size=(count, spec["features"])).astype(np.float32)
    if preprocess.kind == IMAGES:
        inputs = generator.integers(0, 255, (count, *preprocess.shape)).astype(np.uint8)
    elif preprocess.vocabularies:
        inputs = {"numbers": inputs, "categories": np.zeros((count, len(preprocess.vocabularies)), np.int32)}
    targets = np.eye(spec["outputs"], dtype=np.float32)[generator.integers(0, spec["outputs"], count)]
    compile_network(model, plan, regression=spec["outputs"] == 1)

    def steps(number: int) -> float:
        batches = ((inputs, targets) for _ in range(number + 2))
        start = time.perf_counter()
        model.fit(batches, steps_per_epoch=number, epochs=1, shuffle=False, verbose=0)
        return time.perf_counter() - start

    first = steps(1)
    trial = steps(3) / 3
    number = int(np.clip(1.5 / max(trial, 1e-4), 3, 200))
    seconds = min(steps(number) for _ in range(2)) / number
    return {"seconds_per_step": seconds, "compile_seconds": max(0.0, first - seconds)}


if __name__ == "__main__":
    print(json.dumps(_time_here(read_json(Path(sys.argv[1])))))

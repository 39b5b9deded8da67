"""Images on two cores: vandap with a 10-minute budget; for CIFAR-10 beside the plain Keras example network.

VANDAP_DATA=... python -m bench.images.run fashion|cifar|dogs-cats     (appends to results.jsonl)
python -m bench.images.report > bench/images/RESULTS.md
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

BUDGET = 600.0
RESULTS = Path(__file__).with_name("results.jsonl")


def main() -> None:
    """Run one case."""
    name = sys.argv[1]
    root = os.environ.get("VANDAP_DATA")
    if not root:
        raise SystemExit("Set VANDAP_DATA to the folder of real data.")
    folder = Path(tempfile.gettempdir()) / "vandap-bench-images"
    folder.mkdir(exist_ok=True)
    if name == "plain":
        print(json.dumps(plain(folder / "cifar.npz", float(sys.argv[2]))))
        return
    source = {"fashion": fashion, "cifar": cifar, "dogs-cats": dogs_cats}[name](Path(root), folder)
    row = vandap_row(name, source, float(sys.argv[2]) if len(sys.argv) > 2 else BUDGET)
    if name == "cifar":
        row["plain"] = _plain_in_own_process(row["seconds"])
    with RESULTS.open("a") as file:
        file.write(json.dumps(row) + "\n")
    print(json.dumps(row, indent=1))


def fashion(root: Path, folder: Path) -> Path:
    """Fashion-MNIST with its given test part."""

    def read(name: str, header: int) -> np.ndarray:
        return np.frombuffer(gzip.decompress((root / "images/fashion-mnist" / name).read_bytes())[header:], np.uint8)

    arrays = {}
    for ours, theirs in (("train", "train"), ("test", "t10k")):
        arrays[f"x_{ours}"] = read(f"{theirs}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
        arrays[f"y_{ours}"] = read(f"{theirs}-labels-idx1-ubyte.gz", 8)
    np.savez(folder / "fashion.npz", **arrays)
    return folder / "fashion.npz"


def cifar(root: Path, folder: Path) -> Path:
    """The CIFAR-10 subset: 10,000 for training, 2,000 for the test."""
    with np.load(root / "images/cifar10_10k_2k.npz") as file:
        arrays = {f"{kind}_{part}": file[f"{part}_{kind}"] for part in ("train", "test") for kind in "xy"}
    np.savez(folder / "cifar.npz", **arrays)
    return folder / "cifar.npz"


def dogs_cats(root: Path, folder: Path) -> Path:
    """1,399 photos in one folder a class."""
    with zipfile.ZipFile(root / "images/dog_cat_1399_128px.zip") as archive:
        archive.extractall(folder / "dogs-cats")
    return next(path for path in [folder / "dogs-cats", *(folder / "dogs-cats").rglob("*")] if _holds_classes(path))


def _holds_classes(path: Path) -> bool:
    return path.is_dir() and sum(item.is_dir() for item in path.iterdir()) >= 2


def vandap_row(name: str, source: Path, budget: float) -> dict[str, Any]:
    """Train and describe the run."""
    from vandap import pipeline
    from vandap.core.recipe import DataSpec, Recipe
    from vandap.core.records import to_json

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run = pipeline.train(Recipe(DataSpec(str(source)), budget=budget), out=Path(folder) / "run", progress=_say)
        seconds = time.perf_counter() - start
        evaluation, ladder, program = run.evaluation("test"), run.ladder, run.program or {}
        assert evaluation is not None
        network = next((rung for rung in ladder.rungs if rung.slug == ladder.network), None)
        return {
            "name": name,
            "budget": budget,
            "seconds": seconds,
            "metric": evaluation.headline,
            "test": to_json(evaluation.score),
            "accuracy": to_json(evaluation.metrics["accuracy"]),
            "recommended": ladder.recommended,
            "ladder": {rung.slug: rung.score.value if rung.score else None for rung in ladder.rungs},
            "network": to_json(
                {k: v for k, v in (network.hyper_parameters if network else {}).items() if k != "rates"}
            ),
            "parameters": network.parameters if network else None,
            "backend": program.get("backend"),
            "backends": program.get("backends"),
            "cost": program.get("cost"),
            "findings": [f"{finding.severity.value} {finding.code}: {finding.message}" for finding in run.findings],
        }


def _say(event: str, facts: Any) -> None:
    print(
        f"{time.strftime('%H:%M:%S')} {event} {json.dumps(dict(facts), default=str)[:160]}", file=sys.stderr, flush=True
    )


def _plain_in_own_process(seconds: float) -> dict[str, Any]:
    environment = dict(
        os.environ, KERAS_BACKEND=os.environ.get("KERAS_BACKEND", "tensorflow"), TF_CPP_MIN_LOG_LEVEL="3"
    )
    command = [sys.executable, "-m", "bench.images.run", "plain", str(seconds)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def plain(path: Path, seconds: float) -> dict[str, Any]:
    """The example network of the Keras documentation (two convolutions, no augmentation), for the same wall clock.

    Its best epoch on a tenth of the training images is kept, which is more than the example does.
    """
    import keras
    from keras import layers

    with np.load(path) as file:
        x, y, x_test, y_test = (file[name] for name in ("x_train", "y_train", "x_test", "y_test"))
    x, x_test, y, y_test = x / np.float32(255), x_test / np.float32(255), y.ravel(), y_test.ravel()
    keras.utils.set_random_seed(0)
    model = keras.Sequential([
        keras.Input(x.shape[1:]), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(), layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    start = time.perf_counter()

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.stop_training = time.perf_counter() - start > seconds

    best = keras.callbacks.ModelCheckpoint(Path(path).with_name("plain.weights.h5"), save_best_only=True,
                                           save_weights_only=True, monitor="val_accuracy")  # fmt: skip
    history = model.fit(x, y, batch_size=128, epochs=100_000, validation_split=0.1, verbose=0, callbacks=[Stop(), best])
    model.load_weights(Path(path).with_name("plain.weights.h5"))
    accuracy = float(model.evaluate(x_test, y_test, verbose=0)[1])
    return {"accuracy": accuracy, "epochs": len(history.history["loss"]), "seconds": time.perf_counter() - start}


if __name__ == "__main__":
    main()

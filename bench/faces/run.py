"""Unseen people found by one photo: ORL faces, from training to identification, on real photos.

    VANDAP_DATA=... KERAS_BACKEND=torch python -m bench.faces.run --work /tmp/faces > bench/faces/RESULTS.md

Half of the 40 people train an embedding, the other half are enrolled with their first photo each and looked for with
their nine others; then the halves change places. Every index is built as `vandap index build --model --data` builds it,
and asked as `vandap index measure --probes` asks it. What is in the work folder is not made again.
"""

from __future__ import annotations

import argparse
import io
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vandap.embed.build import build_from_photos
from vandap.embed.identify import Measurement, measure_identification
from vandap.embed.queries import embed_queries
from vandap.search.api import build_index
from vandap.search.index import Index

SHAPE = (56, 46)
HALVES = (range(1, 21), range(21, 41))
VARIANTS, EPOCHS, BATCH = 4, 10, 50
FPIRS, FARS = (0.02, 0.1), (0.01,)
METHODS = ("untrained", "arcface", "triplet")


def main() -> None:
    """Make what is missing, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--train", type=int, choices=(0, 1), help="only train for this half of the people")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    options = parser.parse_args()
    work = options.work
    root = os.environ.get("VANDAP_DATA")
    if not root:
        raise SystemExit("Set VANDAP_DATA to the folder of real data.")
    unpack(Path(root) / "faces" / "orl_att_faces_92x112.zip", work)
    if options.train is not None:
        for method in options.methods:
            trained(work, method, options.train)
        return
    head()
    for half, people in enumerate(HALVES):
        row("pixels", half, measured_pixels(work, people))
    for method in options.methods:
        for half, people in enumerate(HALVES):
            model, seconds = trained(work, method, half)
            row(f"{method}, {seconds}", half, measured(work, model, people))
    pretrained(Path(root) / "faces" / "orl_mobilefacenet_256d.npz", work)


def unpack(archive: Path, work: Path) -> None:
    """Photos as PNG: `enrolled/<half>/<person>/1.png` and `probes/<half>/<person>/<n>.png`."""
    stored = zipfile.ZipFile(archive)
    for name in (entry for entry in stored.namelist() if entry.endswith(".pgm")):
        person, number = int(name.split("/")[-2][1:]), Path(name).stem
        part = "enrolled" if number == "1" else "probes"
        path = work / part / str(int(person > 20)) / f"s{person:02d}" / f"{number}.png"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.open(io.BytesIO(stored.read(name))).save(path)


def photos(work: Path, people: range) -> tuple[np.ndarray, np.ndarray]:
    """All photos of people at half size, and whose they are."""
    half = str(int(people[0] > 20))
    paths = [path for part in ("enrolled", "probes") for path in sorted((work / part / half).rglob("*.png"))]
    images = [np.asarray(Image.open(path).resize(SHAPE[::-1], Image.Resampling.BILINEAR)) for path in paths]
    names = np.array([int(path.parent.name[1:]) - people[0] for path in paths])
    return np.stack(images)[..., None].astype(np.float32), names


def varied(images: np.ndarray, names: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Shifted by up to three pixels, mirrored, brighter and darker."""
    generator, made = np.random.default_rng(seed), []
    for image in np.repeat(images, VARIANTS, axis=0):
        shift = generator.integers(-3, 4, 2)
        turned = np.roll(image[:, :: generator.choice((-1, 1))], shift, axis=(0, 1))
        made.append(np.clip(turned * generator.uniform(0.8, 1.2), 0, 255))
    return np.stack(made), np.repeat(names, VARIANTS)


def network(people: int, method: str) -> tuple[Any, Any]:
    """A small network: photo to embedding, and to cosines for ArcFace."""
    import keras
    from keras import layers

    from vandap.metric_learning import CosineHead

    inputs = keras.Input((*SHAPE, 1))
    x = layers.AveragePooling2D(2)(layers.Rescaling(1 / 127.5, offset=-1)(inputs))
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(x)  # light and contrast of each photo
    for width in (32, 64):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.MaxPooling2D()(layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x)))
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    embedding = layers.BatchNormalization(momentum=0.9, name="embedding")(layers.Dense(64)(x))
    head = CosineHead(people, name="head")(embedding) if method == "arcface" else embedding
    return keras.Model(inputs, embedding), keras.Model(inputs, head)


def trained(work: Path, method: str, half: int) -> tuple[Path, str]:
    """The embedding trained on the people of the other half, and the processor seconds it took."""
    import keras

    from vandap.metric_learning import ArcFace, IdentityBatches, TripletLoss

    path, told = work / f"{method}-{half}.keras", work / f"{method}-{half}.txt"
    if path.exists():
        return path, told.read_text()
    keras.utils.set_random_seed(half)
    images, names = varied(*photos(work, HALVES[1 - half]), seed=half)
    embedding, whole = network(len(HALVES[1 - half]), method)
    started = time.process_time()
    if method == "arcface":
        whole.compile(keras.optimizers.AdamW(2e-3), ArcFace(margin=0.2, scale=16))
        whole.fit(images, names, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    elif method == "triplet":
        whole.compile(keras.optimizers.AdamW(2e-3), TripletLoss("batch_hard", margin=0.3))
        whole.fit(IdentityBatches(images, names, 10, 4, seed=half), epochs=EPOCHS, verbose=0)
    embedding.save(path)
    told.write_text(f"{time.process_time() - started:.0f} s")
    return path, told.read_text()


def measured(work: Path, model: Path, people: range) -> Measurement:
    """Enrol one photo each, look for the others."""
    half = str(int(people[0] > 20))
    out = work / "indexes" / f"{model.stem}-{half}"
    index = Index(out) if (out / "manifest.json").exists() else (
        build_from_photos(work / "enrolled" / half, model, out, engine="exact").index
    )  # fmt: skip
    probes = embed_queries(index, work / "probes" / half)
    options = {"leave_out": True, "fpirs": FPIRS, "fars": FARS}
    return measure_identification(index, "person", probes.vectors, probes.people, **options)


def measured_pixels(work: Path, people: range) -> Measurement:
    """The same by the cosine of centred pixels."""
    images, names = photos(work, people)
    return measured_vectors(images.reshape(len(images), -1) - images.mean(axis=(1, 2, 3))[:, None], names, work)


def measured_vectors(vectors: np.ndarray, names: np.ndarray, work: Path) -> Measurement:
    """The same of vectors: the first of each person is enrolled."""
    import pyarrow as pa

    first = np.unique(names, return_index=True)[1]
    rest = np.setdiff1d(np.arange(len(names)), first)
    payload = pa.table({"person": [str(name) for name in names[first]]})
    index = build_index(vectors[first], work / "vectors", engine="exact", payload=payload, overwrite=True)
    people = [str(name) for name in names[rest]]
    options = {"leave_out": True, "fpirs": FPIRS, "fars": FARS}
    return measure_identification(index, "person", vectors[rest], people, **options)


def pretrained(path: Path, work: Path) -> None:
    """All 40 people by the vectors of a MobileFaceNet that was trained on half a million photos."""
    with np.load(path) as stored:
        row("MobileFaceNet (CASIA)", None, measured_vectors(stored["emb"], stored["subject"], work))


def head() -> None:
    """The page's beginning."""
    print("# Unseen people found by one photo: ORL faces\n")
    print("Made by `python -m bench.faces.run`. AT&T Laboratories Cambridge's ORL faces: 40 people, 10 photos each. A")
    print(f"small network ({SHAPE[0]} x {SHAPE[1]} grey, 64 numbers) learns from 200 photos of 20 people, {VARIANTS}")
    print(f"variants each, {EPOCHS} epochs; the 20 others are enrolled with one photo each and looked for with nine. A")
    print("stranger is a probe whose own person is left out of the gallery. 95 % intervals over people.\n")
    names = ["embedding", "half", "gallery", "rank-1", *(f"TAR@FAR={far:g}" for far in FARS)]
    names += [text for share in FPIRS for text in (f"threshold at FPIR {share:g}", "FNIR", "FPIR on others")]
    print("| " + " | ".join(names) + " |\n" + "|---" * len(names) + "|")


def row(name: str, half: int | None, found: Measurement) -> None:
    """One line."""
    seen = found.identification
    cells = [name, "both" if half is None else "AB"[half], str(seen.gallery), _shown(seen.recalls[0])]
    cells += [_shown(estimate) for estimate in found.verification]
    for point in seen.points:
        cells += [_shown(point.threshold), _shown(point.fnir), _shown(point.checked)]
    print("| " + " | ".join(cells) + " |", flush=True)


def _shown(estimate: object) -> str:
    value, low, high = (getattr(estimate, name) for name in ("value", "low", "high"))
    return "cannot tell" if np.isnan(value) else f"{value:.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()

"""Measures the search for copies on real data: how many made copies are found, how many look-alikes are united.

VANDAP_DATA=FOLDER python bench/duplicates/run.py > bench/duplicates/RESULTS.md
"""

from __future__ import annotations

import gzip
import io
import os
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from vandap.data import duplicates, near_duplicates
from vandap.data.examples import ArrayExamples, TableExamples
from vandap.data.hashing import hash_examples

COMMAND = "VANDAP_DATA=FOLDER python bench/duplicates/run.py > bench/duplicates/RESULTS.md"
COPIES = 500
SHIFT = 12  # grey levels of the brightness shift


def fashion(folder: Path) -> list[np.ndarray]:
    parts = ("train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz")
    packed = [gzip.decompress((folder / "images/fashion-mnist" / part).read_bytes()) for part in parts]
    return list(np.concatenate([np.frombuffer(part, np.uint8, offset=16).reshape(-1, 28, 28) for part in packed]))


def cifar(folder: Path) -> list[np.ndarray]:
    with np.load(folder / "images/cifar10_10k_2k.npz") as file:
        return [image for name in file.files if file[name].ndim == 4 for image in file[name]]


def archive(path: Path) -> list[np.ndarray]:
    with zipfile.ZipFile(path) as file:
        names = [name for name in file.namelist() if name.lower().endswith((".jpg", ".jpeg", ".pgm", ".png"))]
        opened = [Image.open(io.BytesIO(file.read(name))) for name in names]
    return [np.asarray(image.convert("L" if image.mode == "L" else "RGB")) for image in opened]


def changed(image: np.ndarray, generator: np.random.Generator, scale: float) -> np.ndarray:
    """A copy: resized by up to `scale`, brightness shifted, JPEG of quality 80."""
    shift = generator.uniform(-SHIFT, SHIFT)
    copy = Image.fromarray(np.clip(image.astype(float) + shift, 0, 255).astype(np.uint8))
    factor = 1 + generator.uniform(-scale, scale)
    copy = copy.resize((round(copy.width * factor), round(copy.height * factor)), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    copy.save(file, "JPEG", quality=80)
    return np.asarray(Image.open(file))


def small(images: list[np.ndarray], side: int) -> np.ndarray:
    """Thumbnails of images of any size, as the search makes them."""
    made = [
        near_duplicates.thumbnails(ArrayExamples(image[None], "images"), np.zeros(1, int), side) for image in images
    ]
    return np.concatenate(made)


def recall(images: list[np.ndarray], thumbs: np.ndarray, scale: float) -> float:
    """Share of made copies that are united with their original, searched among all images of the set."""
    generator = np.random.default_rng(0)
    chosen = generator.choice(len(images), min(COPIES, len(images)), replace=False)
    copies = small([changed(images[row], generator, scale) for row in chosen], thumbs.shape[1])
    pairs = search(np.concatenate([thumbs, copies]), images)
    set_of = duplicates.unite(np.arange(len(thumbs) + len(copies)), pairs=pairs)
    return float(np.mean(set_of[chosen] == set_of[len(thumbs) :]))


def search(thumbs: np.ndarray, images: list[np.ndarray]) -> np.ndarray:
    small_images = min(images[0].shape[:2]) < near_duplicates.SMALL
    return near_duplicates.similar(thumbs, coarse_too=small_images)[0]


def picture_row(name: str, images: list[np.ndarray]) -> str:
    side = min(32, *images[0].shape[:2])
    thumbs = small(images, side)
    started = time.process_time()
    pairs = search(thumbs, images)
    seconds = time.process_time() - started
    size = f"{images[0].shape[1]} x {images[0].shape[0]}"
    united = len(np.unique(pairs))
    found, found_resized = (recall(images, thumbs, scale) for scale in (0, 0.05))
    return (
        f"| {name} | {len(images):,} | {size} | {found:.3f} | {found_resized:.3f} | {len(pairs)} | "
        f"{united / len(images):.3%} | {seconds:.1f} |"
    )


def tables(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    for path in sorted((folder / "tables").glob("*.csv")):
        if path.stem.startswith("groceries"):
            continue
        header = 0 if path.stem.startswith(("sns", "telco", "credit")) else None
        table = pd.read_csv(path, header=header)
        yield path.stem, table.drop(columns="survived" if path.stem == "sns_titanic" else table.columns[-1])
    with zipfile.ZipFile(folder / "tables/pmlb_30sets.zip") as file:
        for name in file.namelist():
            table = pd.read_csv(io.BytesIO(file.read(name)), sep="\t", compression="gzip")
            yield Path(name).name.split(".")[0], table.drop(columns="target")


def table_row(name: str, table: pd.DataFrame) -> str | None:
    codes = {column: pd.factorize(table[column])[0].astype(np.int32) for column in table}
    examples = TableExamples(codes, len(table))
    found = duplicates.find(examples, hash_examples(examples))
    sizes = np.bincount(found.exact)
    if len(sizes) == len(table):
        return None
    distinct = np.unique(found.exact, return_index=True)[1]
    combinations, widest = duplicates._spread([values[distinct] for values in codes.values()])
    chance = len(table) * (len(table) - 1) / combinations
    pairs = float((sizes * (sizes - 1.0)).sum())
    verdict = "population" if found.natural else "copies"
    verdict += ", one common combination aside" if not found.natural and found.population.any() else ""
    ratio = f"{pairs / chance:.2g}" if chance else "inf"
    return (
        f"| {name} | {len(table):,} | {len(codes)} | {len(sizes) / len(table):.3f} | {sizes.max() / len(table):.3f} | "
        f"{ratio} | {combinations / len(table):.2g} | {widest / len(sizes):.2f} | {verdict} |"
    )


def main() -> None:
    if "VANDAP_DATA" not in os.environ:
        sys.exit("Set VANDAP_DATA to the folder of real data.")
    folder = Path(os.environ["VANDAP_DATA"])
    print(f"# Copies and look-alikes\n\n    {COMMAND}\n\n## Images\n")
    print(
        f"Copies made of up to {COPIES} images of each set: brightness shifted by up to {SHIFT} of 255 levels and "
        "re-encoded as JPEG of quality 80, without and with resizing by up to 5 %, hidden among all images of the set. "
        "Pairs are those found in the data as they are; of 48 of Fashion-MNIST that were looked at nearly all show the "
        "same article, and all of CIFAR-10 the same photograph. A copy of a Fashion-MNIST image that has many "
        "look-alikes (trousers) cannot be told from them and is not united. "
        f"Thresholds: cosine {near_duplicates.ALIKE}, of details {near_duplicates.ALIKE_DETAIL}.\n"
    )
    print("| set | images | first size | recall, same size | recall, resized | pairs | united images | CPU seconds |")
    print("|---|---|---|---|---|---|---|---|")
    print(picture_row("ORL faces", archive(folder / "faces/orl_att_faces_92x112.zip")))
    print(picture_row("cats and dogs", archive(folder / "images/dog_cat_1399_128px.zip")))
    print(picture_row("ImageNet sample", archive(folder / "images/imagenet_sample_200.zip")))
    print(picture_row("CIFAR-10", cifar(folder)))
    print(picture_row("Fashion-MNIST", fashion(folder)))
    print(
        "\n## Tables\n\nTables with repeated inputs. Ratio: repeated pairs over those that independent columns would "
        "give by chance. Crowding: effective combinations of the columns over rows. Widest: distinct values of the "
        f"widest column over distinct rows. Population: ratio up to {duplicates.CHANCE:g}, or distinct share below "
        f"{duplicates.FEW_DISTINCT:g} with crowding up to {duplicates.CROWDED:g} and widest up to {duplicates.WIDE:g}. "
        "A single column repeats its values by nature.\n"
    )
    print("| table | rows | columns | distinct share | largest share | ratio | crowding | widest | taken as |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, table in tables(folder):
        if row := table_row(name, table):
            print(row)


if __name__ == "__main__":
    main()

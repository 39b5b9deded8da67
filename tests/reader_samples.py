"""A sample and bad inputs for every reader, made by the test itself. A new reader needs one entry here."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from PIL import Image

ROWS = 60


@dataclass(frozen=True)
class Sample:
    """How to make a reader's data below a folder.

    Args:
        good: Writes a good sample and returns its source (and the object, for data in memory).
        bad: Writes unusable data of this form and returns its source, by what is wrong with it.
    """

    good: Callable[[Path], tuple[str, Any]]
    bad: dict[str, Callable[[Path], tuple[str, Any]]] = field(default_factory=dict)


def columns() -> dict[str, list]:
    """A small table: a number, a category, a date, a boolean, and a target that depends on the number."""
    rng = np.random.default_rng(0)
    size = rng.normal(size=ROWS).round(3)
    return {
        "size": size.tolist(),
        "colour": rng.choice(["red", "green", "blue"], ROWS).tolist(),
        "day": [f"2024-01-{1 + row % 28:02d}" for row in range(ROWS)],
        "open": rng.choice(["yes", "no"], ROWS).tolist(),
        "label": np.where(size > 0, "big", "small").tolist(),
    }


def write_csv(path: Path, table: dict[str, list] | None = None, delimiter: str = ",") -> Path:
    """Write a delimited text file."""
    table = table or columns()
    lines = [delimiter.join(table)] + [delimiter.join(map(str, row)) for row in zip(*table.values(), strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_images(root: Path, classes: tuple[str, ...] = ("cat", "dog"), count: int = 6) -> Path:
    """Write colour PNG images, one folder a class."""
    rng = np.random.default_rng(0)
    for name in classes:
        (root / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            pixels = rng.integers(0, 256, (12, 10, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"{number}.png")
    return root


def arrays() -> tuple[np.ndarray, np.ndarray]:
    """Features and labels."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, 4)).astype(np.float32)
    return x, (x[:, 0] > 0).astype(np.int64)


def _file(name: str, content: bytes) -> Callable[[Path], tuple[str, Any]]:
    def write(folder: Path) -> tuple[str, Any]:
        (folder / name).write_bytes(content)
        return str(folder / name), None

    return write


def _csv(folder: Path) -> tuple[str, Any]:
    return str(write_csv(folder / "table.csv")), None


def _parquet(folder: Path) -> tuple[str, Any]:
    pyarrow.parquet.write_table(pa.table(columns()), folder / "table.parquet")
    return str(folder / "table.parquet"), None


def _json_lines(folder: Path) -> tuple[str, Any]:
    table = columns()
    rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    (folder / "table.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return str(folder / "table.jsonl"), None


def _npz(folder: Path) -> tuple[str, Any]:
    x, y = arrays()
    np.savez(folder / "arrays.npz", x=x, y=y)
    return str(folder / "arrays.npz"), None


def _npz_objects(folder: Path) -> tuple[str, Any]:
    np.savez(folder / "objects.npz", x=np.array([[{}], [{}]], dtype=object), y=np.arange(2))
    return str(folder / "objects.npz"), None


def _npz_nameless(folder: Path) -> tuple[str, Any]:
    np.savez(folder / "nameless.npz", first=np.zeros((4, 2)), second=np.zeros((4, 2)))
    return str(folder / "nameless.npz"), None


def _npy(folder: Path) -> tuple[str, Any]:
    x, y = arrays()
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    return str(folder), None


def _npy_lengths(folder: Path) -> tuple[str, Any]:
    x, y = arrays()
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y[:-1])
    return str(folder), None


def _npy_lone(folder: Path) -> tuple[str, Any]:
    np.save(folder / "x.npy", arrays()[0])
    return str(folder), None


def _images(folder: Path) -> tuple[str, Any]:
    return str(write_images(folder / "photos")), None


def _images_unreadable(folder: Path) -> tuple[str, Any]:
    for name in ("cat", "dog"):
        (folder / "photos" / name).mkdir(parents=True)
        (folder / "photos" / name / "0.jpg").write_text("no image")
    return str(folder / "photos"), None


def _images_loose(folder: Path) -> tuple[str, Any]:
    Image.new("L", (4, 4)).save(folder / "0.png")
    return str(folder), None


def _one_class(folder: Path) -> tuple[str, Any]:
    return str(write_images(folder / "photos", ("cat",))), None


def _frame(folder: Path) -> tuple[str, Any]:
    return "<memory>", pa.table(columns())


SAMPLES = {
    "bundled": Sample(
        lambda folder: ("bundled:iris", None), {"unknown name": lambda folder: ("bundled:no_such_data", None)}
    ),
    "csv": Sample(
        _csv,
        {
            "empty": _file("empty.csv", b""),
            "header only": _file("header.csv", b"a,b,c\n"),
            "one column": _file("one.csv", b"a\n1\n2\n3\n"),
            "binary": _file("binary.csv", b"PAR1" + bytes(60)),
            "zip": _file("zip.csv", b"PK\x03\x04" + bytes(60)),
            "not packed": _file("plain.csv.gz", b"a,b\n1,2\n"),
            "cut": _file("cut.csv.gz", gzip.compress(b"a,b\n" + bytes(range(48, 58)) * 999)[:-20]),
            "ragged": _file("ragged.csv", b"a,b,label\n" + b"1,2,x\n" * 50 + b"1,2\n" * 3 + b"3,4,y\n" * 50),
            "constant target": _file("constant.csv", b"a,label\n1,x\n2,x\n3,x\n4,x\n"),
            "nothing but identifiers": _file(
                "ids.csv", b"id,label\n" + b"".join(b"k%d,%d\n" % (n, n % 2) for n in range(200))
            ),
        },
    ),
    "parquet": Sample(_parquet, {"text": _file("text.parquet", b"a,b\n1,2\n"), "empty": _file("empty.parquet", b"")}),
    "json-lines": Sample(
        _json_lines,
        {
            "empty": _file("empty.jsonl", b""),
            "no objects": _file("list.jsonl", b"1\n2\n3\n"),
            "one array": _file("array.json", b'[\n{"a": 1},\n{"a": 2}\n]\n'),
        },
    ),
    "npz": Sample(
        _npz, {"text": _file("text.npz", b"no zip"), "objects": _npz_objects, "no known names": _npz_nameless}
    ),
    "npy": Sample(_npy, {"lengths": _npy_lengths, "labels missing": _npy_lone, "text": _file("x.npy", b"no array")}),
    "image-folder": Sample(
        _images, {"all unreadable": _images_unreadable, "no class folders": _images_loose, "one class": _one_class}
    ),
    "frame": Sample(
        _frame, {"no frame": lambda folder: ("<memory>", 3), "no columns": lambda folder: ("<memory>", [])}
    ),
}

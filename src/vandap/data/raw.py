"""What a user hands to a trained model, turned into raw inputs like those it was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image

from vandap.core.dataset import ARRAY, IMAGES, Raw
from vandap.core.family import members
from vandap.core.preprocess import Preprocess
from vandap.core.recipe import DataSpec
from vandap.core.schema import Column, ColumnKind, Role
from vandap.data import readers as reader_family
from vandap.data.column_store import CategoryStore, NumberStore, Store
from vandap.data.image_examples import pool
from vandap.data.images import UnreadableImageError, decode, is_image_name, to_array
from vandap.data.readers._reader import Reader, existing
from vandap.data.readers._table_reader import TableReader
from vandap.data.readers.frame import to_table
from vandap.data.table_source import ArrowSource, TableSource, rows_to_batch
from vandap.data.values import WIDE, parse_booleans, parse_dates, parse_numbers
from vandap.errors import DataError

_SHOWN = 5


def to_raw(value: Any, columns: tuple[Column, ...], preprocess: Preprocess) -> Raw:
    """Turn inputs into a raw batch.

    Args:
        value: For images: a path, a folder, arrays, or a list of paths or arrays. For tables: the path of a table, a
            data frame, a row or a list of rows (column name to value). For arrays: an array, or the path of an `.npy`.
        columns: The columns of the artifact; categories are coded by theirs, and unknown ones are missing.
        preprocess: The artifact's preprocessing; it gives the kind and the shape of the inputs.

    Returns:
        What `Examples.take` would return for these inputs.

    Raises:
        DataError: Inputs of another form, of another shape, or without a column that the model reads.
    """
    if preprocess.kind == IMAGES:
        return _of_pixels(images_to_raw(value, preprocess.shape), preprocess.pixels)
    if preprocess.kind == ARRAY:
        return _array_to_raw(value, preprocess.shape)
    return table_to_raw(value, columns)


def table_to_raw(value: Any, columns: tuple[Column, ...]) -> dict[str, np.ndarray]:
    """Turn rows, a data frame or a table file into the arrays of the feature columns."""
    source = _source(value)
    features = [column for column in columns if column.role is Role.FEATURE]
    missing = [column.name for column in features if column.name not in source.names]
    if missing:
        raise DataError(
            "Columns that the model reads are missing.",
            received=f"{source.label} without {', '.join(missing[:_SHOWN])}{' ...' if len(missing) > _SHOWN else ''}",
            expected=f"the columns {', '.join(column.name for column in features[:20])}",
            hint="Give the same columns as in training; a missing value may be empty or None.",
        )
    names = [column.name for column in features]
    batches = list(source.blocks(names))
    stores = {column.name: _store(column, sum(map(len, batches)), source.decimal_comma) for column in features}
    start = 0
    for batch in batches:
        for name, array in zip(names, batch.columns, strict=True):
            stores[name].put(start, array)
        start += len(batch)
    for store in stores.values():
        store.finish()
    return {name: store.values for name, store in stores.items()}


def _store(column: Column, rows: int, decimal_comma: bool) -> Store:
    if column.kind is ColumnKind.CATEGORY:
        return CategoryStore(rows, column.categories)
    if column.kind is ColumnKind.BOOLEAN:
        return NumberStore(rows, np.float32, parse_booleans)
    if column.kind is ColumnKind.DATE:
        return NumberStore(rows, np.float64, partial(parse_dates, format=column.format))
    dtype = np.float64 if column.format == WIDE else np.float32
    return NumberStore(rows, dtype, lambda block: parse_numbers(block, decimal_comma).values)


def _source(value: Any) -> TableSource:
    if isinstance(value, str | Path):
        path = existing(str(value))
        for reader in members(reader_family, Reader):  # type: ignore[type-abstract]
            if isinstance(reader, TableReader) and reader.recognises(path):
                return reader.open(path, DataSpec(str(path)))
        raise _foreign(value, "a table file (CSV, TSV, Parquet, JSON lines)")
    if isinstance(value, Mapping):
        listed = {name: _listed(item) for name, item in value.items()}
        value = [dict(zip(listed, row, strict=True)) for row in zip(*listed.values(), strict=True)]
    if isinstance(value, Sequence) and value and all(isinstance(row, Mapping) for row in value):
        names = list(dict.fromkeys(name for row in value for name in row))
        table = pa.Table.from_batches([rows_to_batch(value, names)])
        return ArrowSource(table, "the rows given")
    if isinstance(value, Sequence | np.ndarray):
        raise _foreign(value, "rows as mappings from column name to value, a data frame, or the path of a table")
    return ArrowSource(to_table(value), "the data frame given")


def _listed(item: Any) -> list[Any]:
    """One row may be given as plain values, several as columns of values."""
    if isinstance(item, np.ndarray | pa.Array):
        return list(item.tolist())
    return list(item) if isinstance(item, list | tuple) else [item]


def images_to_raw(value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Turn images (paths, a folder, arrays, Pillow images) into `(n, height, width, channels)`.

    Args:
        value: One or several images.
        shape: (height, width, channels) that the model reads.
    """
    if isinstance(value, np.ndarray):
        whole = value.ndim == 4 or (value.ndim == 3 and value.shape[-1] not in (1, 3, 4))
        items: list[Any] = list(value) if whole else [value]
    elif isinstance(value, str | Path):
        items = _files(Path(existing(str(value))))
    elif isinstance(value, Image.Image):
        items = [value]
    elif isinstance(value, Sequence):
        items = list(value)
    else:
        raise _foreign(value, "paths of images, or arrays")
    if not items:
        return np.zeros((0, *shape), np.uint8)
    return np.stack(list(pool().map(partial(_image, shape=shape), items)))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = sorted(item for item in path.rglob("*") if is_image_name(item.name) and item.is_file())
    if not found:
        raise DataError(
            "The folder holds no images.",
            received=str(path),
            expected="PNG, JPEG, BMP, GIF, TIFF, WebP, PPM or PGM images",
            hint="Check the path.",
        )
    return found


def _of_pixels(images: np.ndarray, pixels: str) -> np.ndarray:
    """Refuse images whose values are in another scale than the model was trained on: it would answer, but wrongly."""
    if (images.dtype == np.uint8) == (pixels == "uint8"):
        return images
    raise DataError(
        "The images have another scale than the model was trained on.",
        received=f"{images.dtype} values" + (" (image files are uint8)" if images.dtype == np.uint8 else ""),
        expected="uint8 values from 0 to 255" if pixels == "uint8" else "float arrays, scaled like the training arrays",
        hint="Convert them the way the training data were converted.",
    )


def _image(item: Any, shape: tuple[int, ...]) -> np.ndarray:
    height, width, channels = shape
    if channels not in (1, 3) and isinstance(item, str | Path | Image.Image):
        raise DataError(
            "The model reads arrays, not image files.",
            received=str(item),
            expected=f"arrays of shape {shape}, as in training",
            hint="Image files become grey or colour images; give arrays instead.",
        )
    if isinstance(item, str | Path):
        path = existing(str(item))
        try:
            return decode(path, (height, width), channels)
        except UnreadableImageError as error:
            raise DataError(
                f"The image cannot be read: {error}".rstrip(".") + ".",
                received=str(path),
                expected="a PNG, JPEG, BMP, GIF, TIFF, WebP, PPM or PGM image",
                hint="Leave this file out, or fetch it again.",
            ) from None
    if isinstance(item, Image.Image):
        return to_array(item, (height, width), channels)
    return _from_array(np.asarray(item), (height, width, channels))


def _from_array(array: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    array = array[..., None] if array.ndim == 2 else array
    if array.shape == shape:
        return array
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[-1] not in (1, 3, 4):
        raise DataError(
            "The image has another shape than the model reads.",
            received=f"shape {array.shape}, {array.dtype}",
            expected=f"shape {shape}; uint8 images of any size with 1, 3 or 4 channels are resized",
            hint="Bring the image to this shape, or give its path.",
        )
    image = Image.fromarray(array[..., 0] if array.shape[-1] == 1 else array)
    return to_array(image, shape[:2], shape[2])


def _array_to_raw(value: Any, shape: tuple[int, ...]) -> np.ndarray:
    if isinstance(value, str | Path):
        value = _loaded(existing(str(value)))
    try:
        array = np.asarray(value, np.float32)
    except (TypeError, ValueError):
        raise _foreign(value, f"numbers of shape (n, {', '.join(map(str, shape))})") from None
    if array.shape == shape:
        array = array[None]
    if array.shape[1:] != shape:
        raise DataError(
            "The inputs have another shape than the model reads.",
            received=f"shape {array.shape}",
            expected=f"shape (n, {', '.join(map(str, shape))})",
            hint="Give the inputs in the form they had in training.",
        )
    return array


def _loaded(path: Path) -> np.ndarray:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError):
        raise _foreign(str(path), "an .npy file of numbers") from None
    if isinstance(array, np.ndarray):
        return array
    with array:
        named = {name.lower(): name for name in array.files}
        if "x" in named or len(named) == 1:
            return array[named.get("x") or array.files[0]]
    raise _foreign(str(path), "an .npy file, or an .npz with the array x")


def _foreign(value: Any, expected: str) -> DataError:
    return DataError(
        "These inputs have a form that the model cannot read.",
        received=value if isinstance(value, str) else type(value).__name__,
        expected=expected,
        hint="Give the inputs in the form they had in training.",
    )

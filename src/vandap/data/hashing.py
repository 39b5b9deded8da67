"""Hashes of content: one 64-bit number a row, to find copies, and one fingerprint a data set, to recognise it again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from vandap.core.dataset import Examples, Raw

_CHUNK = 1 << 18
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_PROBES = 256


def _mix(values: np.ndarray) -> np.ndarray:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): every input bit reaches every output bit."""
    values = (values ^ (values >> np.uint64(30))) * _FIRST
    values = (values ^ (values >> np.uint64(27))) * _SECOND
    return values ^ (values >> np.uint64(31))


def _bits(values: np.ndarray) -> np.ndarray:
    """Bit patterns as uint64, with one pattern for every NaN and one for both zeros."""
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), np.array(np.nan, values.dtype), values + values.dtype.type(0))
        return values.view(np.uint32 if values.itemsize == 4 else np.uint64).astype(np.uint64)
    return values.astype(np.int64).view(np.uint64)


def hash_columns(columns: Mapping[str, np.ndarray], rows: int) -> np.ndarray:
    """Hash the rows of a table: uint64 of shape `(rows,)`. Equal rows hash equal, missing values being equal."""
    result = np.zeros(rows, np.uint64)
    with np.errstate(over="ignore"):
        for place, values in enumerate(columns.values(), start=1):
            salt = np.uint64(place) * _STEP
            for start in range(0, rows, _CHUNK):
                part = slice(start, start + _CHUNK)
                result[part] = _mix(result[part] ^ _mix(_bits(values[part]) + salt))
    return result


def hash_numbers(values: np.ndarray, salt: int = 0) -> np.ndarray:
    """Hash each number to 64 bits.

    Args:
        values: Integers or floats of any shape.
        salt: Another salt gives another, unrelated hash of the same numbers.
    """
    with np.errstate(over="ignore"):
        return _mix(_mix(_bits(values) + np.uint64(salt) * _STEP))


def hash_bytes(content: bytes | memoryview) -> int:
    """Hash bytes to 64 bits."""
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")


def hash_rows(array: np.ndarray) -> np.ndarray:
    """Hash each entry of an array along its first axis: uint64 of shape `(n,)`."""
    prefix = str((array.shape[1:], array.dtype.str)).encode()
    rows = np.ascontiguousarray(array).reshape(len(array), -1)
    return np.array([hash_bytes(prefix + row.tobytes()) for row in rows], np.uint64)


def hash_raw(raw: Raw) -> np.ndarray:
    """Hash each example of a raw batch."""
    if isinstance(raw, Mapping):
        return hash_columns(raw, len(next(iter(raw.values()), ())))
    return hash_rows(raw)


def hash_examples(examples: Examples, batch: int = 1024) -> np.ndarray:
    """Hash every example as a model receives it, in batches: uint64 of shape `(len(examples),)`."""
    count = len(examples)
    parts = [hash_raw(examples.take(np.arange(start, min(start + batch, count)))) for start in range(0, count, batch)]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint64)


def fingerprint_arrays(arrays: Iterable[np.ndarray]) -> str:
    """Fingerprint of arrays in memory."""
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        digest.update(str((array.shape, array.dtype.str)).encode())
        for start in range(0, len(array), 4096):
            digest.update(np.ascontiguousarray(array[start : start + 4096]).view(np.uint8).data)
    return digest.hexdigest()


def fingerprint_files(paths: Iterable[Path]) -> str:
    """Fingerprint of whole files, streamed."""
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def fingerprint_folder(root: Path, files: list[Path]) -> str:
    """Fingerprint of a folder: every name and size, and the content of at most 256 files spread evenly."""
    digest = hashlib.blake2b(digest_size=16)
    for path in files:
        digest.update(os.fsencode(f"{os.path.relpath(path, root)}\0{path.stat().st_size}\n"))
    for place in np.unique(np.linspace(0, len(files) - 1, min(_PROBES, len(files))).astype(int)):
        digest.update(files[place].read_bytes())
    return digest.hexdigest()


def fingerprint_table(table: pa.Table) -> str:
    """Fingerprint of a table in memory: its schema and every value."""
    digest = hashlib.blake2b(str(table.schema.remove_metadata()).encode(), digest_size=16)
    for batch in table.combine_chunks().to_batches():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        digest.update(sink.getvalue())
    return digest.hexdigest()

"""Arrays from `.npy` files of the user's, whatever they turn out to be."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

_MARK = b"\x93NUMPY"
_ARCHIVE = b"PK"


def load_npy(path: Path, mode: Literal["r"] | None = None) -> np.ndarray:
    """One array.

    Args:
        path: The file.
        mode: `r` to map it into memory in place of reading it.

    Raises:
        ValueError: It is empty, cut, an archive of several arrays, or holds objects of Python.
        OSError: The system cannot read it.
    """
    with path.open("rb") as file:
        mark = file.read(len(_MARK))
    if mark.startswith(_ARCHIVE):
        raise ValueError("it is an archive of arrays, as numpy.savez writes it")
    if mark != _MARK:  # numpy would take it for a pickle, or for an archive
        raise ValueError("it does not begin as numpy.save begins a file" if mark else "it is empty")
    held: np.ndarray = np.load(path, mmap_mode=mode, allow_pickle=False)
    return held

"""What a file really is, by its first bytes."""

from __future__ import annotations

from pathlib import Path

from vandap.errors import DataError

_SIGNATURES = (
    (b"PAR1", "a Parquet file", "Rename it to end in .parquet."),
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "Save the sheet as CSV, or unpack the archive."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV."),
    (b"\x1f\x8b", "a gzip file", "Rename it to end in .csv.gz, or unpack it."),
    (b"\x93NUMPY", "a numpy array", "Rename it to end in .npy."),
    (b"\x89PNG", "a PNG image", "For images, give a folder with one sub-folder a class."),
    (b"\xff\xd8\xff", "a JPEG image", "For images, give a folder with one sub-folder a class."),
    (b"GIF8", "a GIF image", "For images, give a folder with one sub-folder a class."),
    (b"%PDF", "a PDF document", "Export the table as CSV."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV."),
    (b"\x89HDF", "an HDF5 file", "Save the arrays with numpy.savez as .npz."),
    (b"ARROW1", "an Arrow file", "Save it as Parquet."),
    (b"BZh", "a bzip2 file", "Unpack it."),
    (b"\xfd7zXZ", "an xz file", "Unpack it."),
    (b"\x80\x04", "a Python pickle, which can run code when it is opened", "Save the data as CSV, Parquet or .npz."),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def head(path: Path, size: int = 4096) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(size)


def looks_like(content: bytes) -> tuple[str, str] | None:
    """Return what the bytes look like and what to do about it; None for text."""
    for signature, what, hint in _SIGNATURES:
        if content.startswith(signature):
            return what, hint
    if b"\0" in content and not content.startswith(_UTF16):
        return "a binary file", "Export the data as CSV, Parquet or .npz."
    return None


def check_text(path: Path, expected: str) -> None:
    """Refuse a file that is not text.

    Raises:
        DataError: It looks like something else, or is empty.
    """
    content = head(path)
    if not content:
        raise DataError(
            "The file is empty.",
            received=str(path),
            expected=expected,
            hint="Check that the file was written completely.",
        )
    found = looks_like(content)
    if found is not None:
        raise DataError(
            f"The file is not what its name says: it looks like {found[0]}.",
            received=str(path),
            expected=expected,
            hint=found[1],
        )

"""What the readers of table files share."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from vandap.core.recipe import DataSpec
from vandap.data.contents import Contents
from vandap.data.hashing import fingerprint_files
from vandap.data.readers._reader import Reader, dataset_name, existing
from vandap.data.table import read_table
from vandap.data.table_source import TableSource
from vandap.errors import DataError

OPTIONS = ("target", "group", "time", "split_column", "ignore", "types", "test")


class TableReader(Reader):
    """Reads one form of table file.

    Attributes:
        suffixes: File name endings, lower case.
    """

    suffixes: ClassVar[tuple[str, ...]]

    @abstractmethod
    def open(self, path: Path, spec: DataSpec) -> TableSource:
        """Open a file as a table that can be read block by block.

        Raises:
            DataError: The file is not what its name says, or is empty.
        """

    def recognises(self, path: Path | str) -> bool:
        """Whether the path is a file with one of the endings."""
        return str(path).lower().endswith(self.suffixes) and Path(path).is_file()

    def read(self, spec: DataSpec, seed: int, memory: Any = None) -> Contents:
        """Read the table, with the test table if one is stated."""
        path = _file(spec.source)
        source = self.open(path, spec)
        paths = [path]
        test = None
        if spec.test is not None:
            paths.append(_file(spec.test))
            test = self.open(paths[-1], spec)
        return read_table(source, test, spec, dataset_name(spec.source), fingerprint_files(paths))


def _file(source: str) -> Path:
    path = existing(source)
    if path.is_dir():
        raise DataError(
            "This is a folder, not a table file.",
            received=source,
            expected="a file",
            hint="Give the path of the file in it.",
        )
    return path

"""Building from Python and from the command line: options to a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from vandap.core.progress import Progress, silent
from vandap.errors import DataError, UsageError
from vandap.search.build import build
from vandap.search.check import check_columns, unit_vectors
from vandap.search.folder import IDS_COLUMN
from vandap.search.ids import are_texts, decoded, id_array, shown
from vandap.search.index import Index
from vandap.search.npy import load_npy
from vandap.search.payload import plain, read_table, refuse_unknown
from vandap.search.plan import Contents, Plan
from vandap.search.sources._source import Vectors
from vandap.search.target import Target
from vandap.search.threads import threads_of
from vandap.search.vectors import open_vectors

_BLOCK = 8192


def build_index(
    vectors: str | Path | np.ndarray,
    out: str | Path,
    *,
    target: Target | None = None,
    engine: str = "auto",
    ids: str | Path | Sequence[Any] | None = None,
    payload: str | Path | pa.Table | None = None,
    queries: str | Path | np.ndarray | None = None,
    column: str | None = None,
    threads: int | None = None,
    seed: int = 0,
    rows: str = "auto",
    overwrite: bool = False,
    say: Progress = silent,
) -> Index:
    """Build an index; a build that was cut goes on when it is called again.

    While it reads, numpy's products run on one core each in the whole process, since BLAS has one setting for all
    threads: searches in other threads find the same, and those of many queries take longer. The setting is as it was
    before when the last of the builds that overlap has ended.

    Args:
        vectors: A `.npy` file, a folder of them, a Parquet file, or a matrix.
        out: The index's folder.
        target: Recall, k, latency, memory and time of the build; recall 0.95 at 10 when left out.
        engine: An engine's name, or `auto` to race them.
        ids: A payload column's name, a `.npy` file, or ids; the vectors' numbers when left out.
        payload: A Parquet or CSV file or a table, one row a vector; a Parquet file of vectors brings its own.
        queries: Vectors to tune and verify with; some of the vectors are held out when left out.
        column: The Parquet column that holds the vectors.
        threads: All cores when left out.
        seed: Of every random choice.
        rows: `8bit`, `half` or `exact`; the smallest that the promise can bear when left at `auto`.
        overwrite: Replace an index that is there.
        say: Told what is being done.

    Raises:
        InputError: Something given cannot be used.
    """
    plan = Plan(target or Target(), engine, threads_of(threads), seed, rows)
    opened = open_vectors(vectors, column)
    table = _payload(payload, opened)
    if opened.unread:
        say("note", {"text": f"left out, as filters do not know their types: {', '.join(opened.unread)}"})
    named = ids if isinstance(ids, str) and table is not None and ids in table.column_names else ""
    names = _ids(ids, table, opened.count)
    contents = Contents(opened, names, table, _queries(queries, opened.columns), named=named)
    build(contents, Path(out), plan, overwrite=overwrite, say=say)
    return Index(out, threads)


def _payload(payload: str | Path | pa.Table | None, vectors: Vectors, like: pa.Schema | None = None) -> pa.Table | None:
    """What is said of each vector.

    Args:
        payload: Given beside the vectors.
        vectors: They may bring some of their own.
        like: Columns of the index that they are added to; of what the vectors bring only these are taken.
    """
    own = vectors.payload()
    if own is not None and like is not None:
        own = own.select([place for place, name in enumerate(own.column_names) if name in like.names])
    beside = read_table(Path(payload), like) if isinstance(payload, str | Path) else payload
    tables = [plain(table, like) for table in (own, beside) if table is not None and table.num_columns]
    for table in tables:
        if table.num_rows != vectors.count:
            raise DataError(
                "There must be one row of payload for each vector.",
                received=f"{table.num_rows:,} rows for {vectors.count:,} vectors",
                expected=f"{vectors.count:,} rows, in the order of the vectors",
                hint="Check that both files were written together.",
            )
    if not tables:
        return None
    columns: dict[str, Any] = {}
    for table in tables:
        columns |= dict(zip(table.column_names, table.columns, strict=True))
    return pa.table(columns)


def _ids(ids: Any, payload: pa.Table | None, count: int, *, texts: bool = False) -> np.ndarray | None:
    if ids is None:
        return None
    if isinstance(ids, str) and payload is not None and ids in payload.column_names:
        ids = payload.column(ids).to_pylist()
    elif isinstance(ids, str | Path):
        ids = read_ids(Path(ids), texts=texts)
    return id_array(ids, count)


def read_ids(path: Path, *, texts: bool = False) -> np.ndarray:
    """Ids from a `.npy` file, or one a line from any other.

    Args:
        path: The file.
        texts: Whether lines are texts even where all of them look like whole numbers.

    Raises:
        DataError: It cannot be read.
    """
    try:
        if path.suffix.lower() == ".npy":
            held = load_npy(path)
            if held.dtype.kind == "S" and not are_texts(held):
                raise ValueError("it holds bytes that are no UTF-8")
            return held
        lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise DataError(
            f"The ids cannot be read: {error}".rstrip(".") + ".",
            received=str(path),
            expected="a .npy file, a text file with one id a line, or the name of a payload column",
            hint="Check the path.",
        ) from None
    numbers = not texts and all(_whole(line) for line in lines)
    return np.array([int(line) for line in lines] if numbers else lines)


def _whole(text: str) -> bool:
    """Whether it is a whole number as one writes it: 007 is a name."""
    digits = text.removeprefix("-")
    return digits.isdecimal() and digits.isascii() and str(int(digits)) == digits


def _queries(queries: str | Path | np.ndarray | None, columns: int) -> np.ndarray | None:
    if queries is None:
        return None
    opened = open_vectors(queries)
    check_columns(opened.columns, columns)
    matrix = np.concatenate(list(opened.blocks(65_536)))
    return unit_vectors(matrix)


def read_queries(path: str | Path) -> np.ndarray:
    """Queries from a `.npy` file that holds one vector or several, or from any other source of vectors.

    Raises:
        DataError: They cannot be read.
    """
    if Path(path).suffix.lower() == ".npy" and Path(path).is_file():
        try:
            held = load_npy(Path(path), "r")
        except (ValueError, OSError):  # told by what opens it again
            held = None
        if held is not None and held.ndim == 1:
            return np.array(held)
    return np.concatenate(list(open_vectors(path).blocks(65_536)))


def add_vectors(
    index: str | Path,
    vectors: str | Path,
    *,
    ids: str | None = None,
    payload: str | Path | None = None,
    column: str | None = None,
    replace: bool = False,
    skip: int = 0,
) -> int:
    """Add vectors from files to an index, block by block; each block is on the disk before the next is read.

    Whatever ends it early, an error or Ctrl-C, has a note that says how many to skip the next time.

    Args:
        index: The index's folder.
        vectors: Where the vectors are.
        ids: A payload column's name, or a file of ids; the column that the index's ids are, where they are one, when
            left out.
        payload: A Parquet or CSV file with columns of the index, and perhaps the one with the ids.
        column: The Parquet column that holds the vectors.
        replace: Vectors whose id is there take its place.
        skip: Vectors to leave out at the beginning: those that a cut addition has put in.

    Returns:
        How many were added.

    Raises:
        InputError: Something cannot be used. What was added before is said; an id that is there already is found first.
    """
    opened_index, opened = Index(index), open_vectors(vectors, column)
    check_columns(opened.columns, opened_index.columns)
    like, texts = opened_index.generation.payload.schema, opened_index.generation.ids.texts
    if ids is not None and ids not in like.names:
        like = like.append(pa.field(ids, pa.large_string() if texts else pa.int64()))
    own = None if payload is None else read_table(Path(payload), like)
    if own is not None:  # what comes with the vectors is not asked for by name, and may be left out
        refuse_unknown([name for name in own.column_names if name != ids], opened_index.generation.payload.schema)
    table = _payload(own, opened, like)
    _check_skip(skip, opened.count)
    given = _ids(_column_of(opened_index, table) if ids is None else ids, table, opened.count, texts=texts)
    names = _checked_names(opened_index, None if given is None else given[skip:], replace=replace)
    if table is not None:
        known = opened_index.generation.payload.schema.names
        table = table.select([name for name in table.column_names if name in known])
    put: Callable[..., int] = opened_index.upsert if replace else opened_index.add
    done = skip
    try:
        for block in opened.blocks(_BLOCK, skip):
            some = None if names is None else names[done - skip : done - skip + len(block)]
            values = None if table is None else table.slice(done, len(block)).to_pydict()
            done += put(block, some, values, first=done)
    except BaseException as error:
        if done > skip:
            error.add_note(
                f"The first {done:,} vectors are in the index: give the rest with --skip {done}, or they are in it "
                "twice."
            )
        raise
    return done - skip


def _column_of(index: Index, payload: pa.Table | None) -> str | None:
    """The column whose values are the ids of an index, and of what is added to it; None where there is none.

    Raises:
        DataError: What is added does not have it.
    """
    column = str(index.generation.manifest.build.get(IDS_COLUMN, ""))
    if column and (payload is None or column not in payload.column_names):
        raise DataError(
            f"The ids of this index are its column {column}, which these vectors come without.",
            received="vectors without ids",
            expected=f"a payload with the column {column}, or other ids",
            hint="Give the payload with --payload, or ids with --ids.",
        )
    return column or None


def _check_skip(skip: int, count: int) -> None:
    if not 0 <= skip <= count:
        raise UsageError(
            "So many vectors cannot be skipped.",
            received=f"skip = {skip:,} of {count:,}",
            expected=f"0 to {count:,}",
            hint="Give the number that the addition named when it was cut.",
        )


def _checked_names(index: Index, ids: np.ndarray | None, *, replace: bool) -> list[Any] | None:
    """Ids as `add` takes them.

    Raises:
        UsageError: None, where they say what is to be replaced.
        DataError: One is there already, and is not to be replaced.
    """
    if ids is None and replace:
        raise UsageError(
            "Without ids nothing can be replaced.",
            received="--replace without --ids",
            expected="an id for each vector",
            hint="Give the ids with --ids, or leave --replace out to add the vectors under new ids.",
        )
    if ids is None:
        return None
    names = [shown(value) for value in ids.tolist()]
    if not replace:
        index.check_new(names)
    return names


def remove_ids(index: str | Path, words: Sequence[str]) -> int:
    """Remove vectors by ids as they are typed; `@FILE` stands for the ids in a file, unless it is an id itself.

    Returns:
        How many were removed.

    Raises:
        InputError: An id that is not there; nothing was removed then.
    """
    opened = Index(index)
    named = [item for word in words for item in _named(opened, word)]
    texts = opened.generation.ids.texts
    wrong = next((item for item in named if not texts and not _whole(str(item))), None)
    if wrong is not None:
        raise DataError(
            "The ids of this index are whole numbers.",
            received=str(wrong),
            expected="whole numbers",
            hint="`vandap search` shows the ids.",
        )
    return opened.remove(list(dict.fromkeys(str(item) if texts else int(item) for item in named)))


def _named(index: Index, word: str) -> list[Any]:
    if word[:1] != "@":
        return [word]
    with suppress(UnicodeEncodeError):  # a file's name may be no text
        if index.generation.ids.texts and index.delta.rows_of([word])[0] >= 0:
            return [word]
    return decoded(read_ids(Path(word[1:])))

"""IVF with 4-bit product codes: k-means lists, of which a search scans the few nearest with in-register tables.

A row between two lists is put into both. Where identities have nothing in common, a picture that missed its identity's
list lies in one that no query would look into; its second list is mostly the right one. With three rows in ten put
twice, 32 of 1,024 lists found 0.960 of the neighbours of made faces in place of 0.917; without, it took about 110.

References:
    Jégou, Douze, Schmid, Product quantization for nearest neighbor search, TPAMI 2011; André, Kermarrec, Le Scouarnec,
    Cache locality is not enough: high-performance nearest neighbor search with product quantization fast scan,
    VLDB 2015; Douze et al., The Faiss library, 2024; Sun et al., SOAR: improved indexing for approximate nearest
    neighbor search, NeurIPS 2023 (rows in two lists).
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from vandap.search.engines._engine import Allowed, Engine, Forecast, Job, Ladder, Structure
from vandap.search.engines._faiss import FaissStructure, padded, putting, read, selector, set_threads
from vandap.search.engines._homes import Homes
from vandap.search.engines._homes import held as homes_held
from vandap.search.engines._kmeans import ROUNDS, Assign, centres, gathered
from vandap.search.engines._kmeans import held as centres_held
from vandap.search.engines._leaders import MOST, leaders
from vandap.search.engines._leaders import held as groups_held

_COLUMNS_A_CODE = 4
"""Four numbers a 4-bit code: 64 bytes for 512 columns."""
_COARSE_CODES = 1024
"""From this many lists on their centres are scanned as codes too, and the nearest reranked: 3 times as fast at 1,024
lists, 15 times at 16,384."""
_COARSE_DEPTH, _COARSE_LEAST = 4, 16
"""Centres reranked for each list probed, and at least, also for each row that is put into its list: with 4 in place of
16, one row in fifty went to another list than its nearest, and 32 lists found 0.89 in place of 0.91."""
_MANY, _DEEPER = 65_536, 4
"""From this many lists on the codes of centres are half as long, which nearly halves the time to the nearest, and so
many times as many centres are reranked: of 131,072 the right one is found for 0.985 of the rows in 0.3 ms."""
_ROWS_A_LIST, _MOST_LISTS = 64, 262_144
"""Where there are thousands of small groups (people with some pictures each), a list holds whole groups only if few of
them share it: with 20 rows a group, 2 groups a list found 0.98 in one list, 5 groups 0.91 to 0.95, 20 groups 0.51."""
_SAMPLE_A_LIST = max(ROUNDS)
_WORDS, _GROUP = 16, 32
"""Words of a code, and rows whose codes faiss keeps side by side; a list ends with half a group on average."""
_SLACK = 1.35
"""faiss grows a list by doubling, and what it grew out of seldom fits another. Measured while lists of uneven sizes
filled: 1.14 at 16 rows a list, 1.30 at 80, 1.34 to 1.36 from 128 to 264."""
_BUILD_POWER = 1.1
"""Measured, in seconds of processor: 1.5 for 20,000 vectors of 512 numbers, 7.4 for 100,000, and 1,575 for ten million;
with 1.4, ten million were forecast to take ten times as long as they do."""
_TWICE = 0.3
"""Share of the rows that are put into a second list as well, those whose two nearest centres differ least; from
`_COARSE_CODES` lists on."""
_MORE = 1.5
"""Candidates asked of faiss for each that is wanted, since a row may come from both of its lists."""
_PAIRS = 2**20
"""Lists that queries look into at a time, all together: faiss takes some two dozen bytes for each."""
_FOUND = 2048
"""Rows whose lists one thread finds at a time."""
_END = struct.Struct("<8sQ")
_MARK = b"vandapN1"
_CODE_SAMPLE = 8192
"""Rows that the 16 words of each code are learnt from."""

Runs = list[tuple[np.ndarray, np.ndarray]]
"""Places of rows, none of them twice in a run, and the list of each."""


class Ivf(Engine):
    """Inverted lists of 4-bit codes, scanned by faiss's fast scan."""

    slug = "ivf"
    title = "inverted lists with 4-bit product codes"
    package = "faiss"

    def settings(self, count: int, columns: int) -> Mapping[str, int]:
        """Lists: four times the square root of the rows, or more, as a power of two; enough rows to learn each."""
        wanted = 2 ** round(math.log2(max(1.0, 4 * math.sqrt(count), count / _ROWS_A_LIST)))
        lists = max(1, min(wanted, _MOST_LISTS, count // (_SAMPLE_A_LIST + 1)))
        return {"lists": lists, "sample": min(count, max(20_000, lists * _SAMPLE_A_LIST))}

    def forecast(self, count: int, columns: int, settings: Mapping[str, int], groups: float | None = None) -> Forecast:
        """Codes in groups of 32 rows, 8-byte labels, the centres; small groups while they are found and of use."""
        lists = settings["lists"]
        wide = columns + -columns % _columns_a_code(lists)
        code = math.ceil(wide / _COLUMNS_A_CODE / 2)
        coarse = lists >= _COARSE_CODES
        short = math.ceil(wide / _columns_a_code(lists) / 2)
        centres = lists * (wide * 2 + short if coarse else wide * 4)
        words = wide * _WORDS * 4 * (2 if coarse else 1)
        put = count * (1 + _TWICE) if coarse else count
        rows = put * (code + 8) + min(lists, count) * _GROUP / 2 * code
        resident = rows * _SLACK + centres + words
        learning, aid = _while_built(columns, lists, groups)
        return Forecast(
            resident=resident,
            building=resident + aid,
            disk=rows + centres + words + lists * 16,
            build_power=_BUILD_POWER,
            search_power=0.5,
            learning=centres + learning,
        )

    def start(self, job: Job) -> Structure:
        """Learn the lists' centres and the codes."""
        import faiss

        set_threads(job.threads)
        columns, lists = job.rows.columns, job.settings["lists"]
        wide = columns + -columns % _columns_a_code(lists)
        index = faiss.index_factory(wide, _recipe(wide, lists), faiss.METRIC_INNER_PRODUCT)
        structure = IvfLists(index, job.threads)
        nearest = _Nearest(wide, lists)
        learnt = structure.padded(self._learnt(job, structure, nearest))
        coarse = faiss.downcast_index(index.quantizer)
        if lists >= _COARSE_CODES:
            coarse.k_factor = _least(lists)
        coarse.train(learnt)
        coarse.add(learnt)
        index.train(structure.padded(job.some(_CODE_SAMPLE)))
        return structure

    def _learnt(self, job: Job, structure: IvfLists, nearest: _Nearest) -> np.ndarray:
        """The lists' centres: small groups put together where rows fall into such, k-means where they do not."""
        lists = job.settings["lists"]
        groups = leaders(job.rows, job.sample, lists) if lists >= _COARSE_CODES else None
        if groups is None:
            return centres(job.rows, job.sample, lists, nearest.among, job.seed)
        found, homes = gathered(groups.centres, lists, nearest.among, job.seed)
        if lists >= _MANY:
            structure.groups = Homes.to(groups, homes)
        return found

    def load(self, path: Path, job: Job) -> Structure:
        """Read the lists, and after them how many rows they hold: faiss reads no further than its own end."""
        with path.open("rb") as file:
            file.seek(-_END.size, os.SEEK_END)
            mark, count = _END.unpack(file.read())
        return IvfLists(read(path), job.threads, count if mark == _MARK else None)


def _while_built(columns: int, lists: int, groups: float | None) -> tuple[float, float]:
    """Bytes beside the centres: while these are learnt, and of the groups that help to fill the lists.

    Where nobody knows how many groups there are, as many as there may be.
    """
    learning = centres_held(lists, columns)
    if lists < _COARSE_CODES:
        return learning, 0.0
    most = MOST * lists
    found = most if groups is None else round(min(groups, most))
    finding = groups_held(found, lists, columns)
    if groups is not None and not lists <= groups <= most:  # k-means does it, after they were given up
        return max(finding, learning), 0.0
    aid = homes_held(found, lists, columns) if lists >= _MANY else 0.0
    return finding + max(learning, found * columns * 2 + lists * columns * 4), aid


def _recipe(columns: int, lists: int) -> str:
    return f"IVF{lists}({_coarse(columns, lists)}),PQ{columns // _COLUMNS_A_CODE}x4fs"


def _coarse(columns: int, lists: int) -> str:
    """How the nearest centres are found."""
    return f"PQ{columns // _columns_a_code(lists)}x4fs,Refine(SQfp16)" if lists >= _COARSE_CODES else "Flat"


def _columns_a_code(lists: int) -> int:
    """Numbers of a centre in one 4-bit code."""
    return _COLUMNS_A_CODE * (2 if lists >= _MANY else 1)


def _least(lists: int) -> int:
    """Centres reranked at least."""
    return _COARSE_LEAST * (_DEEPER if lists >= _MANY else 1)


class _Nearest:
    """Gives the nearest centre of each row, found as it will be when rows are put into lists.

    Its codes are learnt from the first centres alone: unit vectors are cut into words alike in every round.
    """

    def __init__(self, columns: int, lists: int) -> None:
        import faiss

        self._index = faiss.index_factory(columns, _coarse(columns, lists), faiss.METRIC_INNER_PRODUCT)
        if lists >= _COARSE_CODES:
            self._index.k_factor = _least(lists)

    def among(self, found: np.ndarray) -> Assign:
        """For these centres."""
        columns = int(self._index.d)
        wide = padded(found, columns)
        if not self._index.is_trained:
            self._index.train(wide[:_CODE_SAMPLE])
        self._index.reset()
        self._index.add(wide)
        return lambda rows: self._index.search(padded(rows, columns), 1)[1][:, 0]


def _once(found: np.ndarray, width: int) -> np.ndarray:
    """Rows without repeats, in their order, -1 after the last."""
    order = np.argsort(found, axis=1, kind="stable")
    ordered = np.take_along_axis(found, order, axis=1)
    again = np.zeros(found.shape, bool)
    again[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
    gone = np.empty_like(again)
    np.put_along_axis(gone, order, again | (ordered < 0), axis=1)
    kept = np.argsort(gone, axis=1, kind="stable")[:, :width]
    return np.where(np.take_along_axis(gone, kept, axis=1), -1, np.take_along_axis(found, kept, axis=1))


def _parameters(lists: int, effort: int) -> Any:
    import faiss

    made = faiss.SearchParametersIVF(nprobe=min(effort, lists))
    if lists >= _COARSE_CODES:
        depth = min(max(_COARSE_DEPTH, _least(lists) / effort), lists / effort)
        made.quantizer_params = faiss.IndexRefineSearchParameters(k_factor=depth)
    return made


class IvfLists(FaissStructure):
    """Effort is the number of lists probed.

    Args:
        index: The faiss index; its labels are row numbers, some of them there twice.
        threads: Threads of an addition or a search.
        count: Rows held; as many as labels when left out.

    Attributes:
        groups: A shorter way to the lists of most rows, as long as the index is filled; no part of what is saved.
    """

    learns = True
    groups: Homes | None = None

    def __init__(self, index: Any, threads: int, count: int | None = None) -> None:
        super().__init__(index, threads)
        self._count = int(index.ntotal) if count is None else count
        self._kept: tuple[int, Any] = (0, None)

    @property
    def count(self) -> int:
        """Rows held."""
        return self._count

    def add(self, rows: np.ndarray) -> None:
        """Put each row into its list, and some into a second one; meanwhile threads find the lists of the next ones."""
        import faiss

        wide, centres = self.padded(rows), faiss.downcast_index(self.index.quantizer)
        starts = range(0, len(wide), _FOUND)
        each = self.threads if len(starts) == 1 else 1
        set_threads(each)
        with (
            ThreadPoolExecutor(self.threads, "vandap-lists", initializer=set_threads, initargs=(each,)) as pool,
            putting(self.index) as put,
        ):
            homes = pool.map(lambda start: self._homes(rows, wide, start, centres), starts)
            for start, runs in zip(starts, homes, strict=True):
                for places, lists in runs:
                    put(wide[start + places], lists, self._count + start + places)
        self._count += len(rows)

    def _homes(self, rows: np.ndarray, wide: np.ndarray, start: int, centres: Any) -> Runs:
        """Of some rows after the first of them."""
        rows, wide = rows[start : start + _FOUND], wide[start : start + _FOUND]
        twice = round(len(wide) * _TWICE)
        if self.groups is None:
            return self._nearest(wide, centres, twice)
        lists = self.groups.of(rows, self._count + start)
        sure, left = np.flatnonzero(lists >= 0), np.flatnonzero(lists < 0)
        runs = self._nearest(wide[left], centres, min(len(left), twice))
        return [(sure, lists[sure]), *((left[places], others) for places, others in runs)]

    def _nearest(self, wide: np.ndarray, centres: Any, twice: int) -> Runs:
        """The same by way of the centres; so many rows are there twice, those between two lists."""
        two = int(self.index.nlist) >= _COARSE_CODES
        near, lists = centres.search(wide, 1 + two)
        once = (np.arange(len(wide)), lists[:, 0])
        if not two or not twice:
            return [once]
        between = np.argpartition(near[:, 0] - near[:, 1], twice - 1)[:twice]
        return [once, (between, lists[between, 1])]

    def finish(self) -> None:
        """Rows that come one by one find their lists by way of the centres."""
        self.groups = None

    def save(self, path: Path) -> None:
        """Write the index, and after it how many rows it holds."""
        super().save(path)
        with path.open("ab") as file:
            file.write(_END.pack(_MARK, self._count))

    def save_aid(self, path: Path) -> bool:
        """Write the groups, where there are some."""
        if self.groups is not None:
            self.groups.save(path)
        return self.groups is not None

    def load_aid(self, path: Path) -> None:
        """Read the groups."""
        self.groups = Homes.read(path)

    def search(self, queries: np.ndarray, width: int, effort: int, allowed: Allowed | None = None) -> np.ndarray:
        """The best codes of the nearest lists."""
        set_threads(self.threads)
        parameters = self._plain(effort)
        if allowed is not None:
            parameters = _parameters(int(self.index.nlist), effort)
            parameters.sel = selector(allowed)
        twice = self.index.ntotal > self._count
        wanted = math.ceil(width * _MORE) if twice else width
        wide, many = self.padded(queries), max(1, _PAIRS // effort)
        parts = [wide] if len(wide) <= many else np.split(wide, range(many, len(wide), many))
        found = [self.index.search(part, wanted, params=parameters)[1] for part in parts]
        each = found[0] if len(found) == 1 else np.concatenate(found)
        return _once(each, width) if twice else each

    def _plain(self, effort: int) -> Any:
        """Parameters without a selection, kept: making them takes a fifth of a quick search's time."""
        kept = self._kept
        if kept[0] != effort:
            self._kept = kept = (effort, _parameters(int(self.index.nlist), effort))
        return kept[1]

    def efforts(self) -> tuple[int, ...]:
        """From one list to all of them."""
        return Ladder(1, int(self.index.nlist)).rungs()

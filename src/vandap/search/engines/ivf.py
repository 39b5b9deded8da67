"""IVF with 4-bit product codes: k-means lists, of which a search scans the few nearest with in-register tables.

References:
    Jégou, Douze, Schmid, Product quantization for nearest neighbor search, TPAMI 2011; André, Kermarrec, Le Scouarnec,
    Cache locality is not enough: high-performance nearest neighbor search with product quantization fast scan,
    VLDB 2015; Douze et al., The Faiss library, 2024.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vandap.search.engines._engine import Allowed, Engine, Forecast, Job, Ladder, Structure
from vandap.search.engines._faiss import FaissStructure, padded, read, selector, set_threads
from vandap.search.engines._kmeans import ROUNDS, Assign, centres

_COLUMNS_A_CODE = 4
"""Four numbers a 4-bit code: 64 bytes for 512 columns."""
_COARSE_CODES = 1024
"""From this many lists on their centres are scanned as codes too, and the nearest reranked: 3 times as fast at 1,024
lists, 15 times at 16,384."""
_COARSE_DEPTH, _COARSE_LEAST = 4, 16
"""Centres reranked for each list probed, and at least, also for each row that is put into its list: with 4 in place of
16, one row in fifty went to another list than its nearest, and 32 lists found 0.89 in place of 0.91."""
_ROWS_A_LIST, _MOST_LISTS = 64, 65_536
"""Where there are thousands of small groups (people with some pictures each), a list holds whole groups only if few of
them share it: with 20 rows a group, 2 groups a list found 0.98 in one list, 5 groups 0.91 to 0.95, 20 groups 0.51.
Beyond 65,536 lists k-means takes longer than all the rest."""
_SAMPLE_A_LIST = max(ROUNDS)
_WORDS, _GROUP = 16, 32
"""Words of a code, and rows whose codes faiss keeps side by side; a list ends with half a group on average."""
_SLACK = 1.15
"""faiss grows a list by doubling; what is never touched takes no memory. Measured over lists of random sizes."""
_CENTRES_HELD = 6
"""Copies of the centres while they are learnt: before, their sums, those that are searched, and work arrays."""
_CODE_SAMPLE = 16_384
"""Rows that the 16 words of each code are learnt from."""


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

    def forecast(self, count: int, columns: int, settings: Mapping[str, int]) -> Forecast:
        """Codes in groups of 32 rows, 8-byte labels, the centres; while learning, the centres' sums and copies."""
        lists, wide = settings["lists"], columns + -columns % _COLUMNS_A_CODE
        code = math.ceil(wide / _COLUMNS_A_CODE / 2)
        coarse = lists >= _COARSE_CODES
        centres = lists * (wide * 4 + (code if coarse else 0))
        words = wide * _WORDS * 4 * (2 if coarse else 1)
        rows = count * (code + 8) + min(lists, count) * _GROUP / 2 * code
        return Forecast(
            resident=rows * _SLACK + centres + words,
            building=_CENTRES_HELD * lists * wide * 4,
            disk=rows + centres + words + lists * 16,
            build_power=1.4,
            search_power=0.5,
        )

    def start(self, job: Job) -> Structure:
        """Learn the lists' centres and the codes."""
        import faiss

        set_threads(job.threads)
        columns, lists = job.rows.columns, job.settings["lists"]
        wide = columns + -columns % _COLUMNS_A_CODE
        index = faiss.index_factory(wide, _recipe(wide, lists), faiss.METRIC_INNER_PRODUCT)
        structure = IvfLists(index)
        nearest = _Nearest(wide, lists)
        learnt = structure.padded(centres(job.rows, job.sample, lists, nearest.among, job.seed))
        coarse = faiss.downcast_index(index.quantizer)
        if lists >= _COARSE_CODES:
            coarse.k_factor = _COARSE_LEAST
        coarse.train(learnt)
        coarse.add(learnt)
        index.train(structure.padded(job.some(_CODE_SAMPLE)))
        return structure

    def load(self, path: Path, job: Job) -> Structure:
        """Read the lists."""
        set_threads(job.threads)
        return IvfLists(read(path))


def _recipe(columns: int, lists: int) -> str:
    return f"IVF{lists}({_coarse(columns, lists)}),PQ{columns // _COLUMNS_A_CODE}x4fs"


def _coarse(columns: int, lists: int) -> str:
    """How the nearest centres are found."""
    return f"PQ{columns // _COLUMNS_A_CODE}x4fs,RFlat" if lists >= _COARSE_CODES else "Flat"


class _Nearest:
    """Gives the nearest centre of each row, found as it will be when rows are put into lists.

    Its codes are learnt from the first centres alone: unit vectors are cut into words alike in every round.
    """

    def __init__(self, columns: int, lists: int) -> None:
        import faiss

        self._index = faiss.index_factory(columns, _coarse(columns, lists), faiss.METRIC_INNER_PRODUCT)
        if lists >= _COARSE_CODES:
            self._index.k_factor = _COARSE_LEAST

    def among(self, found: np.ndarray) -> Assign:
        """For these centres."""
        columns = int(self._index.d)
        wide = padded(found, columns)
        if not self._index.is_trained:
            self._index.train(wide[:_CODE_SAMPLE])
        self._index.reset()
        self._index.add(wide)
        return lambda rows: self._index.search(padded(rows, columns), 1)[1][:, 0]


def _parameters(lists: int, effort: int) -> Any:
    import faiss

    made = faiss.SearchParametersIVF(nprobe=min(effort, lists))
    if lists >= _COARSE_CODES:
        depth = min(max(_COARSE_DEPTH, _COARSE_LEAST / effort), lists / effort)
        made.quantizer_params = faiss.IndexRefineSearchParameters(k_factor=depth)
    return made


class IvfLists(FaissStructure):
    """Effort is the number of lists probed."""

    def __init__(self, index: Any) -> None:
        super().__init__(index)
        self._kept: tuple[int, Any] = (0, None)

    def search(self, queries: np.ndarray, width: int, effort: int, allowed: Allowed | None = None) -> np.ndarray:
        """The best codes of the nearest lists."""
        parameters = self._plain(effort)
        if allowed is not None:
            parameters = _parameters(int(self.index.nlist), effort)
            parameters.sel = selector(allowed)
        _, found = self.index.search(self.padded(queries), width, params=parameters)
        return found

    def _plain(self, effort: int) -> Any:
        """Parameters without a selection, kept: making them takes a fifth of a quick search's time."""
        kept = self._kept
        if kept[0] != effort:
            self._kept = kept = (effort, _parameters(int(self.index.nlist), effort))
        return kept[1]

    def efforts(self) -> tuple[int, ...]:
        """From one list to all of them."""
        return Ladder(1, int(self.index.nlist)).rungs()

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
from vandap.search.engines._faiss import FaissStructure, read, selector, set_threads
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
        """Codes and 8-byte labels, the centres; while building, the sample."""
        codes = math.ceil(columns / _COLUMNS_A_CODE / 2)
        slack = 1.15  # faiss grows a list by doubling; measured over lists of random sizes
        centres = settings["lists"] * columns * 4 * (2 if settings["lists"] >= _COARSE_CODES else 1)
        sample = settings["sample"] * columns * 4
        return Forecast(count * (codes + 8) * slack + centres, sample + 2 * centres, build_power=1.4, search_power=0.5)

    def start(self, job: Job) -> Structure:
        """Learn the lists' centres and the codes."""
        import faiss

        set_threads(job.threads)
        columns, lists = job.rows.columns, job.settings["lists"]
        wide = columns + -columns % _COLUMNS_A_CODE
        index = faiss.index_factory(wide, _recipe(wide, lists), faiss.METRIC_INNER_PRODUCT)
        structure = IvfLists(index, columns)
        learnt = structure.padded(
            centres(job.rows, job.sample, lists, lambda found: _nearest(structure.padded(found), structure), job.seed)
        )
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
        return IvfLists(read(path), job.rows.columns)


def _recipe(columns: int, lists: int) -> str:
    return f"IVF{lists}({_coarse(columns, lists)}),PQ{columns // _COLUMNS_A_CODE}x4fs"


def _coarse(columns: int, lists: int) -> str:
    """How the nearest centres are found."""
    return f"PQ{columns // _COLUMNS_A_CODE}x4fs,RFlat" if lists >= _COARSE_CODES else "Flat"


def _nearest(found: np.ndarray, structure: IvfLists) -> Assign:
    """What gives the nearest of these centres, found as it will be when rows are put into lists."""
    import faiss

    lists, columns = found.shape
    index = faiss.index_factory(columns, _coarse(columns, lists), faiss.METRIC_INNER_PRODUCT)
    if lists >= _COARSE_CODES:
        index.k_factor = _COARSE_LEAST
    index.train(found)
    index.add(found)
    return lambda rows: index.search(structure.padded(rows), 1)[1][:, 0]


def _parameters(lists: int, effort: int) -> Any:
    import faiss

    made = faiss.SearchParametersIVF(nprobe=min(effort, lists))
    if lists >= _COARSE_CODES:
        depth = min(max(_COARSE_DEPTH, _COARSE_LEAST / effort), lists / effort)
        made.quantizer_params = faiss.IndexRefineSearchParameters(k_factor=depth)
    return made


class IvfLists(FaissStructure):
    """Effort is the number of lists probed."""

    def __init__(self, index: Any, columns: int) -> None:
        super().__init__(index, columns)
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

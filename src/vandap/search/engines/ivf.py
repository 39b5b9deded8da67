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

_COLUMNS_A_CODE = 4
"""Four numbers a 4-bit code: 64 bytes for 512 columns."""
_COARSE_CODES = 1024
"""From this many lists on their centres are scanned as codes too, and the nearest reranked: 3 times as fast at 1,024
lists, 15 times at 16,384."""
_COARSE_DEPTH = 4
"""Centres reranked for each list probed, and for each row that is put into its list."""
_ROWS_A_LIST, _MOST_LISTS = 64, 65_536
"""Where there are thousands of small groups (people with some pictures each), a list holds whole groups only if few of
them share it: with 20 rows a group, 2 groups a list found 0.98 in one list, 5 groups 0.91 to 0.95, 20 groups 0.51.
Beyond 65,536 lists k-means takes longer than all the rest."""
_ITERATIONS, _FEW_ITERATIONS, _MANY_LISTS = 6, 4, 16_384
"""Rounds of k-means, and from how many lists on fewer of them: each takes minutes then."""
_SAMPLE_A_LIST = 40
"""Rows a list that k-means learns from: with 16, the same lists found 0.69 in place of 0.95."""


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
        columns = job.sample.shape[1]
        wide = columns + -columns % _COLUMNS_A_CODE
        index = faiss.index_factory(wide, _recipe(wide, job.settings["lists"]), faiss.METRIC_INNER_PRODUCT)
        index.cp.niter = _ITERATIONS if job.settings["lists"] < _MANY_LISTS else _FEW_ITERATIONS
        index.cp.seed, index.cp.spherical = job.seed + 1, True
        index.cp.max_points_per_centroid = _SAMPLE_A_LIST
        if job.settings["lists"] >= _COARSE_CODES:
            faiss.downcast_index(index.quantizer).k_factor = _COARSE_DEPTH
        structure = IvfLists(index, columns)
        index.train(structure.padded(job.sample))
        return structure

    def load(self, path: Path, job: Job) -> Structure:
        """Read the lists."""
        set_threads(job.threads)
        return IvfLists(read(path), job.rows.columns)


def _recipe(columns: int, lists: int) -> str:
    codes = f"PQ{columns // _COLUMNS_A_CODE}x4fs"
    return f"IVF{lists}({codes},RFlat),{codes}" if lists >= _COARSE_CODES else f"IVF{lists},{codes}"


def _parameters(lists: int, effort: int) -> Any:
    import faiss

    made = faiss.SearchParametersIVF(nprobe=min(effort, lists))
    if lists >= _COARSE_CODES:
        made.quantizer_params = faiss.IndexRefineSearchParameters(k_factor=min(_COARSE_DEPTH, lists / effort))
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

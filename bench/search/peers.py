"""The peers, each as its own documentation shows it, with its default settings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import numpy as np


class Peer(ABC):
    """One library.

    Attributes:
        name: Shown in tables.
        package: To import.
        usual: The effort that it uses when nothing is said.
        efforts: Tried to reach a recall.
        bytes_a_number: Of what it keeps for each number of a vector, to tell whether it fits.
        goes_on: Whether what was saved can be loaded and added to.
    """

    name: ClassVar[str]
    package: ClassVar[str]
    usual: ClassVar[int]
    efforts: ClassVar[tuple[int, ...]] = (10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048, 4096)
    bytes_a_number: ClassVar[float] = 4.0
    goes_on: ClassVar[bool] = True

    def __init__(self, count: int, columns: int, threads: int) -> None:
        self.count, self.columns, self.threads = count, columns, threads
        self.index: Any = self.make()
        self.added = 0

    @abstractmethod
    def make(self) -> Any:
        """An empty index."""

    @abstractmethod
    def add(self, block: np.ndarray) -> None:
        """Add rows, float32."""

    def take(self, block: np.ndarray) -> None:
        """Add rows, and count them."""
        self.add(block)
        self.added += len(block)

    def finish(self) -> None:  # noqa: B027
        """All rows are there."""

    @abstractmethod
    def search(self, query: np.ndarray, k: int, effort: int) -> np.ndarray:
        """Row numbers for one query, shape (columns,)."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write it."""

    @abstractmethod
    def load(self, path: Path) -> None:
        """Read it."""

    def numbers(self, block: np.ndarray) -> np.ndarray:
        """Row numbers of a block that is being added."""
        return np.arange(self.added, self.added + len(block))


class _Faiss(Peer):
    package = "faiss"

    def add(self, block: np.ndarray) -> None:
        self.index.add(block)

    def save(self, path: Path) -> None:
        import faiss

        faiss.write_index(self.index, str(path))

    def load(self, path: Path) -> None:
        import faiss

        self.index = faiss.read_index(str(path))


class FaissHnsw(_Faiss):
    """`IndexHNSWFlat(d, 32)`."""

    name, usual, bytes_a_number = "faiss HNSW32", 16, 4.6

    def make(self) -> Any:
        import faiss

        faiss.omp_set_num_threads(self.threads)
        return faiss.IndexHNSWFlat(self.columns, 32, faiss.METRIC_INNER_PRODUCT)

    def search(self, query: np.ndarray, k: int, effort: int) -> np.ndarray:
        import faiss

        return self.index.search(query[None], k, params=faiss.SearchParametersHNSW(efSearch=effort))[1][0]


class FaissHnswHalf(FaissHnsw):
    """`IndexHNSWSQ(d, QT_fp16, 32)`."""

    name, bytes_a_number = "faiss HNSW32 fp16", 2.6

    def make(self) -> Any:
        import faiss

        faiss.omp_set_num_threads(self.threads)
        index = faiss.IndexHNSWSQ(self.columns, faiss.ScalarQuantizer.QT_fp16, 32, faiss.METRIC_INNER_PRODUCT)
        index.train(np.zeros((1, self.columns), np.float32))
        return index


class FaissLsh(_Faiss):
    """`IndexLSH(d, 2 d)`; the bits are all there is."""

    name, usual, efforts, bytes_a_number = "faiss LSH", 1, (1,), 0.25

    def make(self) -> Any:
        import faiss

        return faiss.IndexLSH(self.columns, 2 * self.columns)

    def search(self, query: np.ndarray, k: int, effort: int) -> np.ndarray:
        return self.index.search(query[None], k)[1][0]


class Hnswlib(Peer):
    """`Index("ip", d)`, M 16, ef_construction 200."""

    name, package, usual, bytes_a_number = "hnswlib", "hnswlib", 10, 4.4

    def make(self) -> Any:
        import hnswlib

        index = hnswlib.Index("ip", self.columns)
        index.init_index(self.count)
        index.set_num_threads(self.threads)
        return index

    def add(self, block: np.ndarray) -> None:
        self.index.add_items(block, self.numbers(block))

    def search(self, query: np.ndarray, k: int, effort: int) -> np.ndarray:
        self.index.set_ef(effort)
        return self.index.knn_query(query, k, num_threads=1)[0][0]

    def save(self, path: Path) -> None:
        self.index.save_index(str(path))

    def load(self, path: Path) -> None:
        self.index.load_index(str(path), self.count)


class Usearch(Peer):
    """`Index(ndim=d, metric="ip")`: bf16, connectivity 16, expansion 128 and 64."""

    name, package, usual, bytes_a_number = "usearch bf16", "usearch", 64, 2.4
    kind: ClassVar[str | None] = None

    def make(self) -> Any:
        from usearch.index import Index

        return Index(ndim=self.columns, metric="ip", dtype=self.kind)

    def add(self, block: np.ndarray) -> None:
        self.index.add(self.numbers(block), block, threads=self.threads)

    def search(self, query: np.ndarray, k: int, effort: int) -> np.ndarray:
        self.index.expansion_search = effort
        return np.asarray(self.index.search(query, k, threads=1).keys, np.int64)

    def save(self, path: Path) -> None:
        self.index.save(str(path))

    def load(self, path: Path) -> None:
        self.index.load(str(path))


class UsearchInt8(Usearch):
    """The same with `dtype="i8"`."""

    name, kind, bytes_a_number = "usearch i8", "i8", 1.4


class Voyager(Peer):
    """`Index(Space.InnerProduct, d)`: float32, M 12, ef_construction 200."""

    name, package, usual, bytes_a_number = "voyager", "voyager", 10, 4.4

    def make(self) -> Any:
        from voyager import Index, Space

        return Index(Space.InnerProduct, self.columns)

    def add(self, block: np.ndarray) -> None:
        self.index.add_items(block, self.numbers(block).tolist(), num_threads=self.threads)

    def search(self, query: np.ndarray, k: int, effort: int) -> np.ndarray:
        return self.index.query(query, k, 1, effort)[0]

    def save(self, path: Path) -> None:
        self.index.save(str(path))

    def load(self, path: Path) -> None:
        from voyager import Index

        self.index = Index.load(str(path))


class Annoy(Peer):
    """`AnnoyIndex(d, "angular")` with 10 trees, as its readme builds it; -1 is its own default effort."""

    name, package, usual, bytes_a_number = "annoy", "annoy", -1, 4.6
    goes_on = False
    efforts = (1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000)

    def make(self) -> Any:
        from annoy import AnnoyIndex

        return AnnoyIndex(self.columns, "angular")

    def add(self, block: np.ndarray) -> None:
        for number, row in zip(self.numbers(block), block, strict=True):
            self.index.add_item(int(number), row.tolist())

    def finish(self) -> None:
        self.index.build(10, n_jobs=self.threads)

    def search(self, query: np.ndarray, k: int, effort: int) -> np.ndarray:
        return np.array(self.index.get_nns_by_vector(query.tolist(), k, effort))

    def save(self, path: Path) -> None:
        self.index.save(str(path))

    def load(self, path: Path) -> None:
        self.index.load(str(path))


class Scann(Peer):
    """The tree with asymmetric hashing and reordering of its readme: leaves 2000 of root-n scale, threshold 0.2."""

    name, package, usual, bytes_a_number = "scann", "scann", 100, 5.0
    goes_on = False
    efforts = (10, 20, 50, 100, 200, 400, 800, 1600)

    def make(self) -> Any:
        self._parts: list[np.ndarray] = []
        return None

    def add(self, block: np.ndarray) -> None:
        self._parts.append(block)

    def finish(self) -> None:
        import scann

        data = np.concatenate(self._parts)
        self._parts = []
        leaves = max(10, round(4 * len(data) ** 0.5))
        builder = scann.scann_ops_pybind.builder(data, 10, "dot_product")
        builder = builder.tree(leaves, max(1, leaves // 20), training_sample_size=min(len(data), 250_000))
        self.index = builder.score_ah(2, anisotropic_quantization_threshold=0.2).reorder(100).build()

    def search(self, query: np.ndarray, k: int, effort: int) -> np.ndarray:
        return self.index.search(query, k, leaves_to_search=effort)[0]

    def save(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.index.serialize(str(path))

    def load(self, path: Path) -> None:
        import scann

        self.index = scann.scann_ops_pybind.load_searcher(str(path))


PEERS: tuple[type[Peer], ...] = (
    FaissHnsw, FaissHnswHalf, FaissLsh, Hnswlib, Usearch, UsearchInt8, Voyager, Annoy, Scann,
)  # fmt: skip

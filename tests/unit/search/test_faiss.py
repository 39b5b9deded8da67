from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Thread

import faiss
import numpy as np
import pytest
from made_vectors import identities, row_file

from vandap.search.engines._engine import Job
from vandap.search.families import engine

COUNT, COLUMNS = 600, 32


@pytest.mark.parametrize("slug", ["hnsw", "ivf", "lsh"])
@pytest.mark.parametrize("threads", [1, 3])
def test_threads_are_those_of_the_structure_whichever_thread_asks(slug: str, threads: int, tmp_path: Path) -> None:
    """OpenMP's setting belongs to the calling thread: a server's workers must not use all cores each."""
    rows, chosen = row_file(tmp_path, identities(COUNT, COLUMNS)), engine(slug)
    job = Job(rows, np.arange(COUNT), chosen.settings(COUNT, COLUMNS), threads)
    made = chosen.start(job)
    made.add(rows.wide(np.arange(COUNT)))
    made.save(tmp_path / "engine")
    loaded = chosen.load(tmp_path / "engine", replace(job, sample=job.sample[:0]))
    late = identities(5, COLUMNS, seed=3)

    def adds() -> None:
        loaded.add(late)

    def searches() -> None:
        loaded.search(late, 5, loaded.efforts()[0])

    used = []
    for work in (adds, searches):

        def asked(work=work) -> None:
            faiss.omp_set_num_threads(7)
            work()
            used.append(faiss.omp_get_max_threads())

        thread = Thread(target=asked)
        thread.start()
        thread.join()
    assert used == [threads, threads]

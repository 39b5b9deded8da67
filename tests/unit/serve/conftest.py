"""The index that is served."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made_vectors import built
from served_index import VECTORS

from vandap.search.index import Index


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An index with payload."""
    return built(tmp_path / "index", VECTORS, payload=pa.table({"year": np.arange(300) % 50}))

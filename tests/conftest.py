"""Settings of the whole suite: one back end a process, few threads, nothing in the user's cache, nothing left over."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # each starts with the environment of the process that started it

if not WORKER:
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="vandap-test-cache-")
CACHE = Path(os.environ["XDG_CACHE_HOME"])

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Much of the suite's time is compilation of the same small programs: keep each. JAX does not write its cache in one
# piece, so processes that run at once keep their own.
os.environ["JAX_COMPILATION_CACHE_DIR"] = str(CACHE / "compiled" / (WORKER or "one"))
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no folder behind."""
    if not WORKER:
        shutil.rmtree(CACHE, ignore_errors=True)

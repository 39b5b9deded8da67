"""Settings of the whole suite: one back end a process, few threads, no compiled programs in the user's cache."""

import os
import tempfile

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("XDG_CACHE_HOME", tempfile.mkdtemp(prefix="vandap-test-cache-"))

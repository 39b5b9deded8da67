"""Warm processes that run trials: each serves one after the other."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from queue import Queue

from vandap.core.machine import cores
from vandap.core.store import RunWriter
from vandap.repair.trial.libraries import USUAL

_START = "import sys; sys.path[:1] = []; from vandap.repair.trial.server import main; main(sys.argv[1])"
MOST_WORKERS = 8


class Worker:
    """One warm process.

    Args:
        environment: Its environment.
        log: File that takes what it prints.
        libraries: Modules that it imports first.
    """

    def __init__(self, environment: Mapping[str, str], log: Path, libraries: Sequence[str]) -> None:
        self._environment, self._log, self._libraries = dict(environment), log, ",".join(libraries)
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False

    def run(self, request: Path, timeout: float) -> str:
        """Carry out a request; how its process ended: `exit 0`, `killed 9`, `timed out`, `lost`.

        Args:
            request: The stored request.
            timeout: Seconds it may take.
        """
        try:
            process = self.ready()
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps({"request": str(request), "timeout": timeout}).encode() + b"\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except (BrokenPipeError, OSError):
            answer = b""
        if not answer:
            self.close()
            return "lost"
        return str(json.loads(answer)["ended"])

    def close(self) -> None:
        """End the process; a trial that it runs ends with it."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def begin(self) -> None:
        """Start the process, which then imports what trials need."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                (sys.executable, "-c", _START, self._libraries),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environment,
                start_new_session=True,
            )
        self._is_ready = False

    def ready(self) -> subprocess.Popen[bytes]:
        """The process, once it has imported what trials need."""
        if self._process is None:
            self.begin()
        assert self._process is not None and self._process.stdout is not None
        if not self._is_ready:
            self._process.stdout.readline()
            self._is_ready = True
        return self._process


class Workers:
    """Some warm processes; use as a context, in which no other process may run trials of the same folder.

    Args:
        count: How many trials run at once.
        environment: Their environment.
        log: File that takes what they print; the lock is held on its folder.
        libraries: Modules that they import before the first trial, beside the usual ones.
    """

    def __init__(self, count: int, environment: Mapping[str, str], log: Path, libraries: Sequence[str] = ()) -> None:
        self._free: Queue[Worker] = Queue()
        self._all = [Worker(environment, log, (*USUAL, *libraries)) for _ in range(count)]
        for worker in self._all:
            self._free.put(worker)
        self.count = count
        self._folder = log.parent
        self._starting, self._is_begun = threading.Lock(), False

    def begin(self) -> None:
        """Start all processes side by side, and wait until they are ready; once, so that no trial's time is theirs."""
        with self._starting:
            if self._is_begun:
                return
            self._is_begun = True
            for worker in self._all:
                worker.begin()
            for worker in self._all:
                worker.ready()

    def run(self, request: Path, timeout: float) -> str:
        """Carry out a request in the next free process."""
        worker = self._free.get()
        try:
            return worker.run(request, timeout)
        finally:
            self._free.put(worker)

    def stop(self) -> None:
        """End all processes; the next request starts them again."""
        for worker in self._all:
            worker.close()

    def __enter__(self) -> Workers:
        """Take the lock.

        Raises:
            RunError: Another process runs trials in this folder.
        """
        self._lock = RunWriter(self._folder)
        return self

    def __exit__(self, *problem: object) -> None:
        self.stop()
        self._lock.close()


def usual_count() -> int:
    """How many trainings at once: one for each core; one where there is an accelerator to share."""
    if Path("/proc/driver/nvidia/version").is_file():
        return 1
    return max(1, min(cores(), MOST_WORKERS))


def environment(base: Mapping[str, str], backend: str, threads: int, cache: Path) -> dict[str, str]:
    """The environment of trials: the back end as it was watched, threads capped, compiled steps reused.

    Args:
        base: The user's environment.
        backend: Keras back end of the program.
        threads: Threads of each trial.
        cache: Folder for compiled steps, which trials of the same shapes share.
    """
    own = {
        "MPLBACKEND": "Agg",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "JAX_COMPILATION_CACHE_DIR": str(cache),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        **capped(threads),
    }
    return {**base, **own, **({"KERAS_BACKEND": backend} if backend else {})}


def capped(count: int) -> dict[str, str]:
    """The environment of a process that computes with so many threads, and does not spin where these wait."""
    names: Iterable[str] = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
    return {**dict.fromkeys(names, str(count)), "OMP_WAIT_POLICY": "passive"}

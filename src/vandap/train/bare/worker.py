"""One arm of the comparison, in a process of its own: checks its answers, then makes steps whenever it is asked.

    python -m vandap.train.bare.worker FOLDER ARM

It writes one JSON document a line: first `{"ready": ...}`, or `{"reason": ...}` and its end; then, for each number of
steps that it reads, the seconds of one step.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from vandap.train.bare.loop import Loop
from vandap.train.bare.written import Case, NotWrittenError

TOLERANCE = 1e-3
"""Largest difference of answers, relative to their size, that counts as rounding of float32."""


def made(arm: str, case: Case, folder: Path) -> Loop:
    """The loop of an arm: `keras-BACKEND`, `torch` or `jax`.

    Raises:
        NotWrittenError: The network has no bare form.
    """
    if arm.startswith("keras"):
        from vandap.train.bare.keras_loop import KerasLoop

        return KerasLoop(case, folder)
    case.written.check()
    if arm == "torch":
        from vandap.train.bare.torch_loop import TorchLoop

        return TorchLoop(case)
    from vandap.train.bare.jax_loop import JaxLoop

    return JaxLoop(case)


def difference(loop: Loop, case: Case) -> float:
    """Largest difference of a loop's answers from Keras', relative to the largest answer."""
    return float(np.max(np.abs(loop.answers() - case.answers)) / max(float(np.max(np.abs(case.answers))), 1e-6))


def _ready(folder: Path, arm: str) -> tuple[Loop, dict[str, float]]:
    case = Case.load(folder)
    loop = made(arm, case, folder)
    differs = difference(loop, case)
    if not differs < TOLERANCE:
        raise NotWrittenError(f"Its answers differ from Keras' by {differs:.2g} of their size, so it was not timed.")
    loss = loop.loss()
    first, later = _seconds(loop, 1), _seconds(loop, 3)
    return loop, {
        "difference": differs, "loss": loss, "compile_seconds": max(first - later, 0.0), "seconds": later,
    }  # fmt: skip


def _seconds(loop: Loop, steps: int) -> float:
    started = time.perf_counter()
    loop.run(steps)
    return (time.perf_counter() - started) / steps


def main(folder: Path, arm: str) -> None:
    """Serve one arm until the input ends."""
    try:
        loop, facts = _ready(folder, arm)
    except Exception as error:  # the other arms go on
        reason = str(error) if isinstance(error, NotWrittenError) else f"{type(error).__name__}: {error}"
        print(json.dumps({"reason": " ".join(reason.split())[:300]}), flush=True)
        return
    print(json.dumps({"ready": facts}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"seconds": _seconds(loop, int(line))}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

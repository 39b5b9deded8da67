"""The process that opens a saved model and measures what it answers on data."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vandap.core.machine import hardware, versions
from vandap.core.program import FitCall
from vandap.core.store import RunInfo, writing
from vandap.errors import InputError
from vandap.exam import model_data
from vandap.exam.model_file import opened

if TYPE_CHECKING:
    from vandap.core.dataset import Dataset


def main(path: str) -> None:
    """Carry out a stored request; an error of the input is stored as `error.json`."""
    request: Mapping[str, Any] = json.loads(Path(path).read_bytes())
    folder = Path(path).parent
    try:
        examine(request, folder)
    except InputError as error:
        (folder / "error.json").write_text(json.dumps(error.to_json()["error"]), encoding="utf-8")


def examine(request: Mapping[str, Any], folder: Path) -> None:
    """Open the model, measure what it answers, and judge that.

    Args:
        request: What `vandap.exam.model.examine_model` asks for.
        folder: The run folder.

    Raises:
        InputError: The model cannot be opened, or the data do not fit it.
    """
    from vandap.exam.judge import judge
    from vandap.watch.record import Record
    from vandap.watch.sites import Sites
    from vandap.watch.structure import describe

    began = time.time()
    model = opened(Path(request["model"]))
    program = describe(model, Sites())
    dataset = model_data.read(request, model, program)
    record = Record(model, program, FitCall())
    record.arrays = model_data.batch(dataset, model, program)
    with writing(folder) as writer:
        for name, series in {**record.data_signals(), **record.last_signals()}.items():
            writer.signal(name, series)
        writer.json("program", {"backend": program.backend, "keras": program.keras, "structure": program})
        writer.json("watch", {"mode": "none", "reason": "", "unseen": _unseen(dataset), "probes": 0})
        info = RunInfo(
            name=folder.name, status="done", key="", command=tuple(request["command"]), started=began,
            ended=time.time(), versions=versions(), hardware=hardware(),
        )  # fmt: skip
        writer.json("run", info)
    judge(folder, None, 0.0, request["muted"])


def _unseen(dataset: Dataset) -> list[str]:
    """What a model without its training cannot show, and what was assumed of the data."""
    told = ["A saved model keeps neither losses nor gradients of its training."]
    told += [note for note in dataset.notes if note.startswith("The target was guessed")]
    if dataset.classes and model_data.numbering(dataset) is None:
        names = [str(name) for name in dataset.classes]
        shown = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
        told.append(f"The classes were numbered in the order {shown}.")
    return told

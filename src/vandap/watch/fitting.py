"""Reads a running `fit` from the frame of Keras' own loop: the data as `fit` split them, and what it was asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from vandap.core.program import FitCall
from vandap.watch.plain import attempt, plain
from vandap.watch.sites import here

_KINDS = {
    "ArrayDataAdapter": "arrays",
    "GeneratorDataAdapter": "generator",
    "PyDatasetAdapter": "PyDataset",
    "TFDatasetAdapter": "tf.data",
    "TorchDataLoaderAdapter": "DataLoader",
    "GrainDatasetAdapter": "grain",
}
_ADDED = ("History", "ProgbarLogger", "Watch", "CallbackList")
"""Callbacks that Keras and vandap add themselves."""


@dataclass(frozen=True)
class Loop:
    """The local names of a running `fit` or `evaluate`.

    Args:
        names: Its local names: `x`, `y`, `epoch_iterator`, `validation_data` ...; empty where the frame was not found.
    """

    names: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def running(cls, model: Any, function: str) -> Loop:
        """Find the innermost running `fit` or `evaluate` of a model on the stack; a user's override is passed over."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            names = frame.f_locals if frame.f_code.co_name == function else {}
            if names.get("self") is model and "epoch_iterator" in names:
                return cls(dict(names))
            frame = frame.f_back
        return cls()

    def get(self, name: str) -> Any:
        """A local name's value; None where there is none."""
        return self.names.get(name)

    @property
    def iterator(self) -> Any:
        """Keras' epoch iterator."""
        return self.get("epoch_iterator")

    @property
    def adapter(self) -> Any:
        """Keras' data adapter."""
        return getattr(self.iterator, "data_adapter", None)

    @property
    def kind(self) -> str:
        """The kind of the data, as `FitCall.data` names it."""
        if self.adapter is None and _rows(self.get("x")):
            return "arrays"
        return _KINDS.get(type(self.adapter).__name__, "other")

    @property
    def arrays(self) -> tuple[Any, Any, Any] | None:
        """Inputs, targets and weights (class weights folded in) of a fit on arrays; None for a stream."""
        if self.kind != "arrays":
            return None
        if self.adapter is None:
            return self.get("x"), self.get("y"), self.get("sample_weight")
        return attempt(lambda: unpacked(self.adapter._inputs), None)


def unpacked(parts: Any) -> tuple[Any, Any, Any]:
    """Inputs, targets and weights of what an adapter hands on: a tuple of one to three, or the bare inputs."""
    if not isinstance(parts, tuple):
        return parts, None, None
    return (*parts, None, None)[:3]


def call_of(loop: Loop) -> FitCall:
    """Describe a fit that begins."""
    share = float(loop.get("validation_split") or 0.0)
    validation = "split" if share else "none" if loop.get("validation_data") is None else "data"
    callbacks = [item for item in _callbacks(loop) if type(item).__name__ not in _ADDED]
    return FitCall(
        data=loop.kind,
        examples=_examples(loop),
        batch_size=attempt(lambda: int(loop.adapter.batch_size or 0), int(loop.get("batch_size") or 0)),
        epochs=int(loop.get("epochs") or 0),
        planned_epochs=_planned_epochs(loop),
        shuffle=_shuffle(loop),
        validation=validation,
        validation_share=share,
        validation_examples=_rows(loop.get("val_x")),
        class_weight={str(plain(key)): float(value) for key, value in (loop.get("class_weight") or {}).items()},
        sample_weight=loop.get("sample_weight") is not None,
        callbacks=tuple(type(item).__name__ for item in callbacks),
        callback_settings={type(item).__name__: _settings(item) for item in callbacks},
        site=here(),
    )


def _planned_epochs(loop: Loop) -> int:
    """Epochs that this call is to run; a model restored by `BackupAndRestore` knows itself where it begins."""
    begins = getattr(loop.get("self"), "_initial_epoch", None) or loop.get("initial_epoch") or 0
    return max(int(loop.get("epochs") or 0) - int(begins), 0)


def _callbacks(loop: Loop) -> list[Any]:
    given = loop.get("callbacks")
    return list(getattr(given, "callbacks", given if isinstance(given, list | tuple) else ()))


def _shuffle(loop: Loop) -> bool | None:
    """Whether Keras shuffles: it does for arrays, and for datasets of known length that are indexed."""
    if loop.kind in ("arrays", "PyDataset"):
        return bool(getattr(loop.adapter, "_shuffle", loop.get("shuffle")))
    return None


def _examples(loop: Loop) -> int:
    arrays = loop.arrays
    return _rows(arrays[0]) if arrays else 0


def _rows(given: Any) -> int:
    """The length of the first array of a structure; 0 for a stream."""
    while isinstance(given, dict | list | tuple):
        if not given:
            return 0
        given = next(iter(given.values())) if isinstance(given, dict) else given[0]
    return attempt(lambda: int(given.shape[0]), 0)


def _settings(callback: Any) -> dict[str, Any]:
    """A callback's public plain attributes."""
    public = {name: value for name, value in vars(callback).items() if not name.startswith("_")}
    kept = {name: value for name, value in public.items() if isinstance(value, bool | int | float | str)}
    return {name: plain(value) for name, value in kept.items()}

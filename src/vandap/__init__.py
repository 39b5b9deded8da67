"""vandap: the oral exam for deep-learning models.

>>> import vandap
>>> run = vandap.train("photos/", budget="10m")  # doctest: +SKIP
>>> run.findings, run.report()  # doctest: +SKIP
>>> vandap.load(run).predict(["a.jpg"])  # doctest: +SKIP
>>> with vandap.watching() as exam:  # doctest: +SKIP
...     model.fit(x, y)

Importing it is quick: numpy, Keras and the rest are imported by the first call that needs them.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

from vandap.errors import DataError as DataError
from vandap.errors import InputError as InputError
from vandap.errors import MissingExtraError as MissingExtraError
from vandap.errors import RunError as RunError
from vandap.errors import TrainingError as TrainingError
from vandap.errors import UsageError as UsageError
from vandap.errors import VandapError as VandapError

if TYPE_CHECKING:
    from vandap.api import TrainedRun as TrainedRun
    from vandap.api import load as load
    from vandap.api import train as train
    from vandap.core.store import Run as Run
    from vandap.examination import examine as examine
    from vandap.examination import watching as watching
    from vandap.watch import Watch as Watch

__version__ = "0.1.0"

_LAZY = {
    "TrainedRun": "vandap.api",
    "load": "vandap.api",
    "Run": "vandap.core.store",
    "Watch": "vandap.watch",
    "watching": "vandap.examination",
    "examine": "vandap.examination",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})


class _CallablePackage(ModuleType):
    """`vandap.train` is the engine's package and, called, the function of that name.

    Importing any module of the package sets the attribute `vandap.train`, which would otherwise hide the function.
    """

    def __call__(self, *arguments: Any, **options: Any) -> TrainedRun:
        return importlib.import_module("vandap.api").train(*arguments, **options)


importlib.import_module("vandap.train").__class__ = _CallablePackage

"""Which line of the user's program made an object or a call: frames outside Keras, vandap and installed packages."""

from __future__ import annotations

import linecache
import sys
import sysconfig
import weakref
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from vandap.core.program import Site

_OWN = str(Path(__file__).resolve().parents[1])
_PACKAGES = ("site-packages", "dist-packages")


class Sites:
    """Remembers where the layers, models and compile calls of a program stand. Holds no object alive."""

    def __init__(self) -> None:
        self._made: weakref.WeakKeyDictionary[Any, Site] = weakref.WeakKeyDictionary()
        self._compiled: weakref.WeakKeyDictionary[Any, Site] = weakref.WeakKeyDictionary()

    def made(self, made: Any) -> None:
        """Note the line that is making this layer or model."""
        self._made[made] = here()

    def compiled(self, model: Any) -> None:
        """Note the line that is compiling this model."""
        self._compiled[model] = here()

    def models(self) -> list[Any]:
        """The models that were made and are still alive, oldest first."""
        return [made for made in list(self._made) if hasattr(made, "train_step")]

    def of(self, made: Any) -> Site:
        """Where a layer or model was made."""
        return self._made.get(made, Site())

    def of_compile(self, model: Any) -> Site:
        """Where a model was compiled last."""
        return self._compiled.get(model, Site())


def here() -> Site:
    """The innermost line of the user's program on the stack of this call."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_users(frame.f_code.co_filename):
        frame = frame.f_back
    return Site() if frame is None else _site(frame.f_code.co_filename, frame.f_lineno, frame)


def of_traceback(traceback: TracebackType | None) -> tuple[Site, ...]:
    """The user's own lines of a traceback, outermost first."""
    return tuple(_traced(traceback))


def _traced(traceback: TracebackType | None) -> Iterator[Site]:
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if is_users(file):
            yield _site(file, traceback.tb_lineno, traceback.tb_frame)
        traceback = traceback.tb_next


@cache
def is_users(file: str) -> bool:
    """Whether a source file is the user's: neither Python's, nor an installed package's, nor vandap's."""
    if file.startswith("<"):
        return file.startswith(("<stdin", "<ipython", "<string"))
    path = Path(file)
    if any(part in _PACKAGES for part in path.parts):
        return False
    return not any(_is_within(path, root) for root in _roots())


@cache
def _roots() -> tuple[Path, ...]:
    """Folders whose code is not the user's; Keras may be installed from a checkout."""
    roots = [Path(_OWN), Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("platstdlib"))]
    keras = getattr(sys.modules.get("keras"), "__file__", None)
    return tuple(root.resolve() for root in [*roots, *([Path(keras).parent] if keras else [])])


def _is_within(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except OSError:
        return False


def _site(file: str, line: int, frame: FrameType) -> Site:
    text = linecache.getline(file, line, frame.f_globals).strip()
    if file.startswith("<"):
        return Site(None, None, text)
    return Site(str(Path(file).absolute()), line, text)

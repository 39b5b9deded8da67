"""Which line of the user's program made an object or a call: frames outside Keras, vandap and installed packages."""

from __future__ import annotations

import linecache
import sys
import sysconfig
import weakref
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from vandap.core.program import Site

_OWN = str(Path(__file__).resolve().parents[1])
_PACKAGES = ("site-packages", "dist-packages")
_APPLICATIONS = "keras.applications"
_BELOW = frozenset({"keras", "tensorflow", "jax", "jaxlib", "torch", "numpy", "vandap"})
"""Packages between a line of the user and a layer that are no plan of their own."""
_COPYING = ("from_config", "deserialize_keras_object", "clone_model")


class Sites:
    """Remembers where the layers, models and compile calls of a program stand. Holds no object alive.

    A layer that Keras makes from a configuration (a clone, a loaded model) keeps the line of the layer of its class and
    name that the program made itself, where there was one.
    """

    def __init__(self) -> None:
        self._made: weakref.WeakKeyDictionary[Any, Site] = weakref.WeakKeyDictionary()
        self._copies: weakref.WeakSet[Any] = weakref.WeakSet()
        self._is_remembered = True
        self._by_name: dict[tuple[str, str], Site] = {}
        self._compiled: weakref.WeakKeyDictionary[Any, Site] = weakref.WeakKeyDictionary()
        self._optimizers: weakref.WeakKeyDictionary[Any, Site] = weakref.WeakKeyDictionary()

    def made(self, made: Any) -> None:
        """Note the line that is making this layer or model."""
        self._made[made] = replace(here(), through=_through())
        if not _is_copying():
            self._is_remembered = False
            return
        self._copies.add(made)
        if not self._is_remembered:
            self._remember()
            self._is_remembered = True

    def _remember(self) -> None:
        """Keep the lines of all layers under their names: the layer that a copy is made of may be gone tomorrow."""
        for made, site in list(self._made.items()):
            name = vars(made).get("name")
            if name and made not in self._copies:
                self._by_name[type(made).__name__, name] = site

    def compiled(self, model: Any) -> None:
        """Note the line that is compiling this model."""
        self._compiled[model] = here()

    def optimizer_made(self, optimizer: Any) -> None:
        """Note the line that is making this optimiser."""
        self._optimizers[optimizer] = here()

    def models(self) -> list[Any]:
        """The models that were made and are still alive, oldest first."""
        return [made for made in list(self._made) if hasattr(made, "train_step")]

    def layers(self) -> list[Any]:
        """The layers that were made and are still alive, oldest first; models are left out."""
        return [made for made in list(self._made) if not hasattr(made, "train_step")]

    def of(self, made: Any) -> Site:
        """Where a layer or model was made."""
        own = self._made.get(made, Site())
        if made in self._copies:
            return self._by_name.get((type(made).__name__, made.name), own)
        return own

    def of_compile(self, model: Any) -> Site:
        """Where a model was compiled last."""
        return self._compiled.get(model, Site())

    def of_optimizer(self, optimizer: Any) -> Site:
        """Where an optimiser was made."""
        return self._optimizers.get(optimizer, Site())


def here() -> Site:
    """The innermost line of the user's program on the stack of this call."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_users(frame.f_code.co_filename):
        frame = frame.f_back
    return Site() if frame is None else _site(frame.f_code.co_filename, frame.f_lineno, frame)


def _is_copying() -> bool:
    """Whether Keras is building from a configuration: one of its `from_config` stands between here and the user."""
    return any(frame.f_code.co_name in _COPYING for frame in _between())


def _through() -> str:
    """The package that makes what is being made, where a line of the user called one; "" where that line makes it."""
    return next((package for frame in _between() if (package := maker(frame.f_code.co_filename))), "")


def _between() -> Iterator[FrameType]:
    """Frames from here out to the user's innermost."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_users(frame.f_code.co_filename):
        yield frame
        frame = frame.f_back


@cache
def maker(file: str) -> str:
    """The package of published models that a source file belongs to; "" for Keras' layers, back ends and Python."""
    parts = Path(file).parts
    if "keras" in parts and "applications" in parts:
        return _APPLICATIONS
    place = next((at for at, part in enumerate(parts) if part in _PACKAGES), None)
    name = Path(parts[place + 1]).stem if place is not None else ""
    return "" if name in _BELOW else name


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

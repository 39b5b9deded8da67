"""Where an exception comes from: the user's own lines, and the layer that raised it.

Keras takes its own frames out of a traceback before the user sees it, and with them the layer. So while a script is
watched, each traceback is read right before Keras shortens it; only names are kept.
"""

from __future__ import annotations

import re
import sys
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Any

from vandap.core.program import Crash, Site

LONGEST_MESSAGE = 4000
_PHASES = ("fit", "evaluate", "predict", "compile", "train_on_batch", "build")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_NAMED = re.compile(r"(?:of|calling|for) layer ['\"]([^'\"]+)['\"]|^Layer ['\"]([^'\"]+)['\"]", re.MULTILINE)
_NODE = re.compile(r"Detected at node (\S+)")


@dataclass
class Raised:
    """What Keras' own frames showed of the exception that passes through them.

    Args:
        message: The exception's message, by which it is known again.
        layer: The innermost layer whose code was running.
        phase: The method of the model that was running.
    """

    message: str = ""
    layer: weakref.ref[Any] | None = None
    phase: str = ""


@dataclass
class Tracebacks:
    """Reads each traceback that Keras is about to shorten."""

    raised: Raised = field(default_factory=Raised)
    _original: Callable[..., Any] | None = None

    def attach(self) -> None:
        """Read from now on. Keras must have been imported; a version without this seam is left alone."""
        module = sys.modules.get("keras.src.utils.traceback_utils")
        shorten = getattr(module, "_process_traceback_frames", None)
        if shorten is None or self._original is not None:
            return

        self._original = shorten

        def read_first(traceback: TracebackType) -> Any:
            try:
                self.read(sys.exc_info()[1], traceback)
            except Exception:  # whatever goes wrong here, the user must see the error that was meant
                self.raised = Raised()
            return shorten(traceback)

        module._process_traceback_frames = read_first  # type: ignore[union-attr]

    def detach(self) -> None:
        """Leave Keras as it was."""
        module = sys.modules.get("keras.src.utils.traceback_utils")
        if module is not None and self._original is not None:
            module._process_traceback_frames = self._original  # type: ignore[attr-defined]
            self._original = None

    def read(self, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Note what a traceback shows; an exception that passes outwards keeps what its inner frames showed."""
        message = text_of(error) if error is not None else ""
        raised = self.raised if self.raised.message and self.raised.message in message else Raised()
        layer, phase = _innermost_layer(traceback), _phase(traceback)
        if raised.layer is None and layer is not None:
            raised.layer = weakref.ref(layer)
        self.raised = Raised(message, raised.layer, phase or raised.phase)


def crash_of(error: BaseException, tracebacks: Tracebacks, session: Any = None) -> Crash:
    """Describe the exception that ended a script.

    Args:
        error: The exception with its traceback.
        tracebacks: What Keras' frames showed.
        session: The watch, if it began: it knows which line made a layer.
    """
    from vandap.watch.sites import of_traceback

    tracebacks.read(error, error.__traceback__)
    raised, message = tracebacks.raised, text_of(error)
    layer = raised.layer() if raised.layer is not None else None
    frames = (*of_traceback(error.__traceback__), *_syntax_site(error))
    return Crash(
        kind=type(error).__name__,
        message=_shortened(message),
        phase=raised.phase or "script",
        layer=getattr(layer, "name", None) or _named_layer(message),
        layer_site=_made_at(layer, session),
        site=frames[-1] if frames else Site(),
        frames=frames,
    )


def text_of(error: BaseException) -> str:
    """The message of an exception without colours; "" where it cannot be made."""
    try:
        return _COLOURS.sub("", str(error))
    except Exception:
        return ""


def heart_of(error: BaseException) -> str:
    """An exception's class and its own sentence, without colours and without what Keras puts around it."""
    text = text_of(error).rpartition("Error encountered:")[2]
    parts = [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
    own = [part for part in parts if not part.startswith(("Exception encountered", "Arguments received"))]
    return f"{type(error).__name__}: {' '.join(own or parts[:1])}"


def _shortened(message: str) -> str:
    if len(message) <= LONGEST_MESSAGE:
        return message
    half = LONGEST_MESSAGE // 2
    return f"{message[:half]}\n[...]\n{message[-half:]}"


def _named_layer(message: str) -> str | None:
    """The layer that a message names: Keras' own wording, or a node of TensorFlow's graph (`model/dense/MatMul`)."""
    named = _NAMED.search(message)
    if named:
        return named[1] or named[2]
    node = _NODE.search(message)
    parts = node[1].split("/") if node else []
    return parts[-2] if len(parts) >= 3 and not parts[0].startswith("compile_loss") else None


def _syntax_site(error: BaseException) -> tuple[Site, ...]:
    if isinstance(error, SyntaxError) and error.filename:
        return (Site(error.filename, error.lineno, (error.text or "").strip()),)
    return ()


def _made_at(layer: Any, session: Any) -> Site:
    sites = getattr(session, "sites", None)
    return sites.of(layer) if layer is not None and sites is not None else Site()


def _frames(traceback: TracebackType | None) -> Iterator[FrameType]:
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _innermost_layer(traceback: TracebackType | None) -> Any:
    keras = sys.modules.get("keras")
    if keras is None:
        return None
    found = None
    for frame in _frames(traceback):
        owner = frame.f_locals.get("self")
        if isinstance(owner, keras.Layer) and not isinstance(owner, keras.Model):
            found = owner
    return found


def _phase(traceback: TracebackType | None) -> str:
    """The outermost method of a model that was running; making or building one counts as `build`."""
    keras = sys.modules.get("keras")
    for frame in _frames(traceback) if keras is not None else ():
        name, owner = frame.f_code.co_name, frame.f_locals.get("self")
        if name in _PHASES and isinstance(owner, keras.Model):  # type: ignore[union-attr]
            return "fit" if name == "train_on_batch" else name
        if isinstance(owner, keras.Layer) and name in ("__init__", "build"):  # type: ignore[union-attr]
            return "build"
    return ""

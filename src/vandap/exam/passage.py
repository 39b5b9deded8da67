"""How far data came before a program failed: layer by layer, with the types and shapes of what entered and came out.

Where a `fit` failed, its own first batch passes the model once more, without compilation, so that a low-level error of
a compiled step is met again in the layer that causes it. Where the model could not be built, the layers that had been
connected by then are told. It runs in the process of the script, after its end: nothing of the user's goes on after it.
"""

from __future__ import annotations

import contextlib
import functools
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vandap.core.program import Crash, Passed, Site
from vandap.exam.crash import heart_of

EAGER = "eager"
BUILT = "built"
MOST_EXAMPLES = 32
_NOT_IN_THE_MODEL = ("compile",)
_LONGEST = 600


def with_passage(crash: Crash, session: Any) -> Crash:
    """Add the layers up to the failure, as far as they can be seen.

    Args:
        crash: The crash.
        session: The watch; None where it did not begin.
    """
    if session is None or "keras" not in sys.modules or crash.phase in _NOT_IN_THE_MODEL:
        return crash
    with contextlib.suppress(Exception):  # the crash itself is told in any case
        kept = session.kept
        if kept is not None:
            return replace(crash, chain=_repeated(kept, session.sites.of, _loss(session)), repeated=EAGER)
        if chain := tuple(_built(session.sites, crash)):
            return replace(crash, chain=chain, repeated=BUILT)
    return crash


def _loss(session: Any) -> str:
    losses = session.program.compile.losses
    return ", ".join(dict.fromkeys(loss.kind for loss in losses if loss.kind)) or "loss"


def _repeated(kept: Any, site_of: Callable[[Any], Site], loss: str) -> tuple[Passed, ...]:
    """Pass the first batch through the model in inference mode, which leaves the averages of a training alone."""
    batch = kept.train.take(slice(0, min(kept.batch_size, MOST_EXAMPLES)))
    calls = Calls(site_of)
    with calls.noted(), _silence():
        try:
            outputs = kept.model(batch.x, training=False)
        except Exception:
            return tuple(calls.passed)
    entering = (*described(batch.y), *described(outputs)) if batch.y is not None else described(outputs)
    return (*calls.passed, Passed("loss", loss, entering))


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Swallow what the user's layers print: they print once, as without vandap."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


@dataclass
class Calls:
    """Notes the calls of layers.

    Args:
        site_of: Where the user's program made a layer.
        passed: The layers that were called, in their order.
    """

    site_of: Callable[[Any], Site]
    passed: list[Passed] = field(default_factory=list)
    _has_failed: bool = False

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Note every call within the context."""
        import keras

        whole = keras.layers.Layer.__call__

        @functools.wraps(whole)
        def call(layer: Any, *args: Any, **options: Any) -> Any:
            return self._call(whole, layer, args, options)

        keras.layers.Layer.__call__ = call
        try:
            yield
        finally:
            keras.layers.Layer.__call__ = whole

    def _call(self, whole: Callable[..., Any], layer: Any, args: Any, options: Any) -> Any:
        if self._has_failed:  # and somebody caught it: Keras, as it tried to build the model without data
            self._start_again(layer.name)
        before = len(self.passed)
        entered = Passed(layer.name, type(layer).__name__, described(args), site=self.site_of(layer))
        try:
            result = whole(layer, *args, **options)
        except Exception as error:
            if not self._has_failed:  # the innermost layer fails first; those around it pass its error on
                self._has_failed = True
                self.passed.append(replace(entered, error=_heart(error)))
            raise
        if len(self.passed) == before:  # a layer made of layers is told by these
            self.passed.append(replace(entered, gave=described(result)))
        return result

    def _start_again(self, name: str) -> None:
        """Forget what came from this layer on, or the failure alone where the layer was not met before."""
        met = [place for place, item in enumerate(self.passed) if item.layer == name]
        del self.passed[met[0] if met else -1 :]
        self._has_failed = False


def described(values: Any) -> tuple[str, ...]:
    """Type and shape of each array among some values."""
    import keras

    flat = keras.tree.flatten(values)
    return tuple(
        f"{keras.backend.standardize_dtype(item.dtype)} {_shape(item.shape)}" for item in flat if hasattr(item, "shape")
    )


def _shape(sizes: Any) -> str:
    shown = [str(None if size is None else int(size)) for size in tuple(sizes)]
    return f"({shown[0]},)" if len(shown) == 1 else f"({', '.join(shown)})"


def _heart(error: Exception) -> str:
    """The error's own sentence, without what Keras puts around it, and the user's line that raised it."""
    from vandap.watch.sites import of_traceback

    told = heart_of(error)[:_LONGEST]
    sites = [site for site in of_traceback(error.__traceback__) if site.file and site.line]
    told = told if told.endswith((".", "!", "?")) else f"{told}."
    return f"{told} Raised in {Path(str(sites[-1].file)).name}:{sites[-1].line}." if sites else told


def _built(sites: Any, crash: Crash) -> Iterator[Passed]:
    """The layers that were connected, in their order, and the one that failed."""
    for layer in sites.layers():
        nodes = getattr(layer, "_inbound_nodes", None) or []
        kind, site = type(layer).__name__, sites.of(layer)
        if nodes:
            entering = described(list(nodes[0].arguments.keras_tensors))
            yield Passed(layer.name, kind, entering, described(list(nodes[0].outputs)), site=site)
        elif layer.name == crash.layer:
            yield Passed(layer.name, kind, (), (), f"{crash.kind}: {crash.message}"[:_LONGEST], site)
            return

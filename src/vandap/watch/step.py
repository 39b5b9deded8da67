"""Watches the train steps of one model, without changing what they compute."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from vandap.watch.facts import Probe, StepFacts
from vandap.watch.journal import Journal
from vandap.watch.schedule import Schedule

_STEPPERS = {
    "jax": ("vandap.watch._jax", "JaxStepper"),
    "tensorflow": ("vandap.watch._tensorflow", "TensorFlowStepper"),
    "torch": ("vandap.watch._torch", "TorchStepper"),
}

_KEPT = "_vandap_stepper"

_ABSENT = object()


class StepWatch:
    """Watches the train steps of one model: a stand-in for its train function, on the instance, while attached.

    Final weights are those of the same training without watching, bit for bit. An error inside of vandap ends the
    watching, never the training; `mode` and `reason` tell.

    Args:
        model: A Keras model on JAX, TensorFlow or PyTorch.
        on_probe: Called with each probe, in the training's thread, right after its step.
        on_step: Called with each recorded step's facts, some steps later; every step at first, then fewer and fewer.
        schedule: When to probe.
        on_built: Called when the first step's trace has built a model that was not, before the step.
    """

    def __init__(
        self,
        model: Any,
        *,
        on_probe: Callable[[Probe], None],
        on_step: Callable[[StepFacts], None],
        schedule: Schedule | None = None,
        on_built: Callable[[], None] | None = None,
    ) -> None:
        self.model = model
        self._receivers = (on_probe, on_step)
        self._on_built = on_built
        self.journal = Journal(on_probe, on_step, schedule or Schedule())
        self._stepper: Any = None
        self._replaced: dict[str, Any] = {}

    @property
    def mode(self) -> str:
        """How the last probes were taken: `exact`, `read-only`, `weights`, or `none`."""
        return self.journal.mode

    @property
    def reason(self) -> str:
        """Why not exactly; "" if exactly."""
        return self.journal.reason

    @property
    def probes(self) -> int:
        """How many probes were taken."""
        return self.journal.probes

    @property
    def overhead(self) -> float:
        """Share of the steps' time that the probes added, without compiling them."""
        return self.journal.overhead

    @property
    def compile_seconds(self) -> float:
        """Seconds spent on compiling probes."""
        return self.journal.compile_seconds

    def attach(self) -> None:
        """Start to watch: before `fit`, or from a callback's `on_train_begin`. A second call does nothing.

        After `detach` it is another fit that goes on with the training.
        """
        if self._replaced:
            return
        self.journal.open(*self._receivers)
        self._replace("make_train_function", self._make_train_function)
        self._replace("reset_metrics", self._reset_metrics)
        if self.model.train_function is not None:
            self._stand_in()

    def detach(self) -> None:
        """Stop watching: hand on what is still held, and leave the model as it was."""
        for name, value in self._replaced.items():
            vars(self.model).pop(name) if value is _ABSENT else vars(self.model).__setitem__(name, value)
        self._replaced = {}
        if self._stepper is not None and self.model.train_function is self._stepper:
            vars(self.model)["train_function"] = self._stepper.plain
            self._guarded(self._stepper.release)
        self._guarded(self.journal.close)
        self._stepper = None

    def _make_train_function(self, force: bool = False) -> Any:
        """Let Keras make the train function, and stand in for it. `compile` throws it away, so this comes again."""
        is_ours = self._stepper is not None and self.model.train_function is self._stepper
        if is_ours and not force:
            return self.model.train_function
        self._original("make_train_function")(force)
        self._stand_in()
        return self.model.train_function

    def _reset_metrics(self) -> None:
        self.journal.steps.new_epoch()
        self._original("reset_metrics")()

    def _stand_in(self) -> None:
        self._guarded(self._make_stepper)

    def _make_stepper(self) -> None:
        import keras

        plain = self.model.train_function
        found = _STEPPERS.get(keras.config.backend())
        if found is None or keras.config.is_nnx_enabled():
            self.journal.fall_back("none", f"nothing is watched on the back end {keras.config.backend()}")
        elif hasattr(plain, "journal"):
            self.journal.fall_back("none", "the model's steps are watched already")
        else:
            self._stepper = self._kept(plain) or getattr(import_module(found[0]), found[1])(
                self.model, plain, self.journal
            )
            self._stepper.on_built = self._on_built
            with suppress(AttributeError):
                setattr(plain, _KEPT, self._stepper)
            # Past Keras' attribute tracking.
            vars(self.model)["train_function"] = self._stepper

    def _kept(self, plain: Any) -> Any:
        """The stepper of an earlier `fit` with the same train function: kept with that function, as it compiled."""
        kept = getattr(plain, _KEPT, None)
        if kept is None or not kept.is_for(self.model):
            return None
        kept.resume(self.journal)
        return kept

    def _replace(self, name: str, value: Any) -> None:
        self._replaced[name] = vars(self.model).get(name, _ABSENT)
        vars(self.model)[name] = value

    def _original(self, name: str) -> Any:
        own = self._replaced[name]
        return getattr(type(self.model), name).__get__(self.model) if own is _ABSENT else own

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            self.journal.stop(error)

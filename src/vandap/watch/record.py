"""The evidence of one fit, while it grows: structure, curves, probes, data, and what the decisive tests will need."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vandap.core.program import FitCall, Program
from vandap.core.signals import Series
from vandap.watch import observe
from vandap.watch.afterwards import afterwards
from vandap.watch.columns import column_signals
from vandap.watch.copies import contradictions
from vandap.watch.course import Ending, Given
from vandap.watch.epochs import Epochs
from vandap.watch.evaluated import Evaluated, evaluated
from vandap.watch.facts import Probe, StepFacts
from vandap.watch.kept import LARGEST_STATE, Batch, Kept, State
from vandap.watch.leaks import LeakSearch
from vandap.watch.live import is_built, iterations
from vandap.watch.names import variable_paths
from vandap.watch.overlap import overlap
from vandap.watch.plain import attempt
from vandap.watch.recorder import Signals, epoch_signals, probe_signals, step_signals, weight_change
from vandap.watch.same_data import MOST_LABELS, labels_of
from vandap.watch.sample import Sample, named, nonfinite, of_arrays, of_batch
from vandap.watch.schedule import Schedule
from vandap.watch.weighed import weighed

if TYPE_CHECKING:
    from vandap.watch.step import StepWatch

CLASS_LOSSES = ("Crossentropy", "Hinge", "Focal", "Dice", "Tversky")
"""Parts of the names of losses whose targets are classes."""
LAST_SIGNALS = ("weight_change", "predictions", "row_mixing", "held_out_answers", "inference_loss", "loss_parts")
"""What is measured only once a training is over."""
_TOO_LARGE = f"the model's state is larger than {LARGEST_STATE // 1_000_000} MB"
_PARTS = ("inputs", "targets", "weights")
_UNBUILT = "the model had no weights yet when it began to train"


class Record:
    """What is known of one fit, or of one model's `train_on_batch` calls.

    Args:
        model: The live model.
        program: Its structure.
        call: The fit that begins.
        search: Asks whether the data leak; shared by the fits of a program.
    """

    def __init__(self, model: Any, program: Program, call: FitCall, search: LeakSearch | None = None) -> None:
        self._iterations = iterations(model)
        self.model, self.program, self.call = model, program, replace(call, steps_before=self._iterations)
        self.logs, self.rates, self.memory = list[dict[str, float]](), list[float](), list[float]()
        self.probes, self.steps = list[Probe](), list[StepFacts]()
        self.epochs, self.sample, self.validation_sample = Epochs(), Sample(), Sample()
        self.arrays: Batch | None = None
        self.labels: Any = None
        self.weighed: Batch | None = None
        self.columns: tuple[str, ...] = ()
        self.search, self.leaks = search or LeakSearch(), Signals()
        self.nonfinite: list[int] = []
        self.unheard: set[str] = set()
        self.steps_watch: StepWatch | None = None
        self.seconds, self.spent = 0.0, 0.0
        self.error, self.is_over, self.is_by_hand = "", False, False
        self.begun = time.perf_counter()
        self.given: Given | None = None
        self.ending: Ending | None = None
        self.seen = 0
        self.evaluated: Evaluated | None = None
        self.state: State | None = None
        self.state_reason = _UNBUILT
        if is_built(model):
            self._keep_state()

    def _keep_state(self) -> None:
        """Keep the state in which the training begins."""
        self.state = State.of(self.model)
        self.state_reason = "" if self.state is not None else _TOO_LARGE

    def watch_steps(self, schedule: Schedule | None) -> None:
        """Begin to look into the train steps, or go on with it."""
        from vandap.watch.step import StepWatch  # it imports Keras, which the program must be the first to do

        if self.steps_watch is None:
            self.steps_watch = StepWatch(
                self.model,
                on_probe=self.probes.append,
                on_step=self.steps.append,
                schedule=schedule,
                on_built=self._keep_state,
            )
        self.steps_watch.attach()

    def go_on(self, call: FitCall) -> None:
        """Another fit continues the training; see `vandap.watch.course`."""
        self.call = self.call.joined(call)
        self.begun, self.is_over, self.ending = time.perf_counter(), False, None

    def see_arrays(self, arrays: tuple[Any, Any, Any]) -> None:
        """Take note of the arrays of a fit: a sample of the examples, and all labels, which are small."""
        self.arrays = of_arrays(arrays)
        self.nonfinite = nonfinite(arrays[0])
        self.columns = tuple(str(name) for name in getattr(arrays[0], "columns", ()))
        self.labels = labels_of(arrays[1])
        if arrays[2] is not None:
            self.weighed = of_arrays((arrays[1], None, arrays[2]), MOST_LABELS)
        if self.arrays is not None:
            self._seek_leaks(self.arrays)
        if self.weighed is None and self.labels is not None:
            self.leaks |= self.search.ask("contradictions", arrays[:2], lambda: self._contradictions(arrays[0]))

    def see_validation(self, given: tuple[Any, Any, Any], train: Any) -> None:
        """Take note of validation data that are arrays.

        Args:
            given: Inputs, targets and weights.
            train: The training inputs; None where they are no arrays.
        """
        batch = of_arrays(given)
        if batch is not None:
            self.validation_sample.add(batch)
            self._seek_overlap(train, given[0])

    def see_evaluated(self, arrays: tuple[Any, Any, Any], result: Any) -> None:
        """Take note of arrays that `evaluate` was given after the fit, the first that training does not hold."""
        if self.given is not None and (self.evaluated is None or self.evaluated.is_known):
            self.evaluated = evaluated(self.given, self.arrays, arrays, result, self.search) or self.evaluated

    def _seek_leaks(self, train: Batch) -> None:
        """Ask whether one column gives the answer away."""
        self.leaks |= self.search.ask("columns", (train.x, train.y), lambda: self._column_signals(train))

    def _column_signals(self, train: Batch) -> Signals:
        """`feature_scores` and `table_skill` where there is one output of one number or class for each example."""
        ((name, given),) = self._targets(train.y).items()
        codes = observe.class_codes(given, self._is_classes(name))
        target = given if codes is None else codes
        if target.size != train.examples:
            return {}
        return column_signals(self._inputs(train.x), target.ravel(), codes is not None, self.columns)

    def _contradictions(self, inputs: Any) -> Signals:
        """`duplicates` where each example has one class."""
        ((name, given),) = self._targets(self.labels).items()
        codes = observe.class_codes(given, self._is_classes(name))
        found = contradictions(inputs, codes) if codes is not None else None
        return {"duplicates": found} if found is not None else {}

    def _seek_overlap(self, train: Any, validation: Any) -> None:
        """Ask whether validation examples stand among the training examples."""
        if train is not None:
            self.leaks |= self.search.ask("overlap", (train, validation), lambda: _shared(train, validation))

    def hear(self, batch: Any) -> None:
        """Take note of a batch on its way to the train step."""
        samples = self.arrays is None and not self.sample.is_full and self._is_first_pass
        wants_all = self.epochs.wants_inputs or samples
        if not wants_all and not self.epochs.wants_targets:
            return
        parts = tuple(batch) if isinstance(batch, list | tuple) else (batch,)
        parts = parts if wants_all else (None, *parts[1:])
        heard = of_batch(parts)
        if heard is None:
            return
        pairs = zip(_PARTS, parts, heard, strict=False)
        self.unheard |= {name for name, part, own in pairs if part is not None and own is None}
        self.epochs.note(heard.x, heard.y)
        if heard.w is not None and not self.call.class_weight:  # those of classes are folded into it
            self.call = replace(self.call, sample_weight=True)
        if samples and not self.unheard:
            self.sample.add(heard)

    def hear_validation(self, batch: Any) -> None:
        """Take note of a validation batch."""
        if not self.validation_sample.is_full and self._is_first_pass:
            heard = of_batch(tuple(batch) if isinstance(batch, list | tuple) else (batch,))
            if heard is not None and not self.unheard:
                self.validation_sample.add(heard)

    @property
    def _is_first_pass(self) -> bool:
        """Whether no epoch has ended: later passes bring the same examples again, which no test may hold out."""
        return not self.logs

    @property
    def has_trained(self) -> bool:
        """Whether it has shown more than its data: an epoch, or steps by hand."""
        return bool(self.logs) or self.seen > 0

    @property
    def optimiser_steps(self) -> int:
        """Steps that were done: the optimiser's own count, or what was seen where the user's step has others."""
        done = iterations(self.model) - self._iterations
        seen = self.steps[-1].step + 1 if self.steps else 0
        return max(done, seen, self.seen)

    def finish(self, stopped: bool, error: str = "") -> None:
        """The fit ended."""
        self.seconds += time.perf_counter() - self.begun
        self.error, self.is_over = error, True
        if self.steps_watch is not None:
            self.steps_watch.detach()
        early = stopped and len(self.logs) < self.call.planned_epochs
        self.progress()
        self.call = replace(self.call, stopped_early=early)
        self.ending = None if error else self.ending
        if self.call.calls == 1:
            self._seek_in_streams()

    def _seek_in_streams(self) -> None:
        """What was asked of arrays before the training is asked of the examples that were heard of streams."""
        train, validation = self.train, self.validation_sample.kept
        if train is not None and "feature_scores" not in self.leaks:
            self._seek_leaks(train)
        if train is not None and validation is not None and "shared_rows" not in self.leaks:
            self._seek_overlap(train.x, validation.x)

    def watch_facts(self) -> dict[str, Any]:
        """How well the fit was watched, and what it cost."""
        steps = self.steps_watch
        share = self.spent / self.seconds if self.seconds else 0.0
        facts = {"mode": "none", "reason": "the steps were not watched", "compile_seconds": 0.0}
        if steps is not None:
            share += steps.overhead
            facts = {"mode": steps.mode, "reason": steps.reason, "compile_seconds": steps.compile_seconds}
        return {**facts, "probes": len(self.probes), "overhead": share, "state": self.state_reason}

    def progress(self) -> None:
        """Bring the counts of the call up to date."""
        size = self.call.batch_size or (len(self.epochs.targets[0]) if self.epochs.targets else 0)
        steps = self.optimiser_steps
        self.call = replace(self.call, epochs_run=len(self.logs), steps=steps, batch_size=size)

    @property
    def train(self) -> Batch | None:
        """The kept training examples."""
        return self.arrays if self.arrays is not None else self.sample.kept

    @property
    def held_out(self) -> Batch | None:
        """Examples that the model was not to learn from: those for validation, or else those of its own test."""
        return self.validation_sample.kept or (self.evaluated.sample if self.evaluated is not None else None)

    @property
    def kept(self) -> Kept | None:
        """What the decisive tests work on; None where no training example was seen."""
        if self.train is None:
            return None
        validation = self.validation_sample.kept
        return Kept(self.model, self.state, self.train, validation, self.call, tuple(self.rates), self.state_reason)

    def data_signals(self) -> Signals:
        """What the examples look like."""
        if self.train is None and not self.epochs.targets:
            return {}
        # Labels may have come with inputs that could not be kept.
        kept = self.train or Batch(None, attempt(lambda: np.concatenate(self.epochs.targets), None))
        inputs = self._inputs(kept.x)
        targets = self._labels(kept) if self.labels is None else self._targets(self.labels)
        targets = targets if self.weighed is None else self._labels(self.weighed._replace(y=self.weighed.x))
        found = {"input_statistics": observe.input_statistics(inputs, self.nonfinite)} if inputs else {}
        maybe = {
            "feature_statistics": observe.feature_statistics(inputs, self.columns),
            "padding": observe.padding(inputs),
            "held_out_inputs": attempt(lambda: self._held_out_inputs(inputs), None),
        }
        if targets:
            found["label_statistics"] = observe.label_statistics(targets)
            maybe |= self._class_signals(targets)
        known = {name: series for name, series in maybe.items() if series is not None}
        return {**found, **known, **self.leaks, **(self.evaluated.signals if self.evaluated is not None else {})}

    def _held_out_inputs(self, inputs: dict[str, np.ndarray]) -> Series | None:
        """How held-out inputs lie to those of training; of a stream, those that were heard first."""
        held_out = self.held_out
        return None if held_out is None else observe.held_out_inputs(inputs, self._inputs(held_out.x))

    def _class_signals(self, targets: dict[str, np.ndarray]) -> dict[str, Any]:
        decoded = {name: observe.class_codes(array, self._is_classes(name)) for name, array in targets.items()}
        codes = {name: array for name, array in decoded.items() if array is not None}
        first = next(iter(targets))
        batches = [
            batch if decoded[first] is None else observe.class_codes(batch, True) for batch in self.epochs.targets
        ]
        whole = [batch for batch in batches if batch is not None]
        widths = {name: self._width(name) for name in codes}
        return {
            "label_counts": observe.label_counts(codes, widths),
            "class_counts": attempt(lambda: self._class_counts(codes, widths), None),
            "beyond_training": None if codes else attempt(lambda: self._beyond_training(targets), None),
            "batch_labels": attempt(lambda: observe.batch_labels(whole, decoded[first] is not None), None),
            "batch_order": self.epochs.order(),
        }

    def _beyond_training(self, targets: dict[str, np.ndarray]) -> Series | None:
        """How held-out targets lie to those of training; None unless all of one output's are known."""
        held_out = next(iter(self._parts().values()), None)
        if self.arrays is None or len(targets) != 1 or held_out is None:
            return None
        ((name, train),) = targets.items()
        return observe.beyond_training(train, self._labels(held_out)[name])

    def _parts(self) -> dict[str, Batch]:
        """The examples for validation and for the program's own test, each where all are kept."""
        held_out, rows = self.validation_sample.kept, self.call.validation_examples
        whole = held_out.take(slice(rows)) if held_out is not None and 0 < rows <= held_out.examples else None
        found = {"validation": whole, "test": self.evaluated.whole if self.evaluated is not None else None}
        return {part: batch for part, batch in found.items() if batch is not None}

    def _class_counts(self, codes: dict[str, np.ndarray], widths: dict[str, int]) -> Series | None:
        """Examples of each class in training and held-out parts; None unless all of one output's are known."""
        parts = self._parts()
        if self.arrays is None or len(codes) != 1 or not parts:
            return None
        ((name, train),) = codes.items()
        targets = {part: self._labels(batch)[name] for part, batch in parts.items()}
        found = {part: observe.class_codes(values, self._is_classes(name)) for part, values in targets.items()}
        known = {part: given for part, given in found.items() if given is not None}
        return observe.class_counts({"train": train, **known}, widths.get(name, 0)) if known else None

    def signals(self) -> Signals:
        """Everything that was measured so far, without running the model."""
        return {
            **epoch_signals(self.logs, self.rates, self.memory),
            **step_signals(self.steps),
            **probe_signals(self.probes, self._order()),
            **attempt(self.data_signals, {}),
        }

    def _order(self) -> list[str]:
        """Paths of layers and variables in the order in which data pass."""
        layers = [layer.path for layer in self.program.layers]
        places = {path: place for place, path in enumerate(layers)}
        variables = list(attempt(lambda: variable_paths(self.model), {}).values())
        variables.sort(key=lambda path: places.get(path.rpartition("/")[0], len(places)))
        return [*layers, *variables]

    def last_signals(self) -> Signals:
        """What can be measured only once the training is over: how far weights moved, and what the model answers."""
        kept = self.kept
        return {
            **attempt(self._weight_change, {}),
            **(attempt(lambda: self._afterwards(kept), {}) if kept is not None else {}),
        }

    def _afterwards(self, kept: Kept) -> Signals:
        outputs = self.program.outputs or ("output",)
        each_alone = [name for name in outputs if self._loss(name).startswith("Binary")]
        classes = {name: self._is_classes(name) for name in outputs}
        return afterwards(kept, self.program, classes, each_alone, self.held_out)

    def _weight_change(self) -> Signals:
        if self.state is None or not self.call.steps:
            return {}
        paths, weights = variable_paths(self.model), {id(weight) for weight in self.model.weights}
        owned = {id(item) for item in attempt(lambda: self.model.optimizer._trainable_variables, [])}
        pairs = zip(self.state.variables, self.state.values, strict=True)
        moved = [(item, value) for item, value in pairs if id(item) in weights and id(item) in paths]
        return weight_change(
            {paths[id(item)]: value for item, value in moved},
            {paths[id(item)]: np.array(item.numpy()) for item, _ in moved},
            {paths[id(item)]: id(item) in owned for item, _ in moved},
        )

    def _inputs(self, x: Any) -> dict[str, np.ndarray]:
        names = attempt(lambda: [tensor.name for tensor in self.model.inputs], [])
        return named(x, names, "input")

    def _targets(self, y: Any) -> dict[str, np.ndarray]:
        return named(y, list(self.program.outputs), "output")

    def _labels(self, batch: Batch) -> dict[str, np.ndarray]:
        """The targets that the loss counts."""
        return weighed(self._targets(batch.y), self._targets(batch.w) if batch.w is not None else {})

    def _loss(self, output: str) -> str:
        losses = self.program.compile.losses
        return next((loss.kind for loss in losses if loss.output == output), losses[0].kind if len(losses) == 1 else "")

    def _is_classes(self, output: str) -> bool:
        return any(part in self._loss(output) for part in CLASS_LOSSES)

    def _width(self, output: str) -> int:
        """Classes that an output can tell apart: its units, two for one unit; 0 for a loss that is not for classes."""
        layer = self.program.layer(output)
        if not self._is_classes(output) or layer is None or not layer.output_shape:
            return 0
        units = layer.output_shape[-1] or 0
        return 2 if units == 1 and "Hinge" not in self._loss(output) else units


def _shared(train: Any, validation: Any) -> Signals:
    shared = overlap(train, validation)
    return {} if shared is None else {"shared_rows": shared}

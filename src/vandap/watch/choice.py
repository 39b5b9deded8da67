"""Which of several trainings of a program is judged: that of the model which the program most likely keeps.

Of models for the same task it is the one with the best validation. Otherwise it is the last one: what comes before is a
preparation, or was thrown away. Of several trainings of one model it is the longest, for the others warm it up.
"""

from __future__ import annotations

import math

from vandap.watch.record import Record

LEAST_SHARE = 0.1
"""Share of the longest training's steps below which a training is a trial of the program, or a demonstration."""
_SCORES = ("accuracy", "acc")


def is_preferred(record: Record, main: Record, longest: int) -> bool:
    """Whether a training is judged rather than the one that was chosen before.

    Args:
        record: The training, which may still go on; what speaks for it only grows.
        main: The other one, which began earlier or, of trainings by hand, later.
        longest: Steps of the longest training of the program.
    """
    if record.call.number < main.call.number:
        return not is_preferred(main, record, longest)
    steps, others = record.call.steps, main.call.steps
    if record.model is main.model or record.is_by_hand or main.is_by_hand:
        return steps >= others
    if steps == 0 or others == 0:
        return steps >= others
    better = _is_better(record, main)
    if better is not None:
        return better
    if min(steps, others) < LEAST_SHARE * longest:
        return steps >= others
    return _is_validated(record) >= _is_validated(main)


def _is_better(record: Record, main: Record) -> bool | None:
    """Whether the validation is no worse; None where it cannot be compared: other outputs, another loss, or none."""
    if _task(record) != _task(main):
        return None
    for own, other in ((_best_score(record), _best_score(main)), (-_best_loss(record), -_best_loss(main))):
        if not (math.isfinite(own) and math.isfinite(other)):
            continue
        if own != other:
            return own > other
    return True if math.isfinite(_best_loss(record)) and math.isfinite(_best_loss(main)) else None


def _task(record: Record) -> tuple[object, ...]:
    program = record.program
    shapes = [layer.output_shape for name in program.outputs if (layer := program.layer(name)) is not None]
    return (*shapes, *((loss.kind, loss.weight) for loss in program.compile.losses))


def _is_validated(record: Record) -> bool:
    return math.isfinite(_best_loss(record))


def _best_loss(record: Record) -> float:
    return min(
        (value for entry in record.logs if math.isfinite(value := entry.get("val_loss", math.nan))), default=math.nan
    )


def _best_score(record: Record) -> float:
    """The highest validation accuracy."""
    values = [
        value
        for entry in record.logs
        for name, value in entry.items()
        if name.startswith("val_") and name.endswith(_SCORES) and math.isfinite(value)
    ]
    return max(values, default=math.nan)

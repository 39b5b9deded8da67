"""What a trial is asked for and what it leaves; both travel as files in the trial's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vandap.core.records import from_json
from vandap.core.store import read_json, write_json

REQUEST, RESULT, PREDICTIONS, OUTPUT = "request.json", "result.json", "predictions.npz", "output.txt"
SEEN = "seen"
NO_ROOM = "no room"
"""Status of a trial that met a full disk: that says nothing of its arm."""
OTHER_DATA = "other data"
"""Status of a trial whose run was made of other data."""
RAN = "ran"
"""Status of a trial in which the program was run to its end as it is written."""
STOPPED = "stopped"
"""Status of a trial that the machine ended, by hand, for memory or for time: that says little of its arm."""


@dataclass(frozen=True)
class Request:
    """One training of a script.

    Args:
        script: The script in the copied folder, absolute.
        arguments: Its own arguments.
        directory: Its working directory, absolute.
        folder: Where the trial writes, absolute.
        division: File that says which rows are held out; the first trial writes it.
        seed: Seed of the training: initial values, data order, dropout.
        fit: Number of the call of `fit` that counts, from 0; of several that are one training, the first.
        calls: How many calls of `fit` are that training.
        rows: Held-out rows that are wanted; where the script's validation data are fewer, training rows are added.
        share: Part of the training rows that is trained on.
        fold: Which fold is held out, of `folds`, in which repeat: (fold, folds, repeat); None where `division` says.
        watch: Whether the training that counts is watched; what is seen goes to the run folder `SEEN` below `folder`.
        remade: Functions of `written.rows` that make the rows to train on of those that are not held out.
        finished: What is done with the trained model, as `AfterFit` names it.
        selects: Whether the layer that standardises inputs is adapted to features that tell something of the targets.
        pooled: Whether rows are held out of training and validation rows alike.
        resplit: Whether the rows that are left are shuffled before they are split.
        as_written: Whether the program is run to its end as it is written, with nothing held out and nothing predicted.
    """

    script: str
    arguments: tuple[str, ...]
    directory: str
    folder: str
    division: str
    seed: int
    fit: int = 0
    rows: int = 0
    share: float = 1.0
    fold: tuple[int, int, int] | None = None
    watch: bool = False
    remade: tuple[str, ...] = ()
    finished: tuple[str, ...] = ()
    calls: int = 1
    selects: bool = False
    as_written: bool = False
    pooled: bool = False
    resplit: bool = False

    def write(self) -> Path:
        """Store the request and return its path."""
        path = Path(self.folder) / REQUEST
        write_json(path, self)
        return path


@dataclass(frozen=True)
class Result:
    """How a trial ended.

    Args:
        status: `done`, `failed`, `not finite`, `not replayable` where its data are not those of the first trial,
            `no room` where the disk was full, `ran` where it was run as it is written, `other data` where those of a
            run have changed, or `stopped` where the machine ended it.
        reason: What went wrong, as one sentence.
        seconds: Wall clock of the process.
        fit_seconds: Wall clock of the training.
        losses: Class names of the losses.
        metrics: Names of the metrics.
        from_logits: Whether the loss takes the outputs for logits.
        activation: Activation of the output; "" where it is not known.
        train_loss: Training loss of the last epoch.
        initial: Hash of the initial weights, which tells whether two arms start alike.
    """

    status: str
    reason: str = ""
    seconds: float = 0.0
    fit_seconds: float = 0.0
    losses: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    from_logits: bool = False
    activation: str = ""
    train_loss: float = float("nan")
    initial: str = ""


def read_request(path: str) -> Request:
    """Read a stored request."""
    return from_json(Request, read_json(Path(path)))


def read_result(folder: Path) -> Result | None:
    """Read how a trial ended; None where it has not."""
    path = folder / RESULT
    return from_json(Result, read_json(path)) if path.is_file() else None

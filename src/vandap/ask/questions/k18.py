"""K18: whether data augmentation is good for this training."""

from __future__ import annotations

from vandap.ask.asked import asked
from vandap.ask.question import Answer, Question, Status
from vandap.ask.watched import Watched
from vandap.ask.whatif.reach import is_augmenting
from vandap.core.store import Run

_SHORT = (
    "Augmentation shows each example in forms that keep its label, so the network learns what does not matter; it "
    "helps most where examples are few. A transform that changes the label (a flipped 6, a recoloured traffic light) "
    "teaches something wrong, so it is tried with and without on held-out rows."
)


class Augmentation(Question):
    """Does augmentation help here?"""

    id = "K18"
    question = "Is data augmentation good?"
    how = (
        "The layers that augment in this network, and the what-if `no augmentation` where it was asked of the "
        "training: paired runs with and without. A test of whether labels survive is not there yet."
    )
    status = Status.PARTLY

    def answer(self, run: Run) -> Answer:
        """Name what augments, and what an experiment showed."""
        found, shown = _augmentations(run), asked(run, "no augmentation")
        if found:
            text = f"{', '.join(found)} change the examples while training, and only then. {shown.text}"
        else:
            text = "Nothing in this training augments its examples; what is done to the data before `fit` is not seen."
            text = " ".join([text, shown.text] if shown.tables else [text])
        return Answer(text, _SHORT, shown.tables, {"layers": found, "what_ifs": shown.document})


def _augmentations(run: Run) -> list[str]:
    """The layers that augment; of a built network what its plan augments by."""
    if run.program is not None and "augmentation" in run.program.get("fit", {}):
        return [str(name) for name in run.program["fit"]["augmentation"]]
    layers = Watched.of(run).program.layers
    return [f"{layer.path} ({layer.kind})" for layer in layers if is_augmenting(layer)]

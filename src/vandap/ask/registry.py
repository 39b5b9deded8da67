"""Every numbered question: those that are answered come from `questions/`, the rest say what will answer them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vandap.ask import questions
from vandap.ask.question import Answer, Question, Status
from vandap.core.family import members
from vandap.core.store import Run
from vandap.errors import UsageError


@dataclass(frozen=True)
class Entry:
    """One question of the registry.

    Args:
        id: Its number.
        question: The question.
        how: How it is answered, or will be.
        command: The command that answers it, or will.
        status: Whether this version answers it.
        words: Words by which it may be asked instead.
    """

    id: str
    question: str
    how: str
    command: str
    status: Status = Status.NOT_YET
    words: tuple[str, ...] = ()


PLANNED = (
    Entry(
        "I12",
        "Data generators?",
        "Memory and speed of the same training, in memory and streamed.",
        "vandap ask RUN I12",
    ),
    Entry("K1", "How to serialise a model?", "Every route tried on this model, with parity.", "vandap export RUN"),
    Entry("K2", "How to save and load a model?", "Every route tried on this model, with parity.", "vandap export RUN"),
    Entry("K3", "Which models are there?", "A registry with size, accuracy and depth.", "vandap ask RUN K3"),
    Entry(
        "K4",
        "Which pretrained models?",
        "Size, accuracy, parameters, depth and milliseconds per step measured here; transfer learning.",
        "vandap ask RUN K4",
    ),
    Entry(
        "K5", "How to train on data larger than memory?", "Streamed training with measured memory.", "vandap ask RUN K5"
    ),
    Entry("K6", "How to read large data fast?", "The reader timed against the bare decoder.", "vandap ask RUN K6"),
    Entry("K7", "How to share large data between machines?", "Data-parallel training, measured.", "vandap ask RUN K7"),
    Entry(
        "K11",
        "Sequential against Functional: what is the difference?",
        "The same model written in both, with the same outputs.",
        "vandap ask RUN K11",
    ),
    Entry("K12", "Several inputs and outputs?", "Conversion from Sequential to Functional.", "vandap ask RUN K12"),
    Entry(
        "K13",
        "How to train Llama on distributed data?",
        "Data and model parallel training on keras.distribution.",
        "vandap train --distribute",
    ),
    Entry(
        "K14",
        "How does distributed training work?",
        "The same training on one and on several devices.",
        "vandap ask RUN K14",
    ),
    Entry("K15", "When is Keras the better choice?", "The same model written on each library.", "vandap ask RUN K15"),
    Entry("K17", "Is Keras good for beginners?", "A prototype in a line, and errors that teach.", "vandap ask RUN K17"),
    Entry(
        "K20",
        "How to forecast time series?",
        "Windows, LSTM, GRU and convolution against naive baselines.",
        "vandap train SERIES",
    ),
    Entry(
        "K24",
        "Can other languages use the model?",
        "Portable artifacts and HTTP, with consumers shown.",
        "vandap serve RUN",
    ),
)
"""The questions that this version does not answer."""


def entries() -> tuple[Entry, ...]:
    """Every question, in the order of its number."""
    known = [Entry(q.id, q.question, q.how, q.command, q.status, q.words) for q in answered()]
    return tuple(sorted((*known, *PLANNED), key=lambda entry: (entry.id[0], int(entry.id[1:]))))


def answered() -> tuple[Question, ...]:
    """The questions that this version answers."""
    return members(questions, Question)  # type: ignore[type-abstract]


def find(question: str) -> Entry:
    """Return a question by its number, or by its words.

    Raises:
        UsageError: There is no such number.
    """
    wanted = _tidy(question)
    entry = next((entry for entry in entries() if wanted in (entry.id.lower(), *entry.words)), None)
    if entry is None:
        raise UsageError(
            "There is no such question, and no such what-if.",
            received=question,
            expected="a number from I1 to I12, K1 to K25 or N1, or words as in `vandap ask SCRIPT.py lr*10`",
            hint="`vandap ask --list` shows every question and the what-if language.",
        )
    return entry


def is_question(text: str) -> bool:
    """Whether words are a question of the registry, or look like a number of one."""
    wanted = _tidy(text)
    return re.fullmatch(r"[a-z]\d+", wanted) is not None or any(wanted in entry.words for entry in entries())


def _tidy(text: str) -> str:
    return " ".join(text.lower().rstrip("? ").split())


def answer(run: Run, question: str) -> Answer:
    """Answer a question on a run, or say `not yet` and what will answer it.

    Raises:
        UsageError: There is no such number.
        RunError: A file of the run is damaged.
    """
    entry = find(question)
    for member in answered():
        if member.id == entry.id:
            return member.answer(run)
    return Answer(f"Not yet. This version does not answer it. What will: {entry.how}")

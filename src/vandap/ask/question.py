"""What a question is: one file in `questions/`."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from vandap.core.store import Run


class Status(enum.Enum):
    """Whether this version answers a question."""

    ANSWERED = "answered"
    PARTLY = "partly"
    NOT_YET = "not yet"


@dataclass(frozen=True)
class Table:
    """Numbers that belong to an answer.

    Args:
        title: What it shows.
        head: Column titles.
        rows: Values, one tuple a row; a face decides how numbers are written.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The columns that hold numbers only."""
        return tuple(index for index in range(len(self.head)) if _is_numeric([row[index] for row in self.rows]))


def _is_numeric(values: Sequence[Any]) -> bool:
    shown = [value for value in values if value is not None]
    return bool(shown) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in shown)


@dataclass(frozen=True)
class Answer:
    """An answer from one run's own numbers.

    Args:
        text: The answer, with the numbers.
        short: The answer in two sentences, as one would give it in an interview.
        tables: Tables that belong to it.
        document: The numbers by name, for `--json`.
    """

    text: str
    short: str = ""
    tables: tuple[Table, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)


class Question(ABC):
    """A question that a stored run can answer.

    Attributes:
        id: Its number, such as `I4`; the file is named after it.
        question: The question.
        how: How it is answered on the user's model, as one sentence.
        status: Answered, or partly: then the answer says what is missing.
        words: Words by which it may be asked instead of its number, in lower case.
    """

    id: ClassVar[str]
    question: ClassVar[str]
    how: ClassVar[str]
    status: ClassVar[Status] = Status.ANSWERED
    words: ClassVar[tuple[str, ...]] = ()

    @property
    def command(self) -> str:
        """The command that asks it."""
        return f"vandap ask RUN {self.id}"

    @abstractmethod
    def answer(self, run: Run) -> Answer:
        """Answer from the run's records; where they lack what is needed, the answer says so.

        Raises:
            RunError: A file of the run is damaged.
        """

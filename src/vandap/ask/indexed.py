"""Questions that are asked of an index."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path

from vandap.ask.question import Answer, Question
from vandap.ask.registry import answered
from vandap.core.store import Run
from vandap.errors import UsageError
from vandap.search.folder import MANIFEST


class Indexed(Question):
    """A question that an index answers from what was measured when it was built."""

    @property
    def command(self) -> str:
        """The command that asks it."""
        return f"vandap ask INDEX {self.id}"

    @abstractmethod
    def of_index(self, folder: Path) -> Answer:
        """Answer from an index.

        Raises:
            IndexFolderError: It is damaged.
        """

    def answer(self, run: Run) -> Answer:
        """A run holds no vectors; say how an index is made."""
        return Answer(
            "It is asked of an index, and this is a run. `vandap index build VECTORS --out INDEX` builds one, races "
            f"the engines on its vectors and measures; then `{self.command}` answers."
        )


def is_index(subject: str) -> bool:
    """Whether a subject is the folder of an index."""
    return (Path(subject) / MANIFEST).is_file()


def answer(number: str, folder: Path) -> Answer:
    """Answer a numbered question from an index.

    Args:
        number: The question's.
        folder: The index.

    Raises:
        UsageError: An index cannot answer this one.
        IndexFolderError: The index is damaged.
    """
    known = [member for member in answered() if isinstance(member, Indexed)]
    question = next((member for member in known if member.id == number), None)
    if question is None:
        raise UsageError(
            "This question is asked of a run or a script, and this is an index.",
            received=f"{number} of {folder}",
            expected="one of " + ", ".join(member.id for member in known),
            hint=f"`vandap ask {folder} {known[0].id}` answers from the index.",
        )
    return question.of_index(folder)

"""K22: what the test part and the validation part were each used for, and whether they stayed apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vandap.ask.question import Answer, Question, Table
from vandap.core.store import Run


class TestAgainstValidation(Question):
    """What is the difference between the test and the validation part?"""

    id = "K22"
    question = "Test set against validation set?"
    how = "The split's audit, how often each part was read, and how far validation flattered the chosen model."

    def answer(self, run: Run) -> Answer:
        """Audit."""
        split, ledger = run.data["split"], run.data.get("ledger") or []
        rungs = [rung for rung in run.ladder.rungs if rung.status == "done"]
        validation, test = run.evaluation("validation"), run.evaluation("test")
        overlap = (run.data.get("audit") or {}).get("overlap") or {}
        text = " ".join(
            [
                _parts(split),
                f"The validation part chose between {len(rungs)} models; the test part was read {_times(len(ledger))}.",
                _overlap(overlap),
                _flattery(validation, test),
            ]
        ).strip()
        tables = [Table("Parts", ("part", "examples", "fingerprint"), _part_rows(split))]
        if overlap:
            kinds = sorted({kind for pair in overlap.values() for kind in pair})
            rows = tuple((pair, *(found.get(kind) for kind in kinds)) for pair, found in overlap.items())
            tables.append(Table("Examples of the second part that also stand in the first", ("pair", *kinds), rows))
        if ledger:
            read = tuple((str(entry.get("reader", "")), str(entry.get("what", ""))) for entry in ledger)
            tables.append(Table("Ledger of the test part", ("reader", "what"), read))
        document = {
            "split": split,
            "test_reads": len(ledger),
            "models_chosen_between": len(rungs),
            "overlap": overlap,
            "validation": validation.score if validation else None,
            "test": test.score if test else None,
        }
        short = (
            "The validation part chooses between models and settings, and each choice makes its score a little too "
            "good; the test part is read once, after all choices, and is the honest figure. Examples (or groups) may "
            "not stand in both."
        )
        return Answer(text, short, tuple(tables), document)


def _parts(split: Mapping[str, Any]) -> str:
    folds = split.get("folds") or 0
    middle = f"{folds} folds of the training part validate" if folds else f"{split['validation']:,} examples validate"
    return f"{split['train']:,} examples train, {middle}, {split['test']:,} test. {_sentence(split.get('method', ''))}"


def _sentence(text: str) -> str:
    return text if not text or text.endswith(".") else text + "."


def _times(count: int) -> str:
    return {0: "not once", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _overlap(overlap: Mapping[str, Mapping[str, Any]]) -> str:
    if not overlap:
        return "No audit of the parts is stored."
    shared = [f"{int(n)} {kind} in {pair}" for pair, kinds in overlap.items() for kind, n in kinds.items() if n]
    return (
        "The audit found shared examples: " + ", ".join(shared) + "." if shared else "The audit found nothing shared."
    )


def _flattery(validation: Any, test: Any) -> str:
    if validation is None or test is None:
        return "The test part has no score yet."
    gap = validation.score.value - test.score.value
    return (
        f"{test.headline} of the chosen model: {validation.score} on {validation.part}, {test.score} on test; "
        f"the difference is {gap:+.3g}."
    )


def _part_rows(split: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
    prints = split.get("fingerprints") or {}
    return tuple(
        (part, split.get(part) or None, str(prints.get(part, ""))[:16]) for part in ("train", "validation", "test")
    )

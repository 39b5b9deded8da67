"""A source file that is edited by replacing spans of it, so that what is not edited keeps every byte."""

from __future__ import annotations

import ast
import codecs
import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from vandap.errors import UsageError


class RefusalError(UsageError):
    """A change that the source cannot be given, and what to do by hand instead.

    Args:
        reason: Why it cannot be reached, as a sentence.
        line: The line that a person would edit, as the file stands; 0 where it is not known. `apply` makes it that of
            the file as it was run.
        file: The file of that line.
    """

    def __init__(self, reason: str, line: int = 0, file: str = "") -> None:
        super().__init__(reason, hint="Edit the line by hand." if line else "")
        self.reason, self.line, self.file = reason, line, file


@dataclass(frozen=True)
class Edit:
    """A span of bytes and what stands there instead.

    Args:
        start: First byte.
        end: The byte after the last one; `start` for an insertion.
        text: The new text.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Move:
    """Lines that an edit moved.

    Args:
        first: The first of them, as they were counted before.
        by: By how many lines.
        back: The first line afterwards that is counted back: not one whose beginning stayed where it was.
    """

    first: int
    by: int
    back: int


@dataclass(frozen=True)
class Document:
    """A Python file.

    Args:
        path: Its absolute path.
        content: Its bytes, in UTF-8.
        original: Its bytes as they are on disk; None where nothing was edited.
        moved: Every edit that moved lines, in the order of the edits.
    """

    path: str
    content: bytes
    original: bytes | None = None
    moved: tuple[Move, ...] = ()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree.

        Raises:
            RefusalError: The file cannot be parsed.
        """
        try:
            return ast.parse(self.content)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 0
            raise RefusalError(f"The file cannot be parsed: {error}.", line, self.path) from None

    @cached_property
    def _starts(self) -> list[int]:
        """The first byte of every line; of the first one, behind the mark that some editors put there."""
        first = len(codecs.BOM_UTF8) if self.content.startswith(codecs.BOM_UTF8) else 0
        return [first, *accumulate(len(line) for line in self.content.splitlines(keepends=True))]

    @cached_property
    def _newline(self) -> str:
        """How most lines end."""
        return "\r\n" if 2 * self.content.count(b"\r\n") > self.content.count(b"\n") else "\n"

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node that holds each node."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def line_now(self, line: int) -> int:
        """Where a line of the file as it was run stands after the edits."""
        for move in self.moved:
            line += move.by if line >= move.first else 0
        return line

    def line_then(self, line: int) -> int:
        """The line of the file as it was run that stands here after the edits."""
        for move in reversed(self.moved):
            line = line - move.by if line >= move.back else min(line, move.first)  # a new line: where it was put
        return line

    def span(self, node: ast.AST) -> tuple[int, int]:
        """First byte of a node and the byte after its last."""
        first = self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        last = self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return first, last

    def text(self, node: ast.AST) -> str:
        """A node as it is written, its lines ended by a plain newline."""
        start, end = self.span(node)
        return self.content[start:end].decode().replace("\r\n", "\n")

    def line_start(self, line: int) -> int:
        """The first byte of a line, counted from 1."""
        return self._starts[min(line, len(self._starts)) - 1]

    def indent(self, node: ast.AST) -> str:
        """The white space before the statement that begins on a node's line."""
        line = self.content[self.line_start(node.lineno) :].split(b"\n", 1)[0]  # type: ignore[attr-defined]
        return line[: len(line) - len(line.lstrip())].decode()

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that holds a node.

        Raises:
            RefusalError: Another statement stands on the same line.
        """
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        start, end = self.span(node)
        before, rest = self.content[self.line_start(node.lineno) : start], self.content[end:].split(b"\n", 1)[0]
        if before.strip() or rest.split(b"#")[0].strip() not in (b"", b";"):
            raise RefusalError("Several statements stand on this line.", node.lineno, self.path)
        return node

    def edited(self, *edits: Edit) -> Document:
        """The file after some edits of it that do not overlap; new lines end as its own do.

        Raises:
            RefusalError: The result is no Python.
        """
        content, moved = self.content, list[Move]()
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            text = re.sub("\r?\n", self._newline, edit.text)
            content = content[: edit.start] + text.encode() + content[edit.end :]
            moved += self._moves(edit)
        result = replace(self, content=content, original=self.original or self.content, moved=(*self.moved, *moved))
        try:
            _ = result.tree
        except RefusalError:  # a bad edit must not leave here
            line = self.content[: edits[-1].start].count(b"\n") + 1
            reason = "The line is written in a way that the edit does not fit: it would be no valid Python."
            raise RefusalError(reason, line, self.path) from None
        return result

    def _moves(self, edit: Edit) -> tuple[Move, ...]:
        """The lines that an edit moves: the one where it ends too, where nothing stands before that, or nothing stays.

        What stands behind an edit on its last line moves with that line where the edit takes the line's beginning away.
        """
        text, start = edit.text.encode(), self.line_start(self.content[: edit.start].count(b"\n") + 1)
        last = self.content[: edit.end].count(b"\n") + 1
        by = text.count(b"\n") - self.content[edit.start : edit.end].count(b"\n")
        if not by:
            return ()
        is_joined = b"\n" in self.content[edit.start : edit.end]
        if not is_joined and self.content[self.line_start(last) : edit.end].strip():
            return (Move(last + 1, by, last + 1 + by),)
        stays = (self.content[start : edit.start] + text).rpartition(b"\n")[2].strip()
        return (Move(last, by, last + by + bool(is_joined and stays)),)

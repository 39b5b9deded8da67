"""From text to tree.

::

    any      := all ("or" all)*
    all      := one ("and" one)*
    one      := "not" one | "(" any ")" | column [test]
    test     := ("=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=") value
              | ["not"] "in" "(" value ("," value)* ")" | "is" ["not"] "null"
    column   := name | "name in double quotes"
    value    := number | 'text in single quotes' | true | false

Times are texts in ISO 8601; without an offset they are of UTC, in which columns of times are kept.
"""

from __future__ import annotations

import re
from typing import NoReturn

from vandap.errors import UsageError
from vandap.search.where.nodes import OPERATORS, Among, Both, Compare, Either, Literal, Missing, Node, Not, Truth

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(?P<text>'(?:[^']|'')*')|(?P<quoted>"(?:[^"]|"")+")"""
    r"""|(?P<sign><>|[<>=!]=|[<>=(),])|(?P<word>[^\W\d]\w*))""",
    re.UNICODE,
)
_SAME = {"==": "=", "<>": "!="}
_DEEPEST, _MOST = 100, 1000
"""Brackets within brackets, and conditions: each is a pass over the payload."""
_DIGITS = 300
"""From so many on a number is as good as infinite; no column holds it, and Python refuses to read thousands."""
_SHOWN = 200
"""Characters of a filter that a message repeats."""
_HELP = "For example: --where \"age >= 30 and city in ('Hue', 'Vinh') and not blocked\""


def parse(text: str, most: int | None = None) -> Node:
    """Read a filter.

    Args:
        text: The filter.
        most: Values that it may hold; any number when left out.

    Raises:
        UsageError: It does not follow the grammar; the message says where. Or it holds more values.
    """
    parser = _Parser(text, most)
    tree = parser.any(0)
    if parser.kind:
        parser.fail("the end, `and` or `or`")
    return tree


class _Parser:
    def __init__(self, text: str, most: int | None) -> None:
        self._text, self._end, self._conditions = text, 0, 0
        self._values, self._most = 0, most
        self.kind, self.word = "", ""
        self._next()

    def _next(self) -> str:
        """Go on to the next token; give the one before."""
        before, self._start = self.word, self._end
        match = _TOKEN.match(self._text, self._end)
        if match is None:
            self.kind, self.word = "", ""
            if self._text[self._end :].strip():
                self.kind = "unknown"
                self.fail("a column, a value or an operator")
            return before
        self.kind, self.word = str(match.lastgroup), match[match.lastgroup or 0]
        self._end = match.end()
        return before

    def fail(self, expected: str) -> NoReturn:
        text, rest = _cut(self._text), _cut(self._text[self._start :].strip())
        raise UsageError(
            "The filter cannot be read.",
            received=f"{text!r}, at {rest!r}" if rest else f"{text!r}, at its end",
            expected=expected,
            hint=_HELP,
        )

    def _keyword(self, *words: str) -> bool:
        """Whether the next token is one of these words; then go on."""
        found = self.kind == "word" and self.word.lower() in words
        if found:
            self._next()
        return found

    def _sign(self, sign: str) -> bool:
        found = self.kind == "sign" and self.word == sign
        if found:
            self._next()
        return found

    def any(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._keyword("or"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._keyword("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _one(self, depth: int) -> Node:
        if depth > _DEEPEST:
            self.fail(f"brackets at most {_DEEPEST} deep")
        if self._keyword("not"):
            return Not(self._one(depth + 1))
        if self._sign("("):
            tree = self.any(depth + 1)
            if not self._sign(")"):
                self.fail("`)`")
            return tree
        return self._test(self._column())

    def _column(self) -> str:
        if self.kind == "quoted":
            return self._next()[1:-1].replace('""', '"')
        if self.kind != "word":
            self.fail("the name of a column")
        return self._next()

    def _test(self, column: str) -> Node:
        self._conditions += 1
        if self._conditions > _MOST:
            self.fail(f"at most {_MOST} conditions; `column in (...)` is one, with as many values as there are")
        operator = _SAME.get(self.word, self.word)
        if self.kind == "sign" and operator in OPERATORS:
            self._next()
            return Compare(column, operator, self._value())
        if self._keyword("is"):
            negated = self._keyword("not")
            if not self._keyword("null"):
                self.fail("`null`")
            return Not(Missing(column)) if negated else Missing(column)
        if self._keyword("in"):
            return self._among(column)
        if self._keyword("not"):
            if not self._keyword("in"):
                self.fail("`in`")
            return Not(self._among(column))
        return Truth(column)

    def _among(self, column: str) -> Among:
        if not self._sign("("):
            self.fail("`(` and values")
        values = [self._value()]
        while self._sign(","):
            values.append(self._value())
        if not self._sign(")"):
            self.fail("`,` or `)`")
        return Among(column, tuple(values))

    def _value(self) -> Literal:
        self._values += 1
        if self._most is not None and self._values > self._most:
            self.fail(f"at most {self._most:,} values")
        if self.kind == "text":
            return self._next()[1:-1].replace("''", "'")
        if self.kind == "number":
            word = self._next()
            return int(word) if re.fullmatch(r"-?\d+", word) and len(word) < _DIGITS else float(word)
        if self.kind != "word" or self.word.lower() not in ("true", "false"):
            self.fail("a number, a 'text' in single quotes, true or false")
        return self._next().lower() == "true"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " ..."

"""What a name stands for is looked up as Python looks it up."""

from __future__ import annotations

import ast

import pytest

from vandap.repair.source.document import Document, RefusalError
from vandap.repair.source.values import resolved

PLAIN = [
    # the nearest function around that gives it a value
    ("lr = 0.1\ndef main():\n    lr = 0.2\n    def build():\n        return SGD(lr)\n    build()\n", "0.2"),
    ("lr = 0.2\ndef main():\n    def build():\n        return SGD(lr)\n    lr_of = 0.1\n", "0.2"),
    ("lr = 0.2\ndef other():\n    lr = 0.1\ndef build():\n    return SGD(lr)\n", "0.2"),
    # a class's own names are not seen by its functions
    ("lr = 0.2\nclass Trainer:\n    lr = 0.1\n    def build(self):\n        return SGD(lr)\n", "0.2"),
    ("lr = 0.1\nclass Trainer:\n    lr = 0.2\n    best = SGD(lr)\n", "0.2"),
    # nor those of a comprehension outside of it
    ("lr = 0.2\nothers = [lr for lr in rates]\nbest = SGD(lr)\n", "0.2"),
    # what stands before a function's body is read outside of it
    ("lr = 0.2\ndef build(best=SGD(lr)):\n    lr = 0.1\n", "0.2"),
    ("lr = 0.1\ndef main():\n    lr = 0.1\n    def build():\n        global lr\n        return SGD(lr)\n", "0.1"),
    ("lr: float\nlr = 0.2\nbest = SGD(lr)\n", "0.2"),
    ("def main():\n    global lr\n    lr = 0.2\nmain()\nbest = SGD(lr)\n", "0.2"),
]
OTHER = [
    "lr = 0.1\ndef setup():\n    global lr\n    lr = 0.2\nsetup()\nbest = SGD(lr)\n",
    "def main():\n    lr = 0.1\n    def turn():\n        nonlocal lr\n        lr = 0.2\n    return SGD(lr)\n",
    'lr = 0.1\nmatch settings:\n    case {"lr": lr}:\n        pass\nbest = SGD(lr)\n',
    "lr = 0.1\nmatch settings:\n    case [_, *lr]:\n        pass\nbest = SGD(lr)\n",
    "lr = 0.1\nmatch settings:\n    case {**lr}:\n        pass\nbest = SGD(lr)\n",
    "lr = 0.1\ntry:\n    pass\nexcept OSError as lr:\n    pass\nbest = SGD(lr)\n",
    "lr = 0.1\ndef lr():\n    pass\nbest = SGD(lr)\n",
    "lr = 0.1\nfound = [lr := rate for rate in rates]\nbest = SGD(lr)\n",
    "lr = 0.1\nlr += 0.1\nbest = SGD(lr)\n",
    "lr = 0.1\ndef build(lr):\n    return SGD(lr)\n",
    "lr = 0.1\nmake = lambda lr: SGD(lr)\n",
    "from settings import *\nclass Config:\n    lr = 0.5\ndef build():\n    return SGD(lr)\n",
]


def given(text: str) -> tuple[Document, ast.expr]:
    """What SGD is given."""
    document = Document("train.py", text.encode())
    calls = [node for node in ast.walk(document.tree) if isinstance(node, ast.Call)]
    return document, next(call.args[0] for call in calls if ast.unparse(call.func) == "SGD")


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_a_name_stands_for_its_one_plain_assignment(text: str, expected: str) -> None:
    """The one that Python would find."""
    assert ast.unparse(resolved(*given(text))) == expected


@pytest.mark.parametrize("text", OTHER)
def test_a_name_that_has_another_value_somewhere_is_refused(text: str) -> None:
    """An edit of the assignment might do nothing."""
    with pytest.raises(RefusalError, match="not one plain assignment"):
        resolved(*given(text))

"""Layers in lists: which lists the data pass in their order, and the edits of their elements."""

from __future__ import annotations

import pytest

from vandap.repair.source.document import Document, RefusalError
from vandap.repair.source.find import calls_at
from vandap.repair.source.lists import is_in_chain, put_before, put_behind, taken_out

LISTS = [
    "model = Sequential([{}])",
    "model = keras.Sequential(name='net', layers=[{}])",
    "model = Sequential(({}))",
    "model = Sequential([*head, *[{}]])",
    "model = Sequential([{}] if deep else [Dense(3)])",
    "augment = layers.Pipeline([{}])",
    "stack = [{}]\nmodel = Sequential(stack + [Dense(3)])",
    "stack: list = [{}]\nstack.append(Dense(3))\nmodel = Sequential(stack)",
    "stack = []\nstack += [{}]\nmodel = Sequential(stack)",
    "stack = []\nstack.extend([{}])\nmodel = Sequential(stack)",
    "STACK = [{}]\ndef build():\n    return Sequential(STACK)",
    "class Net(Sequential):\n    def __init__(self):\n        super().__init__([{}])",
    "for layer in [{}]:\n    model.add(layer)",
    "class Net(Model):\n    def __init__(self):\n        self.stack = [{}]\n\n    def call(self, x):\n"
    "        for layer in self.stack:\n            x = layer(x)\n        return x",
]  # fmt: skip
OTHERS = [
    "self.hidden, self.out = {}",
    "self.hidden, self.out = [{}]",
    "self.heads = [{}]\nreturned = self.heads[0](x)",
    "stack = [{}]\nstack[0].trainable = False\nmodel = Sequential(stack)",
    "heads = [head(x) for head in [{}]]",
    "for layer in [{}]:\n    outputs.append(layer(x))",
    "for layer in [{}]:\n    x = layer(x)\n    outputs.append(x)",
    "for first, second in zip([{}], others):\n    x = second(first(x))",
    "stack = [{}]\nstack = stack + stack",
    "model = Sequential([[{}]])",
    "class Net(Model):\n    def __init__(self):\n        super().__init__([{}])",
    "def build():\n    stack = [{}]\ndef other():\n    return Sequential(stack)",
]


def is_chain(text: str) -> bool:
    """Whether two layers stand in a list that the data pass in its order."""
    document = Document("train.py", text.format("Dense(16), Dense(8)").encode())
    line = next(number for number, line in enumerate(text.splitlines(), start=1) if "{}" in line)
    return is_in_chain(document, calls_at(document, line, "Dense")[0])


@pytest.mark.parametrize("text", LISTS)
def test_a_list_that_is_called_one_by_one_is_a_chain(text: str) -> None:
    """What is put into it is called as well."""
    assert is_chain(text)


@pytest.mark.parametrize("text", OTHERS)
def test_a_list_whose_elements_are_counted_is_none(text: str) -> None:
    """Another element would take the place of one that the program means."""
    assert not is_chain(text)


def of(body: str, kind: str = "Dense") -> tuple[Document, int]:
    """A list of layers, and the line on which one of this kind stands first."""
    document = Document("train.py", f"model = Sequential([{body}])\n".encode())
    return document, document.content[: document.content.index(kind.encode())].count(b"\n") + 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("\n    Dense(9),  # by trial\n    Out(3),\n", "\n    Dense(9),  # by trial\n    New(),\n    Out(3),\n"),
        ("\n    Dense(9)  # by trial\n    , Out(3)\n", "\n    Dense(9),  # by trial\n    New()\n    , Out(3)\n"),
        ("\n    Out(3),\n    Dense(9)  # last\n", "\n    Out(3),\n    Dense(9),  # last\n    New()\n"),
        ("\n    Out(3),\n    Dense(9)\n", "\n    Out(3),\n    Dense(9),\n    New()\n"),
        ("\n    Dense(9), Out(3),\n    Out(4),\n", "\n    Dense(9), New(), Out(3),\n    Out(4),\n"),
        ("Dense(9),  # by trial\n    Out(3),\n", "Dense(9), New(),  # by trial\n    Out(3),\n"),
        ("\n    Dense(\n        9,\n    ), Out(3),\n", "\n    Dense(\n        9,\n    ), New(), Out(3),\n"),
        ("\n    Out(3),\n    Dense(9)", "\n    Out(3),\n    Dense(9), New()"),
    ],
)
def test_an_element_is_put_behind_a_layer(body: str, expected: str) -> None:
    """On a line of its own where nothing else follows on the line, and below the comment that is the layer's."""
    document, line = of(body)
    edited = document.edited(*put_behind(document, calls_at(document, line, "Dense")[0], "New()"))
    assert edited.content.decode() == f"model = Sequential([{expected}])\n"
    old = document.content.decode().split("Out(")[0].count("\n") + 1
    assert len(calls_at(edited, old, "Out")) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("\n    Dense(9), Out(3),\n", "\n    New(),\n    Dense(9), Out(3),\n"),
        ("\n    Out(3), Dense(9),\n", "\n    Out(3), New(), Dense(9),\n"),
        ("Dense(9), Out(3)", "New(), Dense(9), Out(3)"),
    ],
)
def test_an_element_is_put_before_a_layer(body: str, expected: str) -> None:
    """All that stands on the line moves with it."""
    document, line = of(body)
    edited = document.edited(put_before(document, calls_at(document, line, "Dense")[0], "New()"))
    assert edited.content.decode() == f"model = Sequential([{expected}])\n"
    assert len(calls_at(edited, line, "Out")) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("\n    In(9),  # trial\n    Dense(2),  # half\n    Out(3),\n", "\n    In(9),  # trial\n    Out(3),\n"),
        ("\n    In(9),  # trial\n    Dense(\n        2,\n    )  # half\n", "\n    In(9),  # trial\n"),
        ("\n    In(9), Dense(2),  # both\n    Out(3),\n", "\n    In(9),  # both\n    Out(3),\n"),
        ("\n    Dense(2), Out(3),  # both\n    In(9),\n", "\n    Out(3),  # both\n    In(9),\n"),
        ("Dense(2),  # half\n    # the last\n    Out(3),\n", "\n    # the last\n    Out(3),\n"),
        ("\n    In(9),\n    Dense(2)", "\n    In(9)"),
        ("\n    In(9),  # trial\n    Dense(2)", "\n    In(9),  # trial\n    "),
        ("\n    In(9)\n    , Dense(2)  # half\n    , Out(3)\n", "\n    In(9)\n    , Out(3)\n"),
        ("In(9), Dense(2), Out(3)", "In(9), Out(3)"),
        ("In(9), Dense(2)", "In(9)"),
        ("\n    Dense(\n        2,\n    ), Out(3),\n    In(9),\n", "\n    Out(3),\n    In(9),\n"),
    ],
)
def test_a_layer_is_taken_out_with_its_own_comment(body: str, expected: str) -> None:
    """Its neighbours keep theirs, and are found afterwards."""
    document, line = of(body)
    edited = document.edited(taken_out(document, calls_at(document, line, "Dense")[0]))
    assert edited.content.decode() == f"model = Sequential([{expected}])\n"
    for kind in ("In", "Out"):
        old = document.content.decode().split(f"{kind}(")[0].count("\n") + 1
        assert kind not in body or len(calls_at(edited, old, kind)) == 1


def test_what_an_element_may_not_be_is_refused() -> None:
    """In its parentheses another element would make it a pair; one element in parentheses is no list."""
    document = Document("train.py", b"model = Sequential([\n    (Dense(9)),\n    Out(3),\n])\n")
    call = calls_at(document, 2, "Dense")[0]
    for edit in (lambda: put_behind(document, call, "N()"), lambda: put_before(document, call, "N()"),
                 lambda: taken_out(document, call)):  # fmt: skip
        with pytest.raises(RefusalError, match="parentheses of its own"):
            edit()
    for text in (b"model = Sequential((Dense(9), Out(3)))\n", b"model = Sequential([Dense(9)])\n"):
        document = Document("train.py", text)
        with pytest.raises(RefusalError, match="cannot be cut"):
            taken_out(document, calls_at(document, 1, "Dense")[0])

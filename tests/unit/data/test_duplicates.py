"""What counts as a copy."""

from __future__ import annotations

import numpy as np
from made_contents import table

from vandap.data.duplicates import find, unite
from vandap.data.examples import ArrayExamples, TableExamples
from vandap.data.hashing import hash_examples


def test_unite_joins_by_any_label() -> None:
    """Rows are joined through either labelling and through pairs, and only so."""
    joined = unite(np.array([0, 0, 1, 2, 3, 4]), np.array([5, 6, 6, 7, 8, 9]), pairs=np.array([[3, 4]]))
    assert joined[0] == joined[1] == joined[2]
    assert joined[3] == joined[4]
    assert len(np.unique(joined)) == 3


def test_equal_rows_are_one_cluster() -> None:
    """Copied rows of a continuous table stay together, however many there are (an over-sampled class)."""
    base = table(100)
    origin = np.random.default_rng(0).integers(0, 100, 400)
    examples = TableExamples(dict(base.take(origin)), 400)
    found = find(examples, hash_examples(examples))
    assert not found.natural
    assert len(np.unique(found.cluster)) == len(np.unique(origin))


def test_few_combinations_are_the_population() -> None:
    """A table of three dice with 1,000 rows repeats itself by nature."""
    generator = np.random.default_rng(0)
    examples = TableExamples({name: generator.integers(1, 7, 1000).astype(float) for name in "abc"}, 1000)
    found = find(examples, hash_examples(examples))
    assert found.natural
    assert len(np.unique(found.cluster)) == 1000


def test_chance_repeats_are_united_but_not_called_copies() -> None:
    """Where chance explains the repeats, they stay together, yet nothing is wrong with them."""
    generator = np.random.default_rng(0)
    examples = TableExamples({name: generator.integers(0, 30, 300).astype(float) for name in "ab"}, 300)
    found = find(examples, hash_examples(examples))
    assert found.natural
    assert len(np.unique(found.cluster)) == len(np.unique(found.exact)) < 300


def test_a_common_combination_is_not_united() -> None:
    """A background row that fills a third of a table does not force a third of it into one part."""
    values = np.random.default_rng(0).normal(size=300)
    values[:100] = 0.0
    values[150] = values[151]
    examples = TableExamples({"a": values, "b": values**2}, 300)
    found = find(examples, hash_examples(examples))
    assert len(np.unique(found.cluster[:100])) == 100
    assert found.cluster[150] == found.cluster[151]
    assert any("100 of 300 rows" in note for note in found.notes)


def test_rows_of_higher_arrays_are_compared_whole() -> None:
    """Signals of shape (steps, channels) are united where equal."""
    base = np.random.default_rng(0).normal(size=(20, 5, 2)).astype(np.float32)
    examples = ArrayExamples(np.concatenate([base, base[:5]]), "array")
    found = find(examples, hash_examples(examples))
    assert len(np.unique(found.cluster)) == 20

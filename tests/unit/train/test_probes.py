"""Models that measure the data hold out as a whole what belongs together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from made_contents import contents, dataset

from vandap.core.dataset import Dataset
from vandap.core.recipe import DataSpec
from vandap.core.schema import Column, ColumnKind, Role
from vandap.data.examples import TableExamples
from vandap.train.preprocess import fit_preprocess
from vandap.train.probes import feature_scores, split_auc

COLUMNS = tuple(Column(name, ColumnKind.NUMBER, Role.FEATURE) for name in "ab")


def copied(sets: int, copies: int) -> Dataset:
    """Noise that stands several times, with labels by chance."""
    generator = np.random.default_rng(0)
    units = np.arange(sets * copies) // copies
    examples = TableExamples({name: generator.normal(size=sets)[units] for name in "ab"}, len(units))
    made = dataset(contents(examples, generator.permutation(sets)[units] % 2), DataSpec("memory", folds=0))
    return replace(made, columns=COLUMNS)


def test_copies_do_not_tell_two_parts_apart() -> None:
    """Rows known by sight from their copies say nothing about a shift between the parts."""
    data = copied(200, 6)
    preprocess = fit_preprocess(data, data.split.train, 0)
    member, probability, together = split_auc(data, preprocess, data.split.train, data.split.validation, 0)
    assert together is not None and len(together) == len(member)
    assert abs(probability[member == 1].mean() - probability[member == 0].mean()) < 0.1


def test_copies_do_not_make_a_feature_tell() -> None:
    """A number that only names the set of copies has no skill on other sets."""
    data = copied(40, 20)
    preprocess = fit_preprocess(data, data.split.train, 0)
    assert feature_scores(data, preprocess, np.arange(800), 0)[1].max() < 0.1

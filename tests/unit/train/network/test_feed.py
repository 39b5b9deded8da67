"""The stream of training batches."""

import itertools

import numpy as np
import pytest
from made_dataset import made_dataset

from vandap.core.preprocess import Encoded
from vandap.train.network.augment import augment
from vandap.train.network.feed import Feed, balanced, mixed, row_batches
from vandap.train.network.plan import AUGMENTATIONS
from vandap.train.preprocess import fit_preprocess


@pytest.fixture(params=["stored order", "computed order"], autouse=True)
def order(request, monkeypatch):
    """Both kinds of order of an epoch, whatever the number of rows."""
    if request.param == "computed order":
        monkeypatch.setattr("vandap.train.network.feed.SHUFFLED", 0)


@pytest.mark.parametrize(("count", "batch"), [(10, 3), (7, 7), (5, 12)])
def test_every_epoch_sees_every_example_once(count, batch):
    """Any stretch of the stream that covers whole epochs holds each position equally often."""
    steps = np.lcm(count, batch) // batch
    seen = np.concatenate([positions for _, positions in itertools.islice(row_batches(count, batch, 0, 0), steps)])
    assert np.array_equal(np.bincount(seen, minlength=count), np.full(count, steps * batch // count))


def test_a_stream_started_later_equals_the_rest_of_an_earlier_one():
    """Any step can be reached without replaying those before it."""
    early = dict(itertools.islice(row_batches(11, 4, 5, 0), 9))
    for step, positions in itertools.islice(row_batches(11, 4, 5, 6), 3):
        assert np.array_equal(positions, early[step])


def test_the_order_depends_on_the_seed():
    """Two seeds give two orders."""
    first = next(row_batches(50, 50, 0, 0))[1]
    assert not np.array_equal(first, next(row_batches(50, 50, 1, 0))[1])


def test_batches_are_the_same_from_memory_and_from_the_source(monkeypatch):
    """Keeping encoded inputs in memory changes nothing but speed."""
    from vandap.train.network import feed as module

    dataset = made_dataset("images")
    rows = dataset.split.train
    preprocess = fit_preprocess(dataset, rows, 0)

    def targets(chosen):
        return np.eye(3)[dataset.target[chosen]]

    def first_batches():
        made = Feed(dataset, rows, preprocess.bind(()), targets, 0).batches(0, 16, ("shift", "flip", "cutout"))
        taken = list(itertools.islice(made, 3))
        made.close()
        return taken

    cached = first_batches()
    monkeypatch.setattr(module, "MEMORY_LIMIT", 0)
    for (a, x), (b, y) in zip(cached, first_batches(), strict=True):
        assert np.array_equal(a, b)
        assert np.array_equal(x, y)


@pytest.mark.parametrize("name", AUGMENTATIONS)
@pytest.mark.parametrize("shape", [(4, 8, 8, 1), (3, 32, 20, 3), (2, 5, 5, 1)])
def test_augmentation_keeps_shape_and_type_and_leaves_the_input_alone(name, shape):
    """An augmented batch can take the original's place."""
    images = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    before = images.copy()
    out = augment(images, (name,), np.random.default_rng(1))
    assert out.shape == images.shape
    assert out.dtype == images.dtype
    assert np.array_equal(images, before)
    assert out.max() <= images.max()


def test_a_shift_moves_by_at_most_an_eighth_of_the_side():
    """A bright pixel in the middle stays within two pixels of it on a 16 x 16 image."""
    images = np.zeros((200, 16, 16, 1), np.uint8)
    images[:, 8, 8] = 255
    out = augment(images, ("shift",), np.random.default_rng(0))
    rows, columns = np.nonzero(out[..., 0])[1:]
    assert len(rows) == 200
    assert np.abs(rows - 8).max() == 2
    assert np.abs(columns - 8).max() == 2


def test_rare_classes_are_repeated():
    """Every class has as many rows as the most frequent one, each of its rows about as often as another."""
    classes = np.repeat([0, 1, 2], [40, 12, 1])
    rows = 100 + np.arange(len(classes))
    found = balanced(rows, classes, 0)
    assert np.array_equal(np.bincount(classes[found - 100]), [40, 40, 40])
    often = np.bincount(found - 100)
    assert set(often[:40]) == {1} and set(often[40:52]) <= {3, 4} and often[52] == 40


def test_examples_are_mixed_with_their_targets():
    """Where a target is the sum of the inputs, that of a mixture is, too; nothing mixes the same pairs again."""
    numbers = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    encoded, sums = Encoded(numbers, np.zeros((20, 0), np.int32)), numbers.sum(axis=1, keepdims=True)
    one, first = mixed(encoded, sums, 0.2, np.random.default_rng(0))
    two, _ = mixed(encoded, sums, 0.2, np.random.default_rng(1))
    assert np.allclose(one.numbers.sum(axis=1, keepdims=True), first, atol=1e-5)
    assert not np.array_equal(one.numbers, two.numbers) and one.numbers.dtype == np.float32

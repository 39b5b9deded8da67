"""A trace of ours leaves the program's numbers, names, streams and attributes as they were."""

import logging
import random
import sys
import threading
import warnings

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from vandap.watch.apart import apart, random_states  # noqa: E402 (imports Keras)


class Counting(keras.layers.Layer):
    """A layer that keeps its own books."""

    def __init__(self):
        super().__init__()
        self.calls, self.seen, self.by_name = 0, [], {"first": 1}

    def note(self):
        """What a user's `call` may do."""
        self.calls += 1
        self.seen.append(self.calls)
        self.by_name["second"] = 2
        self.made = True


@pytest.fixture
def model():
    """A model with one such layer."""
    return keras.Sequential([keras.Input((3,)), Counting()])


def _elsewhere(work):
    """Do work in another thread, and wait for it."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_numbers_are_drawn_from_copies(model):
    """The trace draws what the program would draw next, and the program draws it again."""
    keras.utils.set_random_seed(3)
    with apart(model):
        ours = random.random(), np.random.rand()
        keras.random.SeedGenerator()
        np.random.seed(8)
        random.seed(8)
    assert (random.random(), np.random.rand()) == ours


def test_numbers_may_begin_at_an_earlier_state(model):
    """A trace that follows the program's own draws the same numbers."""
    states = random_states()
    first = random.random(), np.random.rand()
    with apart(model, states):
        assert (random.random(), np.random.rand()) == first
    assert (random.random(), np.random.rand()) != first


def test_other_threads_draw_and_print_as_ever(model, capsys):
    """A thread that makes the next batches gets the program's own numbers, which nothing gives out again."""
    keras.utils.set_random_seed(3)
    expected = [random.random() for _ in range(2)], np.random.rand(2).tolist()
    keras.utils.set_random_seed(3)
    drawn = [], []

    def make_batch():
        drawn[0].append(random.random())
        drawn[1].append(np.random.rand())
        print("a batch")

    with apart(model):
        random.random(), np.random.rand()
        _elsewhere(make_batch)
    make_batch()
    assert drawn == expected
    assert capsys.readouterr().out == "a batch\n" * 2


def test_nothing_is_printed_logged_or_warned(model, capsys, caplog):
    """What the trace prints was printed by the program's own trace."""
    streams = sys.stdout, sys.stderr
    with apart(model), warnings.catch_warnings():
        warnings.simplefilter("always")
        print("again")
        print("again", file=sys.stderr)
        sys.stdout.writelines(["again"])
        logging.getLogger("mine").warning("again")
        warnings.warn("again", stacklevel=1)
    print("once")
    logging.getLogger("mine").warning("once")
    assert (sys.stdout, sys.stderr) == streams
    assert tuple(capsys.readouterr()) == ("once\n", "")
    assert [record.message for record in caplog.records] == ["once"]


def test_a_stream_that_was_taken_from_a_trace_goes_on_to_print(model, capsys):
    """A reference to the stand-in that outlives the trace writes to the program's stream."""
    with apart(model):
        kept = sys.stdout
    print("later", file=kept)
    assert capsys.readouterr().out == "later\n"


def test_attributes_are_put_back(model):
    """Counters, lists and dicts of a layer are those before the trace; a wish to stop the training is heard."""
    layer = model.layers[-1]
    layer.note()
    with apart(model):
        layer.note()
        model.stop_training = True
    assert (layer.calls, list(layer.seen), dict(layer.by_name)) == (1, [1], {"first": 1, "second": 2})
    assert layer.made is True
    assert model.stop_training is True
    with apart(model):
        layer.other = 5
    assert not hasattr(layer, "other")


def test_names_are_counted_as_without_the_trace(model):
    """A layer that the program makes afterwards has the name that it would have had."""
    keras.utils.clear_session()
    with apart(model):
        assert keras.layers.Dense(2).name == "dense"
    assert keras.layers.Dense(2).name == "dense"


def test_all_is_put_back_after_an_error(model):
    """The functions of `random` and the streams are the program's own again."""
    before = random.random, np.random.rand, logging.Logger.handle, sys.stdout
    with pytest.raises(KeyError), apart(model):
        raise KeyError("mine")
    assert (random.random, np.random.rand, logging.Logger.handle, sys.stdout) == before

"""Working ahead in the background."""

import threading

import pytest

from vandap.core.prefetch import prefetch


def _workers():
    return [thread for thread in threading.enumerate() if thread.name == "vandap-prefetch"]


def test_items_keep_their_order_and_the_thread_ends():
    """Everything comes once, in order, and no thread is left."""
    assert list(prefetch(range(100), ahead=3)) == list(range(100))
    assert not _workers()


def test_an_error_reaches_the_consumer():
    """What was made before the error is delivered, then the error is raised."""

    def items():
        yield 1
        raise ValueError("broken")

    stream = prefetch(items())
    assert next(stream) == 1
    with pytest.raises(ValueError, match="broken"):
        next(stream)
    assert not _workers()


def test_closing_early_stops_an_endless_source():
    """A consumer that has enough leaves no thread behind."""
    stream = prefetch(iter(int, 1))
    next(stream)
    stream.close()
    assert not _workers()

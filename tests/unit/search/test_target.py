from __future__ import annotations

import math

import pytest

from vandap.core.records import from_json, to_json
from vandap.errors import UsageError
from vandap.search.amounts import memory, moment
from vandap.search.target import Target


def test_no_limit_stays_none_on_the_disk() -> None:
    """JSON knows no infinity; what was not asked for is not asked for after reading either."""
    read = from_json(Target, to_json(Target(latency=0.002)))
    assert read == Target(latency=0.002) and math.isinf(read.memory)


@pytest.mark.parametrize("recall", [0.0, 1.0, 1.5, -1.0, float("nan")])
def test_recalls_that_cannot_be_promised(recall: float) -> None:
    """Nothing, everything, and what is no share."""
    with pytest.raises(UsageError, match="recall"):
        Target(recall)


def test_amounts_as_people_type_them() -> None:
    """Units of both kinds; no unit means bytes, but a time needs one."""
    assert [memory(text) for text in ("8GiB", "500 MB", "1024", "1.5kib")] == [8 * 2**30, 5e8, 1024, 1536]
    assert [moment(text) for text in ("2ms", "500us", "0.1 s")] == pytest.approx([0.002, 0.0005, 0.1])
    for read, text in ((memory, "much"), (memory, "0GB"), (moment, "2"), (moment, "-2ms"), (moment, "2h")):
        with pytest.raises(UsageError):
            read(text)

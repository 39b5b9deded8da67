"""Tasks of two classes whose true shares are known: what A9 says where the model answers as well as can be.

    python -m bench.decisive.known_ranks [--seeds 12]

No network is trained: the model's logit is the true one, with a quarter of a unit of noise. So what is found in a clean
task is what labels alone cannot tell from wrong ones. Prints one row of a Markdown table for each task and 900 rows.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator

import numpy as np
from scipy.special import expit, logit

from bench.decisive.natural_ranks import verdict
from vandap.exam.decisive._ranks import ranks_signal

ROWS = 900


def tasks(random: np.random.Generator) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """(name, inputs, true share of the second class); the flipped ones last."""
    x = random.normal(size=(ROWS, 6))
    flag, other = random.integers(0, 2, (2, ROWS))
    columns = np.column_stack([x, flag, other])
    yield "weak, linear", x, expit(0.7 * x[:, 0] + 0.5 * x[:, 1])
    yield "linear", x, expit(1.2 * x[:, 0] + x[:, 1])
    yield "clear, linear", x, expit(2 * x[:, 0] + 1.5 * x[:, 1])
    product = x[:, 0] * x[:, 1]
    yield "product of two numbers", x, expit(1.5 * np.sign(product) * np.sqrt(np.abs(product)))
    yield "heavy tails", x, expit(0.5 * random.standard_t(2, ROWS))
    yield "a flag decides 70 %", columns, np.where(flag, 0.7, 0.3)
    yield "a flag, and weakly a number", columns, expit(np.where(flag, 0.85, -0.85) + 0.3 * x[:, 0])
    yield "one of two flags decides 75 %", columns, np.where(flag ^ other, 0.75, 0.25)
    yield "a flag and a limit", columns, np.where((flag == 1) & (x[:, 0] > 0), 0.8, 0.25)
    yield "a limit on one number decides 70 %", x, np.where(x[:, 0] > 0, 0.7, 0.3)
    yield "a soft limit on one number", x, 0.25 + 0.5 * expit(3 * x[:, 0])
    yield "30 % wrong, several numbers decide", x, 0.3 + 0.4 * expit(8 * x[:, 0] + 6 * x[:, 1])
    yield "30 % wrong, several numbers decide less", x, 0.3 + 0.4 * expit(3 * x[:, 0] + 2 * x[:, 1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=12)
    counted: dict[str, Counter[str]] = {}
    for seed in range(parser.parse_args().seeds):
        random = np.random.default_rng(seed)
        for name, inputs, share in tasks(random):
            labels = (random.random(ROWS) < share).astype(np.int64)
            score = logit(share) + 0.25 * random.normal(size=ROWS)
            test = ranks_signal([inputs], np.column_stack([np.zeros(ROWS), score]), labels)
            counted.setdefault(name, Counter())[verdict(test)] += 1
    print("| task | draws | found | cannot tell | clear |\n| --- | --- | --- | --- | --- |")
    for name, own in counted.items():
        print(f"| {name} | {own.total()} | {own['found']} | {own['CannotTell']} | {own['Clear']} |")


if __name__ == "__main__":
    main()

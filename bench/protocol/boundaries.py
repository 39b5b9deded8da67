"""Simulate the critical values of sequential looks and write `src/vandap/evaluate/experiment/boundaries.py`.

    python -m bench.protocol.boundaries            about a minute on one core
    python -m bench.protocol.boundaries --draws 1000000 --print     coarser, to standard output

Every plan is simulated in batches; the table holds their mean, and its standard error stands beside it.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np

from bench.protocol.spending import boundaries, statistics
from vandap.evaluate.experiment.plan import ALPHA, LOOKS

TABLE = Path(__file__).parents[2] / "src/vandap/evaluate/experiment/boundaries.py"
PLANS = tuple(LOOKS[:count] for count in range(2, len(LOOKS) + 1))
ALPHAS = (ALPHA.value, 2.0 * ALPHA.value)
BATCHES = 10

HEAD = '''"""Critical values of the t statistic at the looks of a plan.

Generated: `python -m bench.protocol.boundaries`.
{draws:,} samples a plan, seed {seed}; the largest standard error of an entry is {error:.2g} of its value.
"""

BOUNDARIES: dict[tuple[tuple[int, ...], float], tuple[float, ...]] = {{
'''


def simulated(draws: int, seed: int) -> tuple[dict[tuple[tuple[int, ...], float], tuple[float, ...]], float]:
    """Return the table and the largest relative standard error in it."""
    generator = np.random.default_rng(seed)
    batches = []
    for _ in range(BATCHES):
        drawn = statistics(LOOKS, draws // BATCHES, generator)
        batches.append(
            {
                (plan, alpha): values
                for plan in PLANS
                for alpha, values in zip(ALPHAS, boundaries(plan, ALPHAS, drawn), strict=True)
            }
        )
    table, largest = {}, 0.0
    for key in batches[0]:
        values = np.array([batch[key] for batch in batches])
        table[key] = tuple(float(value) for value in values.mean(axis=0))
        errors = values.std(axis=0, ddof=1) / math.sqrt(BATCHES) / values.mean(axis=0)
        largest = max(largest, float(errors.max()))
    return table, largest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=40_000_000)
    parser.add_argument("--seed", type=int, default=2083)
    parser.add_argument("--print", action="store_true", help="do not write the module")
    arguments = parser.parse_args()
    table, error = simulated(arguments.draws, arguments.seed)
    lines = [
        f"    ({plan}, {alpha}): ({', '.join(f'{value:.4f}' for value in values)}),\n"
        for (plan, alpha), values in table.items()
    ]
    text = HEAD.format(draws=arguments.draws, seed=arguments.seed, error=error) + "".join(lines) + "}\n"
    if arguments.print:
        print(text)
    else:
        TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Critical values of the t statistic at the looks of a plan.

Generated: `python -m bench.protocol.boundaries`.
40,000,000 samples a plan, seed 2083; the largest standard error of an entry is 0.00058 of its value.
"""

BOUNDARIES: dict[tuple[tuple[int, ...], float], tuple[float, ...]] = {
    ((5, 8), 0.05): (4.2490, 2.4845),
    ((5, 8), 0.1): (3.0651, 2.0494),
    ((5, 8, 12), 0.05): (6.8367, 3.2208, 2.3136),
    ((5, 8, 12), 0.1): (4.4993, 2.5668, 1.9492),
    ((5, 8, 12, 20), 0.05): (16.0292, 4.8447, 3.0972, 2.1572),
    ((5, 8, 12, 20), 0.1): (8.6038, 3.6189, 2.5212, 1.8289),
}

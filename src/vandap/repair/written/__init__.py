"""Functions that a repair writes into a program, as they stand here: what a trial ran is what the diff adds.

Each stands alone: it imports what it needs, has no annotations, which would need imports of the program's, and draws
from NumPy's own generator, which the program seeds and a trial steers.
"""

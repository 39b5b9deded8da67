"""Records to something a person or a program reads: the page, the terminal, JSON, the model card, the comparison.

Every face draws the same records (`summary.py`, `views/`), so that no two of them can disagree. Reports show what a run
stored; they train nothing and need no Keras.
"""

"""The readers: one file for each form that data come in."""

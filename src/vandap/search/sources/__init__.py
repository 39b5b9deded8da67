"""The sources: one file for each form that vectors come in."""

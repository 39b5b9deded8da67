"""The smallest edits of a program's source that make a change; every other byte stays as it is."""

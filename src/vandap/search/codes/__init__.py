"""The forms in which an index keeps its vectors, one file each."""

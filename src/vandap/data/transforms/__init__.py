"""The data transforms: faults put in on purpose, for tests, drills and teaching. One file each."""

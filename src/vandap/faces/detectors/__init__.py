"""The face detectors, one a file. None of them downloads anything."""

"""From stored predictions to metrics with intervals, curves, calibration and comparisons."""

"""The protocol of controlled experiments, put to the test by simulation."""

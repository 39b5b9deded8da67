"""Benchmarks: run by hand, results committed beside each script with the command that made them."""

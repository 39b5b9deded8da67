"""Controlled experiments: what two arms trained over several seeds say about one change."""

"""Search measured: the generator, peers beside the index, crashes."""

"""What-ifs: a change in a few words, what theory predicts of it, and what an experiment shows."""

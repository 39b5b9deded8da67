"""The ladder: one learner a file."""

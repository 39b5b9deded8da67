"""The Keras fit that every network learner shares."""

"""Rules about the course of a training (codes C): what its losses, gradients and weights show."""

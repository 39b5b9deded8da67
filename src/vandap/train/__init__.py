"""Recipe and data set to fitted models: the ladder's learners, the network fit they share, the back ends."""
